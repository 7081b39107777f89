package io.weir.concurrency;

import static io.weir.concurrency.ConnectionFixture.TCP;
import static io.weir.concurrency.ConnectionFixture.open;
import static io.weir.concurrency.ConnectionFixture.read;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Readers of a record that is written, removed or reused meanwhile: never a mixture of two connections. */
final class ConnectionReads {
    private static final int HASH = 5;
    private static final long KEY = TCP | 0x5000_9c41L;

    private ConnectionReads() {}

    /** The first reply arrives while the record is being published. */
    @JCStressTest
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "not yet there, or complete")
    @Outcome(expect = FORBIDDEN, desc = "incomplete")
    @State
    public static class Publication {
        final ConnectionTable4 table = ConnectionFixture.table();

        @Actor
        public void writer() {
            open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void reader(I_Result r) {
            r.r1 = read(table, 1, KEY, HASH);
        }
    }

    /** The same key is opened anew in the same slot (port reuse): only the generation tells them apart. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "0, 2", "0, 3", "1, 0", "1, 1", "1, 2", "1, 3"},
            expect = ACCEPTABLE,
            desc = "whole")
    @Outcome(
            id = {"2, 0", "2, 2", "2, 3", "3, 0", "3, 3"},
            expect = ACCEPTABLE,
            desc = "whole")
    @Outcome(expect = FORBIDDEN, desc = "two connections mixed, or an older one after a newer one")
    @State
    public static class SameKeyAnew {
        final ConnectionTable4 table = ConnectionFixture.table();

        public SameKeyAnew() {
            open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void writer() {
            long record = table.recordAt(HASH);
            table.remove(record, table.word(record));
            open(table, 1, KEY, HASH, 2);
            table.remove(record, table.word(record));
            open(table, 1, KEY, HASH, 3);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(table, 1, KEY, HASH);
            r.r2 = read(table, 1, KEY, HASH);
        }
    }

    /** The slot goes to another client with the same ports: key and state in the word are the same. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 0", "0, 2", "1, 2"},
            expect = ACCEPTABLE,
            desc = "each its own connection or none")
    @Outcome(expect = FORBIDDEN, desc = "one client's translation for the other")
    @State
    public static class SamePortsOtherClient {
        final ConnectionTable4 table = ConnectionFixture.table();

        public SamePortsOtherClient() {
            open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void writer() {
            long record = table.recordAt(HASH);
            table.remove(record, table.word(record));
            open(table, 2, KEY, HASH, 2);
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(table, 1, KEY, HASH);
            r.r2 = read(table, 2, KEY, HASH);
        }
    }

    /** A full window's half-open record is recycled for another connection while a packet of the old one is read. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 0", "0, 2", "1, 2"},
            expect = ACCEPTABLE,
            desc = "each its own connection or none")
    @Outcome(expect = FORBIDDEN, desc = "one connection's translation for the other, or no slot")
    @State
    public static class Recycling {
        final ConnectionTable4 table = ConnectionFixture.table();

        public Recycling() {
            open(table, 1, KEY, HASH, 1);
            for (int i = 1; i < ConnectionTable.PROBE_LIMIT; i++) {
                open(table, 3, TCP | i, HASH, 3);
                table.setState(table.recordAt(HASH + i), ConnectionState.ESTABLISHED);
            }
        }

        @Actor
        public void writer(II_Result r) {
            long record = table.recyclable(HASH, 10);
            boolean opened = table.remove(record, table.word(record)) && open(table, 2, KEY + 1, HASH, 2) == 1;
            if (!opened) {
                throw new AssertionError("the half-open record was not recycled");
            }
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = read(table, 1, KEY, HASH);
            r.r2 = read(table, 2, KEY + 1, HASH);
        }
    }

    /** A record further on stays in reach while those before it come and go. */
    @JCStressTest
    @Outcome(id = "9", expect = ACCEPTABLE, desc = "found")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    @State
    public static class RemovalBeforeIt {
        final ConnectionTable4 table = ConnectionFixture.table();

        public RemovalBeforeIt() {
            open(table, 1, KEY, HASH, 1);
            open(table, 1, KEY + 1, HASH, 2);
            open(table, 1, KEY + 2, HASH, 9);
        }

        @Actor
        public void writer() {
            long second = table.recordAt(HASH + 1);
            table.remove(second, table.word(second));
            long first = table.recordAt(HASH);
            table.remove(first, table.word(first));
            open(table, 1, KEY + 3, HASH, 4);
        }

        @Actor
        public void reader(I_Result r) {
            r.r1 = read(table, 1, KEY + 2, HASH);
        }
    }

    /** The next hop of a live connection changes. */
    @JCStressTest
    @Outcome(
            id = {"0", "1", "2"},
            expect = ACCEPTABLE,
            desc = "the old path, the new one, or none for the moment")
    @Outcome(expect = FORBIDDEN, desc = "half the old path and half the new one")
    @State
    public static class PathChange {
        final ConnectionTable4 table = ConnectionFixture.table();
        final long record = table.recordAt(HASH);

        public PathChange() {
            open(table, 1, KEY, HASH, 1);
        }

        @Actor
        public void writer() {
            table.setPath(record, 2, 2, 2, 2);
        }

        @Actor
        public void reader(I_Result r) {
            long word = table.word(record);
            int epoch = table.pathEpoch(record);
            long sum = table.egress(record) * 100L + table.destinationMac(record) * 10 + table.sourceMac(record);
            if (!table.isUnchanged(record, word) || table.pathEpoch(record) != epoch || epoch == 0) {
                r.r1 = 0;
            } else {
                r.r1 = sum == epoch * 111L ? epoch : ConnectionFixture.MIXED;
            }
        }
    }

    /** The four words of IPv6 addresses: a slot reused between clients whose addresses share words. */
    @JCStressTest
    @Outcome(
            id = {"0", "1"},
            expect = ACCEPTABLE,
            desc = "its own connection or none")
    @Outcome(expect = FORBIDDEN, desc = "a record that never had this key")
    @State
    public static class ReuseIpv6 {
        final ConnectionTable6 table =
                ConnectionTable6.format(ConnectionFixture.memory(ConnectionTable6.regionBytes(8)), 3);

        public ReuseIpv6() {
            open6(1, 1, 1);
        }

        private void open6(long source, long destination, int tag) {
            long record = table.claim(source, source, destination, destination, KEY, HASH);
            table.setTranslation(record, tag, tag, tag);
            table.publish(record);
        }

        @Actor
        public void writer() {
            long record = table.recordAt(HASH);
            table.remove(record, table.word(record));
            open6(2, 2, 2);
            table.remove(record, table.word(record));
            open6(1, 1, 1);
        }

        @Actor
        public void reader(I_Result r) {
            // Only halves of this key ever stand in the slot.
            long mixed = table.find(1, 1, 2, 2, KEY, HASH);
            if (mixed >= 0) {
                r.r1 = ConnectionFixture.MIXED;
                return;
            }
            long record = table.find(1, 1, 1, 1, KEY, HASH);
            if (record >= 0) {
                long word = table.word(record);
                long sum = table.newAddress0(record) * 100 + table.newAddress1(record) * 10 + table.newPort(record);
                r.r1 = !table.isStill(record, word, 1, 1, 1, 1, KEY) ? 0 : sum == 111 ? 1 : ConnectionFixture.MIXED;
            }
        }
    }
}
