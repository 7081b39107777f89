package io.weir.port.tap;

import io.weir.memory.ring.FrameRing;
import io.weir.port.relay.WakeUp;

/**
 * Between one switching processor and the interface daemon: a ring for each direction. All frames in them are in packet
 * storage, in one buffer or several.
 *
 * @param toHost produced by the switching processor, consumed by the daemon
 * @param fromHost produced by the daemon, consumed by the switching processor
 * @param processor wakes the switching processor
 */
public record HostLane(FrameRing toHost, FrameRing fromHost, WakeUp processor) {}
