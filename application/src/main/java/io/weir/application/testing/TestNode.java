package io.weir.application.testing;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application with what a node would give it, on one processor.
 *
 * @param plan as the provider made it of the settings
 * @param counters of the processor
 * @param context as the application got it
 * @param application it
 * @param control its control part, or null; shares the context's memory, and has counters of its own
 */
public record TestNode(
        ApplicationPlan plan,
        TestCounters counters,
        ApplicationContext context,
        NetworkApplication application,
        @Nullable ApplicationControl control) {
    private static final long SHARED_ALIGNMENT = 64;

    /**
     * Makes the application as a node does: plan, control part, application.
     *
     * @param claims where it listens; when there are any, redirected and own packets must come from there
     */
    public static TestNode of(ApplicationProvider provider, Settings settings, Claim... claims)
            throws SettingsException {
        List<Claim> listens = List.of(claims);
        ApplicationPlan plan = provider.plan(settings, listens);
        MemorySegment shared = Arena.ofAuto().allocate(plan.sharedBytes(), SHARED_ALIGNMENT);
        TestCounters counters = new TestCounters(plan);
        ApplicationContext context = new ApplicationContext(settings, listens, 0, 1, counters, shared);
        ApplicationControl control =
                provider.control(new ApplicationContext(settings, listens, 1, 1, new TestCounters(plan), shared));
        return new TestNode(plan, counters, context, provider.create(context), control);
    }

    /** No packets yet; for {@link NetworkApplication#receive}, and as they are for {@link NetworkApplication#timer}. */
    public TestPackets packets() {
        return new TestPackets(plan, context.claims());
    }
}
