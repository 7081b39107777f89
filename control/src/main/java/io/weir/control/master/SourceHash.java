package io.weir.control.master;

import java.util.List;

/**
 * All connections of a client address go to one server: a {@link Maglev} table that the data path indexes with the hash of
 * the client address alone.
 */
public final class SourceHash implements SelectionAlgorithm {
    private final Maglev table;

    public SourceHash() {
        this(new Maglev());
    }

    public SourceHash(Maglev table) {
        this.table = table;
    }

    @Override
    public SelectionTable build(List<Candidate> candidates, SelectionTable previous) {
        return table.build(candidates, previous);
    }
}
