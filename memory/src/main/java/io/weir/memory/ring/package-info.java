/**
 * Single-producer single-consumer rings: frames on their way from the processor that received them to the processor that
 * owns the transmit queue. Knows no other package.
 */
@NullMarked
package io.weir.memory.ring;

import org.jspecify.annotations.NullMarked;
