package io.weir.node.simulation;

import io.weir.control.master.SelectionTable;
import io.weir.switching.filter.HotCold;
import java.util.List;
import java.util.SplittableRandom;

/** How the data path chooses from a selection table, with the shipping rule where it is more than a slot. */
final class Draws {
    private static final double MICROS = 1e6;
    /** As the switching processor's own estimate: an eighth of each new handshake. */
    private static final double NEW_HANDSHAKE = 1.0 / 8;

    private final List<SimulatedServer> servers;
    private final SplittableRandom random;
    private final HotCold hotCold = new HotCold(1);
    private final int[] drawn = new int[HotCold.DRAWS];
    private final double[] latency;

    /** Ways to choose. */
    enum Way {
        /** The slot of a hash. Connections come from addresses and ports at random. */
        MAGLEV("Maglev"),
        /** Of two random slots the member with fewer live connections per weight. */
        LEAST_CONNECTIONS("least connections"),
        HOT_COLD("hot/cold");

        final String title;

        Way(String title) {
            this.title = title;
        }
    }

    Draws(List<SimulatedServer> servers, long seed) {
        this.servers = servers;
        this.random = new SplittableRandom(seed);
        this.latency = new double[servers.size()];
    }

    /**
     * The member for a connection.
     *
     * @param weights of the members that the table was built from
     */
    int choose(Way way, SelectionTable table, int[] weights, double now) {
        return switch (way) {
            case MAGLEV -> draw(table);
            case LEAST_CONNECTIONS -> lighter(draw(table), draw(table), weights, now);
            case HOT_COLD -> colder(table, weights, now);
        };
    }

    private int draw(SelectionTable table) {
        return table.slots().member(random.nextInt(table.size()));
    }

    private int lighter(int a, int b, int[] weights, double now) {
        long loadOfA = (long) servers.get(a).live(now) * weights[b];
        long loadOfB = (long) servers.get(b).live(now) * weights[a];
        return loadOfB < loadOfA ? b : a;
    }

    private int colder(SelectionTable table, int[] weights, double now) {
        hotCold.begin(0);
        for (int k = 0; k < drawn.length; k++) {
            drawn[k] = draw(table);
            hotCold.add(servers.get(drawn[k]).live(now), weights[drawn[k]], (long) latency[drawn[k]]);
        }
        int chosen = drawn[hotCold.choose()];
        latency[chosen] += NEW_HANDSHAKE * (servers.get(chosen).handshake(now) * MICROS - latency[chosen]);
        return chosen;
    }
}
