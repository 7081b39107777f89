package io.weir.node.simulation;

import java.util.List;

/** A way to spread connections. */
@FunctionalInterface
interface Strategy {
    /** The server for a connection that comes now. */
    int choose(double now);

    /** Called half a second after each full second, with what is known by then. */
    default void decide(double now) {}

    /** Share of new connections by server, for those that have one. */
    default double[] shares() {
        return new double[0];
    }

    /** Makes a strategy for the servers of a run. */
    interface Factory {
        Strategy create(List<SimulatedServer> servers);
    }
}
