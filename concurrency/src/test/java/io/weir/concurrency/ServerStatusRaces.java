package io.weir.concurrency;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatus.Health;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.memory.server.ServerStatusTable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The control processor writes what it knows about a server while a tool reads it. */
final class ServerStatusRaces {
    private static final int SERVER = 1;
    private static final int MIXED = -1;

    private ServerStatusRaces() {}

    /** Every read gives all of one write, and none goes back. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "0, 2", "0, 3", "1, 1", "1, 2", "1, 3", "2, 2", "2, 3", "3, 3"},
            expect = ACCEPTABLE,
            desc = "each read is of one write, the second of the same or a later one")
    @Outcome(expect = FORBIDDEN, desc = "a read mixed two writes, or went back")
    @State
    public static class WriteAndRead {
        private final ServerStatusTable table =
                new ServerStatusTable(ConnectionFixture.memory(ServerStatusTable.bytes(SERVER)));

        @Actor
        public void control() {
            table.write(SERVER, status(1));
            table.write(SERVER, status(2));
            table.write(SERVER, status(3));
        }

        @Actor
        public void tool(II_Result result) {
            result.r1 = read();
            result.r2 = read();
        }

        private int read() {
            ServerStatus status = table.read(SERVER);
            if (status.equals(ServerStatus.NONE)) {
                return 0;
            }
            int number = (int) status.reportMs();
            return status.equals(status(number)) ? number : MIXED;
        }

        private static ServerStatus status(int k) {
            return new ServerStatus(Health.UP, "m".repeat(k), k == 2, LoadSource.AGENT, k, k == 2, k, k, k, k, k, k);
        }
    }
}
