package io.weir.port.relay;

import io.weir.memory.ring.FrameRing;

/**
 * The way of spread frames to one switching processor.
 *
 * @param ring written by the owner of the receive queue, read by that processor
 * @param wakeUp wakes that processor
 */
public record Spread(FrameRing ring, WakeUp wakeUp) {}
