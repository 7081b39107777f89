package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.PORT;
import static io.weir.switching.scenario.Sites.TCP_SERVICE;

import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** Connections to services: opened, kept on their server, translated both ways, closed and forgotten. */
final class BalancingScenarios {
    private BalancingScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                for (Mode mode : Mode.values()) {
                    everyWay(all, Conversation.of(family, mode, protocol));
                }
                anyPort(all, family, protocol);
                expiry(all, Conversation.of(family, Mode.NAT, protocol));
                checksums(all, Conversation.of(family, Mode.NAT, protocol));
                choice(all, Conversation.of(family, Mode.NAT, protocol));
                hops(all, Conversation.of(family, Mode.NAT, protocol));
            }
            for (Mode mode : List.of(Mode.NAT, Mode.DIRECT)) {
                tcpLife(all, Conversation.of(family, mode, Packet.TCP));
            }
            fullTable(all, family);
        }
        conflict(all);
        return all;
    }

    /** What holds for both protocols and all ways to forward. */
    private static void everyWay(List<Scenario> all, Conversation c) {
        Network network = Sites.one(c.mode());
        Script opened =
                new Script(c.label() + "-new-connection", "the first packet opens a connection to the server", network);
        all.add(c.up(opened, c.opening())
                .live(c.service(), 1)
                .count(Counter.CONNECTIONS_CREATED, 1)
                .count(Counter.PACKETS_BALANCED, 1)
                .end());

        Script again = new Script(
                c.label() + "-same-connection", "further packets stay on the server and open nothing new", network);
        c.establish(again);
        for (int i = 0; i < 3; i++) {
            c.up(
                    again,
                    c.protocol() == Packet.TCP
                            ? c.data("data " + i)
                            : c.request().payload("more " + i));
        }
        all.add(again.live(c.service(), 1).count(Counter.CONNECTIONS_CREATED, 1).end());

        Conversation far = c.client(c.family().remote);
        Script remote = new Script(
                c.label() + "-remote-client", "a client behind a router is answered through that router", network);
        all.add(far.establish(remote).end());

        if (c.mode() != Mode.DIRECT) {
            Script reply = new Script(
                    c.label() + "-reply", "a reply leaves with the service's address and port restored", network);
            c.establish(reply);
            all.add(c.down(reply, c.protocol() == Packet.TCP ? c.serverData("answer") : c.reply())
                    .end());
        } else {
            Script routed = new Script(
                    c.label() + "-reply-through-weir",
                    "a direct-return server that has weir as its router answers with the service's address",
                    network);
            c.establish(routed);
            Packet reply = (c.protocol() == Packet.TCP ? c.synAck() : c.reply())
                    .source(c.family().service)
                    .ports(PORT, c.clientPort());
            all.add(routed.in(INT, reply)
                    .out(EXT, reply.macs(Sites.EXT_MAC, c.client().mac()).oneHopLess())
                    .count(Counter.PACKETS_ROUTED, 1)
                    .end());
        }
    }

    private static void anyPort(List<Scenario> all, Family family, int protocol) {
        Conversation c = Conversation.of(family, Mode.NAT_SAME_PORT, protocol);
        Script script = new Script(
                c.label() + "-port-0", "a service on port 0 takes every port and keeps it", Sites.anyPort(c.mode()));
        for (int port : new int[] {1, 5060, 65_535}) {
            Packet packet = c.opening().ports(c.clientPort(), port);
            script.in(EXT, packet).out(INT, c.toServer(packet).ports(c.clientPort(), port));
        }
        all.add(script.live(c.service(), 3).end());
    }

    private static void expiry(List<Scenario> all, Conversation c) {
        boolean tcp = c.protocol() == Packet.TCP;
        Network network = Sites.one(c.mode());
        Script half = new Script(
                c.label() + "-half-open-expires", "a connection without an answer is forgotten after 60 s", network);
        c.up(half, c.opening()).pause(59_000).live(c.service(), 1).pause(8_000);
        all.add(half.live(c.service(), 0).count(Counter.CONNECTIONS_CLOSED, 1).end());

        int idleMs = tcp ? 900_000 : 300_000;
        Script idle = new Script(
                c.label() + "-idle-expires",
                "a connection in both directions is forgotten after its idle time",
                network);
        c.establish(idle)
                .pause(idleMs - 10_000)
                .live(c.service(), 1)
                .pause(20_000)
                .live(c.service(), 0);
        Packet late = tcp ? c.data("late") : c.request();
        if (tcp) {
            idle.in(EXT, late).out(EXT, ResetScenarios.resetOf(late, 4)).drop(DropReason.CONNECTION_UNKNOWN_RESET);
        } else {
            c.up(idle, late).live(c.service(), 1);
        }
        all.add(idle.end());

        Script kept = new Script(
                c.label() + "-replies-keep-alive", "packets of one direction keep the whole connection", network);
        c.establish(kept);
        for (int i = 0; i < 3; i++) {
            kept.pause(idleMs - 60_000);
            c.down(kept, tcp ? c.serverData("tick") : c.reply());
        }
        c.up(kept, tcp ? c.data("tock") : c.request());
        all.add(kept.live(c.service(), 1).count(Counter.CONNECTIONS_CREATED, 1).end());
    }

    private static void checksums(List<Scenario> all, Conversation c) {
        Network network = Sites.one(c.mode());
        Packet wrong = c.opening().wrongChecksum();
        all.add(new Script(
                        c.label() + "-opening-with-wrong-checksum",
                        "a packet with a wrong checksum opens no connection",
                        network)
                .in(EXT, wrong)
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .live(c.service(), 0)
                .end());

        // The payload makes the sum of the words come out so that the new checksum is 0 or all ones at some value.
        Script sweep = new Script(
                c.label() + "-checksum-corners", "the updated checksum is right for sums around zero, too", network);
        c.establish(sweep);
        for (int word : new int[] {0x0000, 0xffff, 0x0001, 0xfffe, 0x8000}) {
            byte[] payload = Packet.bytes(word >> 8, word, 0, 0);
            Packet packet = c.protocol() == Packet.TCP ? c.data("") : c.request();
            c.up(sweep, packet.payload(zeroSum(c, packet, payload)));
        }
        all.add(sweep.end());
    }

    /** The payload with its last word chosen so that the translated packet's checksum is the first word's complement. */
    private static byte[] zeroSum(Conversation c, Packet packet, byte[] payload) {
        byte[] frame = c.toServer(packet.payload(payload)).frame();
        int at = c.toServer(packet).transportOffset() + (c.protocol() == Packet.TCP ? 16 : 6);
        int checksum = (frame[at] & 0xff) << 8 | (frame[at + 1] & 0xff);
        byte[] chosen = payload.clone();
        chosen[2] = (byte) (checksum >> 8);
        chosen[3] = (byte) checksum;
        return chosen;
    }

    private static void choice(List<Scenario> all, Conversation c) {
        String label = c.label();
        Script turns = new Script(
                label + "-weighted-round-robin", "servers get new connections by weight", Sites.weighted(2, 1));
        int[] expected = {1, 1, 2, 1, 1, 2};
        for (int i = 0; i < expected.length; i++) {
            Conversation each = c.clientPort(40_000 + i).server(expected[i]);
            each.up(turns, each.opening());
        }
        all.add(turns.live(c.service(), 6).end());

        Script drained = new Script(
                label + "-weight-0-gets-nothing-new",
                "a server of weight 0 gets no new connection",
                Sites.weighted(0, 1));
        for (int i = 0; i < 3; i++) {
            Conversation each = c.clientPort(40_000 + i).server(2);
            each.up(drained, each.opening());
        }
        all.add(drained.end());

        all.add(new Script(
                        label + "-no-server",
                        "without a server that takes connections the packet is dropped",
                        Sites.weighted(0, 0))
                .in(EXT, c.opening())
                .drop(DropReason.NO_SERVER)
                .live(c.service(), 0)
                .end());
    }

    private static void hops(List<Scenario> all, Conversation c) {
        Network network = Sites.one(c.mode());
        all.add(new Script(c.label() + "-last-hop", "a packet at its last hop opens nothing", network)
                .in(EXT, c.opening().ttl(1))
                .drop(DropReason.TTL_EXPIRED)
                .live(c.service(), 0)
                .end());
        Script known = new Script(
                c.label() + "-last-hop-of-known-connection", "a packet at its last hop goes no further", network);
        c.establish(known);
        all.add(known.in(EXT, c.request().flags(Packet.ACK).ttl(1))
                .drop(DropReason.TTL_EXPIRED)
                .live(c.service(), 1)
                .end());
        Script two = new Script(c.label() + "-two-hops-left", "with two hops left one is used", network);
        all.add(c.up(two, c.opening().ttl(2)).end());
    }

    private static void tcpLife(List<Scenario> all, Conversation c) {
        Network network = Sites.one(c.mode());
        boolean direct = c.mode() == Mode.DIRECT;
        Script retransmit = new Script(
                c.label() + "-syn-retransmitted",
                "a repeated SYN goes to the same server, no second connection",
                network);
        for (int i = 0; i < 3; i++) {
            c.up(retransmit, c.syn()).pause(1_000);
        }
        all.add(retransmit
                .live(TCP_SERVICE, 1)
                .count(Counter.CONNECTIONS_CREATED, 1)
                .end());

        Script fin = new Script(c.label() + "-fin-closes", "after FINs the connection is forgotten soon", network);
        c.establish(fin);
        c.up(fin, c.fin());
        if (!direct) {
            c.down(fin, c.serverFin());
            c.up(fin, c.ack().sequence(Conversation.CLIENT_SEQUENCE + 2, Conversation.SERVER_SEQUENCE + 2));
        }
        fin.live(TCP_SERVICE, 1).pause(direct ? 130_000 : 20_000);
        all.add(fin.live(TCP_SERVICE, 0).count(Counter.CONNECTIONS_CLOSED, 1).end());

        Script half = new Script(
                c.label() + "-half-closed-goes-on", "after one FIN the other side may send on for 120 s", network);
        c.establish(half);
        c.up(half, c.fin()).pause(100_000);
        if (!direct) {
            c.down(half, c.serverData("rest"));
        }
        all.add(half.live(TCP_SERVICE, 1).end());

        Script rst = new Script(
                c.label() + "-client-reset-closes",
                "a client's reset reaches the server and ends the connection",
                network);
        c.establish(rst);
        c.up(rst, c.reset()).pause(20_000);
        all.add(rst.live(TCP_SERVICE, 0).end());

        Script wrong = new Script(
                c.label() + "-reset-with-wrong-checksum", "a reset with a wrong checksum ends nothing", network);
        c.establish(wrong);
        wrong.in(EXT, c.reset().wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .pause(20_000);
        all.add(c.up(wrong, c.data("still here")).live(TCP_SERVICE, 1).end());

        Script reopened = new Script(
                c.label() + "-syn-on-closing-connection", "a SYN on a closing connection opens a new one", network);
        c.establish(reopened);
        c.up(reopened, c.reset());
        c.up(reopened, c.syn().sequence(77, 0));
        all.add(reopened.live(TCP_SERVICE, 1)
                .count(Counter.CONNECTIONS_CREATED, 2)
                .end());

        if (!direct) {
            Script serverRst = new Script(
                    c.label() + "-server-reset-closes",
                    "a server's reset reaches the client from the service's address and ends the connection",
                    network);
            c.up(serverRst, c.syn());
            c.down(serverRst, c.serverReset().sequence(0, Conversation.CLIENT_SEQUENCE + 1))
                    .pause(20_000);
            all.add(serverRst.live(TCP_SERVICE, 0).end());
        }

        Script options = new Script(
                c.label() + "-tcp-options", "timestamps, window scale and the longest header pass unchanged", network);
        c.establish(options);
        Packet stamped = c.data("x").tcpOptions(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);
        c.up(options, stamped);
        c.up(options, c.data("y").tcpOptions(new int[40]));
        all.add(options.end());
    }

    private static void fullTable(List<Scenario> all, Family family) {
        // 16 slots, one record per direct-return connection.
        Network small = Sites.one(Mode.DIRECT).withConnections(1);
        Conversation c = Conversation.of(family, Mode.DIRECT, Packet.TCP);
        Script full = new Script(
                family.label() + "-full-table-refuses",
                "established connections are never given up: the seventeenth is refused",
                small);
        for (int i = 0; i < 16; i++) {
            c.clientPort(40_000 + i).establish(full);
        }
        full.in(EXT, c.clientPort(50_000).syn()).drop(DropReason.CONNECTION_TABLE_FULL);
        Conversation first = c.clientPort(40_000);
        all.add(first.up(full, first.data("unharmed")).live(TCP_SERVICE, 16).end());

        Script recycled = new Script(
                family.label() + "-full-table-recycles",
                "the oldest half-open connection makes room for a new one",
                small);
        Conversation oldest = c.clientPort(41_000);
        oldest.up(recycled, oldest.syn()).pause(1_000);
        for (int i = 0; i < 15; i++) {
            c.clientPort(40_000 + i).establish(recycled);
        }
        Conversation next = c.clientPort(50_000);
        next.establish(recycled);
        all.add(recycled.live(TCP_SERVICE, 16)
                .count(Counter.CONNECTIONS_RECYCLED, 1)
                .count(Counter.CONNECTIONS_CREATED, 17)
                .end());
    }

    /** Two services on the same server port: the server could not tell the client's two connections apart. */
    private static void conflict(List<Scenario> all) {
        for (Family family : Family.values()) {
            List<io.weir.memory.configuration.ConfigurationImage.Service> services =
                    new ArrayList<>(Sites.services(Mode.NAT, PORT, 1, 0));
            var first = services.get(0);
            services.add(new io.weir.memory.configuration.ConfigurationImage.Service(
                    3,
                    "tcp-81",
                    Packet.TCP,
                    PORT + 1,
                    first.forwarding(),
                    first.algorithm(),
                    first.addresses(),
                    first.ipv4(),
                    first.ipv6()));
            Conversation c = Conversation.of(family, Mode.NAT, Packet.TCP);
            Script script = new Script(
                    family.label() + "-tuple-conflict",
                    "a connection whose translation would collide with another's is refused",
                    Sites.network(services, Settings.DEFAULTS));
            c.establish(script);
            script.in(EXT, c.syn().ports(c.clientPort(), PORT + 1)).drop(DropReason.TUPLE_CONFLICT);
            Packet other = c.syn().ports(c.clientPort() + 1, PORT + 1);
            script.in(EXT, other).out(INT, c.clientPort(c.clientPort() + 1).toServer(other));
            all.add(script.live(TCP_SERVICE, 1).live(3, 1).end());
        }
    }
}
