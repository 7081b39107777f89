/**
 * Frames that pass from one switching processor to another: transmission on an interface whose queues other processors
 * own ({@link io.weir.port.relay.RelayPort}, {@link io.weir.port.relay.RelayOutlet}), and flows of one receive queue
 * spread over all processors ({@link io.weir.port.relay.SpreadPort}, {@link io.weir.port.relay.SpreadReceiver}). Each ring
 * has one producer and one consumer; a frame in a ring belongs to the ring, and lies in packet storage.
 */
@NullMarked
package io.weir.port.relay;

import org.jspecify.annotations.NullMarked;
