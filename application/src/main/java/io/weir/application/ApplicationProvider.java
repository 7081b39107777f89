package io.weir.application;

import org.jspecify.annotations.Nullable;

/** Makes applications of one type; found by {@link java.util.ServiceLoader}, so it has a public constructor without arguments. */
public interface ApplicationProvider {
    /** The type that a configuration names, lower case with hyphens. */
    String type();

    /** One sentence for people: what it does. */
    String summary();

    /**
     * Checks the settings and says what the application needs. Also called by {@code weir check}, so it changes nothing.
     *
     * @throws SettingsException when a setting is wrong
     */
    ApplicationPlan plan(Settings settings) throws SettingsException;

    /** The application on one switching processor; called once for each, before packets flow. */
    NetworkApplication create(ApplicationContext context);

    /** The part that runs on the control processor, or null when there is none. */
    default @Nullable ApplicationControl control(ApplicationContext context) {
        return null;
    }
}
