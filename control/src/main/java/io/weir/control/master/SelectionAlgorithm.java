package io.weir.control.master;

import java.util.List;

/** How the servers of a service are chosen for new connections: builds the selection table that the data path indexes. */
public sealed interface SelectionAlgorithm permits Maglev, WeightedRoundRobin, SourceHash, LeastConnections {
    /**
     * A table in which members stand in proportion to their weights; empty when all weights are 0.
     *
     * @param candidates members in the order of the service, at most 65535, with distinct names
     * @param previous the service's last table; algorithms that promise affinity move as few slots as possible from it
     */
    SelectionTable build(List<Candidate> candidates, SelectionTable previous);

    /** Likewise from scratch. */
    default SelectionTable build(List<Candidate> candidates) {
        return build(candidates, SelectionTable.EMPTY);
    }
}
