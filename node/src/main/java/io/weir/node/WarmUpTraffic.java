package io.weir.node;

import io.weir.linux.NativeMemory;
import io.weir.port.Offload;
import io.weir.wire.Arp;
import io.weir.wire.Checksum;
import io.weir.wire.FrameBuilder;
import io.weir.wire.Icmp;
import io.weir.wire.IcmpView;
import io.weir.wire.Icmpv6;
import io.weir.wire.Icmpv6View;
import io.weir.wire.Ipv4;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import io.weir.wire.MacAddress;
import io.weir.wire.Ndp;
import io.weir.wire.TcpFlags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The packets of the {@link WarmUp}: every kind that a node meets, in no order, and the answers of the stations. */
final class WarmUpTraffic {
    static final int OUTER = 1;
    static final int INNER = 2;
    static final int OTHER = 3;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long LINK = 0x0200_0000_0100L;
    private static final MacAddress STATION = MacAddress.parse("02:00:00:00:09:01");
    private static final int ETHERNET = 14;
    private static final int IPV4 = 0x0008;
    private static final int IPV6 = 0xdd86;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SYN = TcpFlags.SYN << 8;
    private static final int ACK = TcpFlags.ACK << 8;
    private static final int UNANSWERED_PORT = 5001;
    /** Client ports that are used in turn: connections begin anew on closed and on open ones. */
    private static final int PORTS = 4096;

    private static final int FIRST_PORT = 1024;
    /** Of so many packets of a connection one ends it. */
    private static final int ENDING = 16;

    private static final String VIRTUAL_4 = "192.0.2.100";
    private static final String VIRTUAL_6 = "2001:db8:1::100";
    private static final String CLIENT_4 = "198.51.100.7";
    private static final String CLIENT_6 = "2001:db8:9::7";

    /**
     * A frame to copy.
     *
     * @param port of the client, counted up in every copy; 0 leaves the frame as it is
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Template(byte[] frame, long offload, int port) {}

    private final MemorySegment memory = NativeMemory.all();
    private final List<List<Template>> templates = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private final ReplayNeighbours neighbours =
            new ReplayNeighbours(new long[] {0, linkAddress(OUTER), linkAddress(INNER), linkAddress(OTHER)});
    private final int[] next = new int[OTHER];
    private long offload;
    private int connections;
    private int answers;

    WarmUpTraffic() {
        opening(CLIENT_4, VIRTUAL_4, 20);
        opening(CLIENT_6, VIRTUAL_6, 40);
        odd4();
        odd6();
        routed(INNER, "10.1.0.11", "10.2.0.13", "198.51.100.9");
        routed(INNER, "2001:db8:2::11", "2001:db8:3::13", "2001:db8:9::9");
        routed(OTHER, "10.2.0.13", "10.1.0.12", "198.51.100.9");
        routed(OTHER, "2001:db8:3::13", "2001:db8:2::12", "2001:db8:9::9");
    }

    /** Of weir's interface. */
    static long linkAddress(int id) {
        return LINK + id;
    }

    private static FrameBuilder to(int id) {
        return FrameBuilder.ethernet(STATION, new MacAddress(linkAddress(id)));
    }

    private void add(int id, FrameBuilder frame) {
        templates.get(id - 1).add(new Template(frame.build(), Offload.NONE, 0));
    }

