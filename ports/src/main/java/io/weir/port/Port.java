package io.weir.port;

import io.weir.memory.queue.QueueRecord;

/**
 * One processor's handle on a network interface. Several processors may hold a handle on the same interface; exactly
 * one of them receives from a given queue ({@link #receive}), every one may transmit. A handle is used by one thread.
 *
 * <p>Ownership of frames: a received frame belongs to the engine until it is released to its owner
 * ({@link FrameBatch#owner}) or accepted by {@link #transmit}. An accepted frame belongs to the port, which releases it
 * to its owner once it has been sent. A port that sends later than {@code transmit} returns must copy frames whose owner
 * is not the packet storage ({@link FrameBatch#STORAGE}) or refuse them.
 *
 * <p>No method on the packet path throws because of what a peer or the kernel does: failures are counted.
 */
public interface Port extends AutoCloseable {
    /** Number of the interface within the node, from 1; 0 means none. */
    int id();

    String name();

    PortCapabilities capabilities();

    /**
     * Appends up to {@code limit} received frames to the batch.
     *
     * @return how many were appended; 0 also for a port that only transmits or that is down
     */
    int receive(FrameBatch batch, int limit);

    /**
     * Sends the frames {@code 0..batch.size()} in order.
     *
     * @return how many were accepted, counted from the front; the rest still belongs to the caller
     */
    int transmit(FrameBatch batch);

    /** Housekeeping a few times per second: completions, link state, reopening a lost interface. */
    void maintain(long nowMs);

    /** True while the interface can receive and transmit. */
    boolean isUp();

    /** File descriptor to wait on for received frames, or -1 when the port has none. */
    default int pollDescriptor() {
        return -1;
    }

    /** True when {@link #receive} has or soon may have frames, so that an adaptive loop must not sleep. */
    default boolean hasBacklog() {
        return false;
    }

    /**
     * True when less than the reserved share of the transmit queue is free: callers may hold back what can wait. False for a
     * port without such a share.
     */
    default boolean isCongested() {
        return false;
    }

    /** Tells of the receive queue, for tools; by the port's own thread, a few times per second. Allocation-free. */
    default void report(QueueRecord record) {}

    @Override
    void close();
}
