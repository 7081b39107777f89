package io.weir.application;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes applications of one type; found by {@link java.util.ServiceLoader}, so it has a public constructor without arguments. */
public interface ApplicationProvider {
    /** The type that a configuration names, lower case with hyphens. */
    String type();

    /** One sentence for people: what it does. */
    String summary();

    /**
     * Checks what was configured and says what the application needs. Also called by {@code weir check}, so it changes
     * nothing.
     *
     * @param claims where it will listen, in the order of the configuration; empty when it is a server of services only
     * @throws SettingsException when a setting is wrong, or it cannot work with these claims
     */
    ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException;

    /** The application on one switching processor; called once for each, before packets flow. */
    NetworkApplication create(ApplicationContext context);

    /** The part that runs on the control processor, or null when there is none. */
    default @Nullable ApplicationControl control(ApplicationContext context) {
        return null;
    }
}
