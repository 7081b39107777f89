package io.weir.node.simulation;

import io.weir.control.master.Candidate;
import io.weir.control.master.Maglev;
import io.weir.control.master.SelectionAlgorithm;
import io.weir.control.master.SelectionTable;
import io.weir.control.master.WeightedRoundRobin;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/** The ways to spread connections that need no reports. Tables are weir's own. */
final class Strategies {
    private static final int FINE = 256;

    private Strategies() {}

    /** What an operator writes who does not know better. */
    static ToIntFunction<SimulatedServer> equalWeights() {
        return _ -> FINE;
    }

    /** What an operator writes who has measured the servers once. */
    static ToIntFunction<SimulatedServer> weightsByCapacity() {
        return server -> (int) (server.capacity(0) * FINE);
    }

    static SelectionTable table(
            SelectionAlgorithm algorithm, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        List<Candidate> candidates = new ArrayList<>();
        for (SimulatedServer server : servers) {
            candidates.add(new Candidate(server.name, weight.applyAsInt(server)));
        }
        return algorithm.build(candidates);
    }

    /** The slot of a hash: connections come from addresses and ports at random. */
    static Strategy maglev(String title, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        SelectionTable table = table(new Maglev(), servers, weight);
        SplittableRandom random = new SplittableRandom(1);
        return strategy(title, _ -> table.slots().member(random.nextInt(table.size())));
    }

    /** Slot after slot. */
    static Strategy roundRobin(String title, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        return strategy(title, new Turns(table(new WeightedRoundRobin(), servers, weight)));
    }

    /** Round robin by what the servers can do at present: knows at once what no balancer can know. */
    static Strategy oracle(String title, List<SimulatedServer> servers, double slowFrom) {
        Turns before = new Turns(table(new WeightedRoundRobin(), servers, weightsByCapacity()));
        Turns after =
                new Turns(table(new WeightedRoundRobin(), servers, server -> (int) (server.capacity(slowFrom) * FINE)));
        return strategy(title, now -> now < slowFrom ? before.choose(now) : after.choose(now));
    }

    /** The fewest live connections of all, as one processor that sees everything would choose; ties by turns. */
    static Strategy leastConnections(String title, List<SimulatedServer> servers) {
        int[] turn = new int[1];
        return strategy(title, now -> {
            int best = turn[0]++ % servers.size();
            for (int k = 0; k < servers.size(); k++) {
                if (servers.get(k).live(now) < servers.get(best).live(now)) {
                    best = k;
                }
            }
            return best;
        });
    }

    /** As the data path's selector does it: of two random slots the member with fewer live connections per weight. */
    static Strategy twoChoices(String title, List<SimulatedServer> servers, ToIntFunction<SimulatedServer> weight) {
        SelectionTable table = table(new WeightedRoundRobin(), servers, weight);
        SplittableRandom random = new SplittableRandom(2);
        return strategy(title, now -> {
            int a = table.slots().member(random.nextInt(table.size()));
            int b = table.slots().member(random.nextInt(table.size()));
            long loadOfA = (long) servers.get(a).live(now) * weight.applyAsInt(servers.get(b));
            long loadOfB = (long) servers.get(b).live(now) * weight.applyAsInt(servers.get(a));
            return loadOfB < loadOfA ? b : a;
        });
    }

    static Strategy strategy(String title, Choice choice) {
        return new Strategy() {
            @Override
            public String title() {
                return title;
            }

            @Override
            public int choose(double now) {
                return choice.choose(now);
            }
        };
    }

    /** The server for a connection that comes now. */
    interface Choice {
        int choose(double now);
    }

    /** A walk through a table. */
    private static final class Turns implements Choice {
        private final SelectionTable table;
        private int position;

        Turns(SelectionTable table) {
            this.table = table;
        }

        @Override
        public int choose(double now) {
            int slot = position;
            position = slot + 1 == table.size() ? 0 : slot + 1;
            return table.slots().member(slot);
        }
    }
}
