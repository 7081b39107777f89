package io.weir.memory.queue;

/**
 * What a receive queue is.
 *
 * @param interfaceId number of the interface within the node, from 1
 * @param queue number of the queue, from 0
 * @param processor the switching processor that polls it
 * @param driver such as {@code af_xdp}
 * @param mode such as {@code native zero-copy}; empty when the driver has no modes
 * @param receiveRing frames in the receive ring; likewise the others, 0 for a ring there is not
 * @param reason why this driver and mode, for people
 */
public record QueueDescription(
        int interfaceId,
        int queue,
        int processor,
        String driver,
        String mode,
        int receiveRing,
        int transmitRing,
        int fillRing,
        int completionRing,
        String reason) {}
