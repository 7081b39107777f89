package io.weir.node.simulation;

import io.weir.control.master.Candidate;
import io.weir.control.master.LeastConnections;
import io.weir.control.master.Maglev;
import io.weir.control.master.SelectionAlgorithm;
import io.weir.control.master.SelectionTable;
import io.weir.control.master.WeightedRoundRobin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** The ways to spread connections whose weights stay as they are configured. Tables and rules are the shipping ones. */
final class Strategies {
    private static final int FINE = 256;

    private Strategies() {}

    /** What an operator writes who does not know better. */
    static int equalWeight(SimulatedServer server) {
        return FINE;
    }

    /** What an operator writes who has measured the servers once. */
    static int weightByCapacity(SimulatedServer server) {
        return (int) (server.capacity(0) * FINE);
    }

    static SelectionTable table(
            SelectionAlgorithm algorithm, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        List<Candidate> candidates = new ArrayList<>();
        for (SimulatedServer server : servers) {
            candidates.add(new Candidate(server.name, weight.applyAsInt(server)));
        }
        return algorithm.build(candidates);
    }

    /** Slot after slot. */
    static Strategy roundRobin(List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        Turns turns = new Turns(table(new WeightedRoundRobin(), servers, weight));
        return _ -> turns.next();
    }

    /** As the data path draws from the table. */
    static Strategy draws(Draws.Way way, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        SelectionAlgorithm algorithm = way == Draws.Way.MAGLEV ? new Maglev() : new LeastConnections();
        SelectionTable table = table(algorithm, servers, weight);
        int[] weights = servers.stream().mapToInt(weight).toArray();
        Draws draws = new Draws(servers, 1);
        return now -> draws.choose(way, table, weights, now);
    }

    /** Round robin by what the servers can do at present: knows at once what no balancer can know. */
    static Strategy oracle(List<SimulatedServer> servers) {
        Turns before = new Turns(table(new WeightedRoundRobin(), servers, Strategies::weightByCapacity));
        Turns after = new Turns(table(
                new WeightedRoundRobin(), servers, server -> (int) (server.capacity(Simulation.SLOW_FROM) * FINE)));
        return now -> (now < Simulation.SLOW_FROM ? before : after).next();
    }

    /** The fewest live connections of all, as one processor that sees everything would choose; ties by turns. */
    static Strategy leastConnectionsOfAll(List<SimulatedServer> servers) {
        int[] turn = new int[1];
        return now -> {
            int best = turn[0]++ % servers.size();
            for (int k = 0; k < servers.size(); k++) {
                if (servers.get(k).live(now) < servers.get(best).live(now)) {
                    best = k;
                }
            }
            return best;
        };
    }

    /** A walk through a table. */
    private static final class Turns {
        private final SelectionTable table;
        private int position;

        Turns(SelectionTable table) {
            this.table = table;
        }

        int next() {
            int slot = position;
            position = slot + 1 == table.size() ? 0 : slot + 1;
            return table.slots().member(slot);
        }
    }
}
