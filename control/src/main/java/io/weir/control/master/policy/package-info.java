/**
 * The master's policies: from the situation of a service (configuration, health, load, traffic) to the weights of its
 * members, with a reason for each. Pure functions of values: no input and output, no clock, no shared state. What a
 * policy must remember from one decision to the next is a value, too ({@link
 * io.weir.control.master.policy.ServiceState}), handed back with the weights.
 *
 * <p>{@link io.weir.control.master.policy.Master} runs the stages in their order. Formulae and defaults stand in
 * docs/balancing.md.
 */
@NullMarked
package io.weir.control.master.policy;

import org.jspecify.annotations.NullMarked;
