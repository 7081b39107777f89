package io.weir.lab;

import java.util.List;

/** What the demo sees of its node while that runs; the lab itself knows neither shared memory nor API. */
public interface NodeWindow extends AutoCloseable {
    /** The servers now, in the order of the configuration, with their part in the service {@code web}. */
    List<ServerState> servers();

    /** Packets dropped for a reason so far, such as {@code service-unknown}. */
    long drops(String reason);

    /** Address of the dashboard with its token; empty when there is none. */
    String dashboard();

    @Override
    void close();

    /** Makes windows. */
    @FunctionalInterface
    interface Opener {
        /** Looks into a node that is ready. */
        NodeWindow open(String node);
    }

    /**
     * A server as its node sees it.
     *
     * @param health {@code up}, {@code down}, {@code starting} or {@code unchecked}
     * @param weight weight that the master chose, in the file's units
     * @param share share of new connections, 0..1
     * @param load CPU utilisation of its last report, 0..1; -1 when not known
     * @param live connections now
     * @param opened connections so far
     */
    record ServerState(String name, String health, double weight, double share, double load, long live, long opened) {}
}