    /** New connections of every service, with checksums complete and left open. */
    private void opening(String client, String virtual, int headerBytes) {
        for (int service = 80; service <= 82; service++) {
            connection(to(OUTER).ip(client, virtual).tcp(FIRST_PORT, service, TcpFlags.SYN, 1, 0), Offload.NONE);
            connection(
                    to(OUTER)
                            .ip(client, virtual)
                            .tcp(FIRST_PORT, service, TcpFlags.SYN, 1, 0)
                            .withPartialChecksum(),
                    Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, ETHERNET + headerBytes, 16));
        }
        for (int service = 53; service <= 54; service++) {
            connection(to(OUTER).ip(client, virtual).udp(FIRST_PORT, service).payload("question"), Offload.NONE);
            connection(
                    to(OUTER)
                            .ip(client, virtual)
                            .udp(FIRST_PORT, service)
                            .payload("question")
                            .withPartialChecksum(),
                    Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, ETHERNET + headerBytes, 6));
        }
        // Belongs to no connection: answered with a reset; no service: dropped.
        connection(to(OUTER).ip(client, virtual).tcp(FIRST_PORT, 80, TcpFlags.ACK, 1, 1), Offload.NONE);
        add(OUTER, to(OUTER).ip(client, virtual).tcp(FIRST_PORT, 79, TcpFlags.SYN, 1, 0));
        add(OUTER, to(OUTER).ip(client, virtual).udp(FIRST_PORT, 79).payload("question"));
    }

    private void connection(FrameBuilder frame, long openOffload) {
        templates.get(OUTER - 1).add(new Template(frame.build(), openOffload, FIRST_PORT));
    }

    private void odd4() {
        Ipv4Address client = Ipv4Address.parse(CLIENT_4);
        Ipv4Address own = Ipv4Address.parse("192.0.2.2");
        add(
                OUTER,
                to(OUTER)
                        .ip(client, own)
                        .icmp(Icmp.echo(IcmpView.ECHO_REQUEST, 1, 1))
                        .payload("echo"));
        add(OUTER, to(OUTER).arp(Arp.request(STATION, Ipv4Address.parse("192.0.2.1"), own)));
        add(
                OUTER,
                to(OUTER)
                        .ipv4(Ipv4.of(client, Ipv4Address.parse("10.1.0.11"), UDP, 0)
                                .withTimeToLive(1))
                        .udp(5000, UNANSWERED_PORT)
                        .payload("late"));
        add(
                OUTER,
                to(OUTER).ip(CLIENT_4, "10.1.0.11").udp(5000, UNANSWERED_PORT).payload(new byte[1000]));
    }

    private void odd6() {
        Ipv6Address client = Ipv6Address.parse(CLIENT_6);
        Ipv6Address own = Ipv6Address.parse("2001:db8:1::2");
        add(
                OUTER,
                to(OUTER)
                        .ip(client, own)
                        .icmpv6(Icmpv6.echo(Icmpv6View.ECHO_REQUEST, 1, 1))
                        .payload("echo"));
        add(
                OUTER,
                to(OUTER)
                        .ip(Ipv6Address.parse("2001:db8:1::1"), own)
                        .ndp(new Ndp.NeighbourSolicitation(own, Optional.of(STATION))));
        add(
                OUTER,
                to(OUTER)
                        .ip(CLIENT_6, "2001:db8:2::11")
                        .udp(5000, UNANSWERED_PORT)
                        .payload(new byte[1000]));
    }

    /** Packets that no service asks for, between networks of weir and to the default gateway. */
    private void routed(int id, String from, String near, String far) {
        add(id, to(id).ip(from, near).tcp(5000, UNANSWERED_PORT, TcpFlags.ACK, 1, 1));
        add(id, to(id).ip(from, far).udp(5000, UNANSWERED_PORT).payload("question"));
    }

    /** Writes the next frame that comes in by an interface; returns its length. */
    int write(long address, int id) {
        List<Template> kinds = templates.get(id - 1);
        int kind = next[id - 1]++ % kinds.size();
        Template template = kinds.get(kind);
        byte[] frame = template.frame;
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, address, frame.length);
        offload = template.offload;
        if (template.port != 0) {
            setPort(address, Checksum.swap(template.port), Checksum.swap(FIRST_PORT + connections++ % PORTS));
        }
        return frame.length;
    }

    /** {@link Offload} of the frame last written. */
    long offload() {
        return offload;
    }

    private void setPort(long address, int old, int port) {
        boolean ipv4 = (memory.get(U16, address + 12) & 0xffff) == IPV4;
        long transport = address + ETHERNET + (ipv4 ? 20 : 40);
        int protocol = memory.get(ValueLayout.JAVA_BYTE, address + ETHERNET + (ipv4 ? 9 : 6));
        memory.set(U16, transport, (short) port);
        if (!Offload.needsChecksum(offload)) {
            update(transport + (protocol == TCP ? 16 : 6), old, port);
        }
    }

    private void update(long field, int old, int value) {
        memory.set(U16, field, (short) Checksum.update16(memory.get(U16, field) & 0xffff, old, value));
    }

    /** Makes of a transmitted frame what the station it goes to answers; returns its length, 0 for no answer. */
    int answer(long address, int length, long frameOffload, int id) {
        int type = memory.get(U16, address + 12) & 0xffff;
        if (type == IPV4 && length >= ETHERNET + 28) {
            return answer(address, length, address + ETHERNET + 9, 12, 4, 20, frameOffload, id);
        }
        if (type == IPV6 && length >= ETHERNET + 48) {
            return answer(address, length, address + ETHERNET + 6, 8, 16, 40, frameOffload, id);
        }
        return answerQuestion(address, length, id);
    }

    private int answer(
            long address,
            int length,
            long protocolAt,
            int addressesAt,
            int addressBytes,
            int headerBytes,
            long frameOffload,
            int id) {
        int protocol = memory.get(ValueLayout.JAVA_BYTE, protocolAt);
        if (protocol != TCP && protocol != UDP) {
            return answerQuestion(address, length, id);
        }
        long network = address + ETHERNET;
        long transport = network + headerBytes;
        int ports = memory.get(U32, transport);
        if (ports >>> 16 == Checksum.swap(UNANSWERED_PORT) || isReset(protocol, transport)) {
            return 0;
        }
        long source = network + addressesAt;
        for (int word = 0; word < addressBytes; word += 4) {
            int first = memory.get(U32, source + word);
            memory.set(U32, source + word, memory.get(U32, source + addressBytes + word));
            memory.set(U32, source + addressBytes + word, first);
        }
        memory.set(U32, transport, Integer.rotateLeft(ports, 16));
        if (protocol == TCP) {
            answerFlags(transport, frameOffload);
        }
        setLink(address, id);
        return length;
    }

    private boolean isReset(int protocol, long transport) {
        return protocol == TCP && (memory.get(U16, transport + 12) & TcpFlags.RST << 8) != 0;
    }

    /** SYN is answered with SYN and ACK, everything else with ACK, now and then with FIN or RST. */
    private void answerFlags(long transport, long frameOffload) {
        int old = memory.get(U16, transport + 12) & 0xffff;
        int flags = (old & (SYN | ACK)) == SYN ? SYN | ACK : ACK;
        if (flags == ACK && ++answers % ENDING == 0) {
            flags |= (answers / ENDING & 3) == 0 ? TcpFlags.RST << 8 : TcpFlags.FIN << 8;
        }
        int word = (old & 0xff) | flags;
        memory.set(U16, transport + 12, (short) word);
        if (!Offload.needsChecksum(frameOffload)) {
            update(transport + 16, old, word);
        }
    }

    private void setLink(long address, int id) {
        long own = Long.reverseBytes(linkAddress(id)) >>> 16;
        long station = memory.get(U64, address) & 0xffff_ffff_ffffL;
        memory.set(U64, address, own | station << 48);
        memory.set(U32, address + 8, (int) (station >>> 16));
    }

    /** ARP requests and neighbour solicitations; other frames have no answer. */
    private int answerQuestion(long address, int length, int id) {
        byte[] frame = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, address, frame, 0, length);
        byte[] answer = neighbours.answer(frame, id);
        if (answer == null) {
            return 0;
        }
        MemorySegment.copy(answer, 0, memory, ValueLayout.JAVA_BYTE, address, answer.length);
        return answer.length;
    }
}
