package io.weir.application;

/**
 * A program on one switching processor. Each processor has an instance of its own; all its methods run on that processor's
 * thread, between the packets of everybody else. So they must not block, lock, log, allocate or wait, and return within the
 * configured time budget.
 *
 * <p>An application that throws, leaves a packet without a fate, keeps a buffer, or overruns its budget is stopped: its
 * packets get the configured fallback, and forwarding goes on.
 */
public interface NetworkApplication extends AutoCloseable {
    /**
     * Decides the fate of every packet: exactly one of the verbs of {@link Packets} for each row.
     *
     * @param packets what came in for the addresses and ports of this application; valid during the call only
     */
    void receive(Packets packets);

    /**
     * Called about every {@link ApplicationPlan#timerMs} milliseconds, if that is not 0.
     *
     * @param sender for packets of its own; a batch of no packets
     */
    default void timer(Packets sender) {}

    /** The node ends, or the application was stopped; buffers are not its concern. */
    @Override
    default void close() {}
}
