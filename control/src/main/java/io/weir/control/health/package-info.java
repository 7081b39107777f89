/**
 * Health checks: which servers are up.
 *
 * <p>Role: {@link io.weir.control.health.HealthChecker} runs one check per server, however many services it is in, and tells
 * a listener what each found. The checks go out by a {@link io.weir.control.network.ControlNetwork}. What follows from a
 * server that is down is the master's.
 */
@NullMarked
package io.weir.control.health;

import org.jspecify.annotations.NullMarked;
