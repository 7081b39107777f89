package io.weir.control.master;

import java.util.List;

/**
 * The server with the fewest live connections per weight, of two chosen at random (power of two choices, Mitzenmacher
 * 2001): the table holds members in proportion to their weights; the data path draws two slots and compares.
 */
public final class LeastConnections implements SelectionAlgorithm {
    @Override
    public SelectionTable build(List<Candidate> candidates, SelectionTable previous) {
        return WeightedRoundRobin.interleaved(candidates);
    }
}
