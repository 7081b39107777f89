package io.weir.lab.bench;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Something that brings packets from the client to the server.
 *
 * @param key the name on the command line
 * @param title what it is, in a line
 * @param programs what it runs or is built by
 * @param carries the traffic it can carry
 * @param translates false when clients must use the server's own address
 * @param setUp makes it ready in a lane and returns its processes
 */
record Contestant(
        String key, String title, List<Program> programs, Set<Row.Traffic> carries, boolean translates, SetUp setUp) {

    boolean carries(Row row) {
        return carries.contains(row.traffic());
    }

    /** Makes a contestant ready. */
    @FunctionalInterface
    interface SetUp {
        /**
         * Returns its processes, those that were started first; none when the kernel does it all.
         *
         * @throws MeasurementException with the reason why it cannot run here
         */
        List<Process> in(Lane lane, Workshop workshop) throws IOException, InterruptedException;
    }
}
