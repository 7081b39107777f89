package io.weir.application;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What an application finds on its processor, or, for its control part, on the control processor.
 *
 * @param settings as configured
 * @param claims the addresses, protocols and ports it listens on, in the order of the configuration
 * @param processor the switching processor, from 0; for the control part {@link #processors}
 * @param processors number of switching processors
 * @param counters of this processor; the control part has its own
 * @param shared the memory of {@link ApplicationPlan#sharedBytes}, the same for all; who writes what is the
 *     application's concern
 */
public record ApplicationContext(
        Settings settings,
        List<Claim> claims,
        int processor,
        int processors,
        ApplicationCounters counters,
        MemorySegment shared) {
    public ApplicationContext {
        claims = List.copyOf(claims);
    }
}
