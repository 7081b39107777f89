package io.weir.control;

import io.weir.control.configuration.Placement;
import io.weir.memory.configuration.SelectionHash;
import io.weir.memory.connection.ConnectionEntry;
import io.weir.memory.connection.ConnectionReader;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a change would do to the connections that live now: reads every record of the connection tables once. Connections
 * stay on their servers whatever changes; moved are those that would be given another server if they were opened now.
 *
 * @param live connections
 * @param moved of these, those that are hashed to another server by the new tables than by those in force
 * @param orphaned of these, those whose server is not in the new configuration
 * @param examples some of the moved and orphaned
 */
public record MovedConnections(long live, long moved, long orphaned, List<Example> examples) {
    private static final int MOST_EXAMPLES = 20;

    public MovedConnections {
        examples = List.copyOf(examples);
    }

    /**
     * A connection.
     *
     * @param client address and port
     * @param service its service
     * @param from its server
     * @param to the server it would have; empty for none
     */
    public record Example(String client, String service, String from, String to) {}

    /** Counts. */
    public static MovedConnections between(
            Placement before, Placement after, ConnectionTable4 ipv4, ConnectionTable6 ipv6, int nowMs) {
        Walk walk = new Walk(before, after, nowMs);
        for (long slot = 0; slot < ipv4.slots(); slot++) {
            long record = ipv4.recordAt(slot);
            long word = ipv4.word(record);
            if (ConnectionTable.isLive(word) && ipv4.kind(record) != ConnectionTable.REVERSE) {
                long addresses = ipv4.addresses(record);
                int service = ipv4.service(record);
                int server = ipv4.server(record);
                if (ipv4.isUnchanged(record, word)) {
                    walk.see(
                            ipv4,
                            record,
                            4,
                            service,
                            server,
                            SelectionHash.flow4(addresses, ConnectionTable.keyOf(word)),
                            SelectionHash.client4((int) addresses));
                }
            }
        }
        for (long slot = 0; slot < ipv6.slots(); slot++) {
            long record = ipv6.recordAt(slot);
            long word = ipv6.word(record);
            if (ConnectionTable.isLive(word) && ipv6.kind(record) != ConnectionTable.REVERSE) {
                long source0 = ipv6.source0(record);
                long source1 = ipv6.source1(record);
                long flow = SelectionHash.flow6(
                        source0,
                        source1,
                        ipv6.destination0(record),
                        ipv6.destination1(record),
                        ConnectionTable.keyOf(word));
                int service = ipv6.service(record);
                int server = ipv6.server(record);
                if (ipv6.isUnchanged(record, word)) {
                    walk.see(ipv6, record, 6, service, server, flow, SelectionHash.client6(source0, source1));
                }
            }
        }
        return new MovedConnections(walk.live, walk.moved, walk.orphaned, walk.examples);
    }

    private static final class Walk {
        private final Placement before;
        private final Placement after;
        private final int nowMs;
        private final List<Example> examples = new ArrayList<>();
        private long live;
        private long moved;
        private long orphaned;

        Walk(Placement before, Placement after, int nowMs) {
            this.before = before;
            this.after = after;
            this.nowMs = nowMs;
        }

        void see(ConnectionTable table, long record, int family, int service, int server, long flow, long client) {
            live++;
            String old = before.place(service, family, flow, client);
            String next = after.place(service, family, flow, client);
            boolean isOrphan = after.server(server) == null;
            if (isOrphan) {
                orphaned++;
            } else if (old != null && !Objects.equals(old, next)) {
                moved++;
            } else {
                return;
            }
            if (examples.size() < MOST_EXAMPLES) {
                example(table, record, service, server, next);
            }
        }

        private void example(ConnectionTable table, long record, int service, int server, @Nullable String next) {
            ConnectionReader reader = new ConnectionReader(table);
            if (!reader.read(record, nowMs)) {
                return;
            }
            ConnectionEntry entry = reader.entry();
            String client = entry.source().getHostAddress();
            examples.add(new Example(
                    (client.contains(":") ? "[" + client + "]" : client) + ":" + entry.sourcePort(),
                    String.valueOf(before.service(service)),
                    String.valueOf(before.server(server)),
                    next == null ? "" : next));
        }
    }
}
