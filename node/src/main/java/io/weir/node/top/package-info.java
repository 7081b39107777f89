/**
 * The full-screen view of a node, {@code weir top}. What is shown is a pure function of a {@link io.weir.node.top.Sample},
 * a {@link io.weir.node.top.TopState} and a size; {@link io.weir.node.top.TopScreen} alone touches a terminal. Knows
 * nothing of the shared memory.
 */
@NullMarked
package io.weir.node.top;

import org.jspecify.annotations.NullMarked;
