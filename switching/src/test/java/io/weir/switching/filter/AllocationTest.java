package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.port.memory.MemoryStation;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No kind of packet costs the heap a byte, once the code is compiled. */
class AllocationTest {
    private static final int PACKETS = 64;
    private static final int ROUNDS = 400;
    /** Rounds that must pass without a byte; before them code is interpreted and compiled. */
    private static final int WINDOW = 20;

    /** Payload of a packet that comes in two buffers. */
    private static final int LONG = 1_400;

    private static final int FIRST_PIECE = 257;
    private static final long UNKNOWN = Offload.of(Offload.CHECKSUM_UNKNOWN, 0, 0, 0, 0, 0);

    private static final int FIRST_PORT = 40_000;
    private static final int RULED_PORT = 83;
    private static final int CONTROL_PORT = 61_000;
    private static final int FREE_PORT = 81;
    private static final int DIRECT_PORT = 82;

    /** A packet as it comes in, and what tells that it was handled as its name says. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes into the octets
    enum Kind {
        NAT_4(client(TestFrame.tcp(Protocol.ACK), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_6(client(TestFrame.tcp(Protocol.ACK), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_UDP_4(client(TestFrame.udp(), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_UDP_6(client(TestFrame.udp(), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_LONG_4(client(TestFrame.udp().payload(LONG), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_LONG_6(client(TestFrame.udp().payload(LONG), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_UNKNOWN_4(client(TestFrame.udp(), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_UNKNOWN_6(client(TestFrame.tcp(Protocol.ACK), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        DIRECT_4(client(TestFrame.tcp(Protocol.ACK), 4, DIRECT_PORT), false, counted(Counter.PACKETS_BALANCED)),
        DIRECT_6(client(TestFrame.tcp(Protocol.ACK), 6, DIRECT_PORT), false, counted(Counter.PACKETS_BALANCED)),
        NEW_4(client(TestFrame.tcp(Protocol.SYN), 4, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_6(client(TestFrame.tcp(Protocol.SYN), 6, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_DIRECT_4(client(TestFrame.tcp(Protocol.SYN), 4, DIRECT_PORT), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_DIRECT_6(client(TestFrame.tcp(Protocol.SYN), 6, DIRECT_PORT), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_LONG_4(
                client(TestFrame.tcp(Protocol.SYN).payload(LONG), 4, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_LONG_6(
                client(TestFrame.tcp(Protocol.SYN).payload(LONG), 6, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_ANSWERED_4(client(TestFrame.tcp(Protocol.SYN), 4, RULED_PORT), true, counted(Counter.PACKETS_BALANCED)),
        NEW_ANSWERED_6(client(TestFrame.tcp(Protocol.SYN), 6, RULED_PORT), true, counted(Counter.PACKETS_BALANCED)),
        NAT_AGAIN_4(client(TestFrame.tcp(Protocol.SYN), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_AGAIN_6(client(TestFrame.tcp(Protocol.SYN), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        CONTROL_IN_4(own(4, false), false, counted(Counter.CONTROL_PACKETS_DELIVERED)),
        CONTROL_IN_6(own(6, false), false, counted(Counter.CONTROL_PACKETS_DELIVERED)),
        CONTROL_OUT_4(own(4, true), false, counted(Counter.PACKETS_ROUTED)),
        CONTROL_OUT_6(own(6, true), false, counted(Counter.PACKETS_ROUTED)),
        HOST_IN_4(host(4, false), false, counted(Counter.HOST_PACKETS_DELIVERED)),
        HOST_IN_6(host(6, false), false, counted(Counter.HOST_PACKETS_DELIVERED)),
        HOST_OUT_4(host(4, true), false, counted(Counter.PACKETS_ROUTED)),
        HOST_OUT_6(host(6, true), false, counted(Counter.PACKETS_ROUTED)),
        NAT_LOCAL_4(client(TestFrame.tcp(Protocol.ACK), 4, 80), true, counted(Counter.PACKETS_BALANCED)),
        NAT_LOCAL_6(client(TestFrame.tcp(Protocol.ACK), 6, 80), true, counted(Counter.PACKETS_BALANCED)),
        NEW_LOCAL_4(client(TestFrame.tcp(Protocol.SYN), 4, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        NEW_LOCAL_6(client(TestFrame.tcp(Protocol.SYN), 6, 80), false, counted(Counter.CONNECTIONS_CREATED)),
        RESET_LONG_4(
                client(TestFrame.tcp(Protocol.ACK).payload(LONG), 4, FREE_PORT), false, counted(Counter.RESETS_SENT)),
        RESET_4(client(TestFrame.tcp(Protocol.ACK), 4, FREE_PORT), false, counted(Counter.RESETS_SENT)),
        RESET_6(client(TestFrame.tcp(Protocol.ACK), 6, FREE_PORT), false, counted(Counter.RESETS_SENT)),
        DISCARD_4(client(TestFrame.udp(), 4, FREE_PORT), false, dropped(DropReason.SERVICE_UNKNOWN)),
        DISCARD_6(client(TestFrame.udp(), 6, FREE_PORT), false, dropped(DropReason.SERVICE_UNKNOWN)),
        ECHO_4(echo(4), false, counted(Counter.ECHO_REPLIES_SENT)),
        ECHO_6(echo(6), false, counted(Counter.ECHO_REPLIES_SENT)),
        ROUTED_LONG_4(routed(4, 64, LONG), false, counted(Counter.PACKETS_ROUTED)),
        TIME_EXCEEDED_LONG_6(routed(6, 1, LONG), false, counted(Counter.ICMP_ERRORS_SENT)),
        ROUTED_4(routed(4, 64), false, counted(Counter.PACKETS_ROUTED)),
        ROUTED_6(routed(6, 64), false, counted(Counter.PACKETS_ROUTED)),
        TIME_EXCEEDED_4(routed(4, 1), false, counted(Counter.ICMP_ERRORS_SENT)),
        TIME_EXCEEDED_6(routed(6, 1), false, counted(Counter.ICMP_ERRORS_SENT)),
        REFLECTED_4(client(TestFrame.udp(), 4, PlainApplication.REFLECT), false, counted(Counter.PACKETS_TRANSMITTED)),
        REFLECTED_6(client(TestFrame.udp(), 6, PlainApplication.REFLECT), false, counted(Counter.PACKETS_TRANSMITTED)),
        REFLECTED_LONG_4(
                client(TestFrame.udp().payload(LONG), 4, PlainApplication.REFLECT),
                false,
                counted(Counter.PACKETS_TRANSMITTED)),
        APPLICATION_UDP_4(
                client(TestFrame.udp(), 4, PlainApplication.ANSWER), false, counted(Counter.PACKETS_TRANSMITTED)),
        APPLICATION_UDP_6(
                client(TestFrame.udp(), 6, PlainApplication.ANSWER), false, counted(Counter.PACKETS_TRANSMITTED)),
        APPLICATION_TCP_4(
                client(TestFrame.tcp(Protocol.SYN), 4, PlainApplication.ANSWER),
                false,
                counted(Counter.PACKETS_TRANSMITTED)),
        APPLICATION_TCP_6(
                client(TestFrame.tcp(Protocol.SYN), 6, PlainApplication.ANSWER),
                false,
                counted(Counter.PACKETS_TRANSMITTED)),
        REDIRECTED_4(
                client(TestFrame.udp(), 4, PlainApplication.REDIRECT), false, counted(Counter.PACKETS_TRANSMITTED)),
        REDIRECTED_6(
                client(TestFrame.udp(), 6, PlainApplication.REDIRECT), false, counted(Counter.PACKETS_TRANSMITTED)),
        MADE_4(client(TestFrame.udp(), 4, PlainApplication.SEND), false, counted(Counter.APPLICATION_PACKETS_MADE)),
        MADE_6(client(TestFrame.udp(), 6, PlainApplication.SEND), false, counted(Counter.APPLICATION_PACKETS_MADE)),
        DROPPED_BY_APPLICATION_6(
                client(TestFrame.udp(), 6, PlainApplication.DROP), false, dropped(DropReason.APPLICATION_DROPPED));

        private final byte[] frame;
        /** The server's answers come in as well. */
        private final boolean answered;

        private final ToLongFunction<ProcessorCounters> handled;

        Kind(byte[] frame, boolean answered, ToLongFunction<ProcessorCounters> handled) {
            this.frame = frame;
            this.answered = answered;
            this.handled = handled;
        }

        boolean isInPieces() {
            return name().contains("LONG");
        }

        long offload() {
            return name().contains("UNKNOWN") ? UNKNOWN : Offload.NONE;
        }

        boolean isNew() {
            return name().startsWith("NEW");
        }
    }

    private static ToLongFunction<ProcessorCounters> counted(Counter counter) {
        return counters -> counters.value(counter);
    }

    private static ToLongFunction<ProcessorCounters> dropped(DropReason reason) {
        return counters -> counters.dropped(reason);
    }

    /** Between an own address and a station: from the control interface, or to it. */
    private static byte[] own(int family, boolean from) {
        String own = family == 4 ? "10.0.1.1" : "fd01::1";
        String station = family == 4 ? "10.0.2.1" : "fd02::1";
        return from
                ? TestFrame.udp().from(own, CONTROL_PORT).to(station, 53).build()
                : TestFrame.udp()
                        .from(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, 53)
                        .to(own, CONTROL_PORT)
                        .build();
    }

    /** Between a host address and a station: from the host, or to it. */
    private static byte[] host(int family, boolean from) {
        String host = family == 4 ? "10.0.1.20" : "fd01::20";
        return from
                ? TestFrame.udp()
                        .from(host, 53)
                        .to(family == 4 ? "10.0.2.1" : "fd02::1", 53)
                        .build()
                : TestFrame.udp()
                        .from(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, FIRST_PORT)
                        .to(host, 53)
                        .build();
    }

    private static Host hostOf(Kind kind) {
        int id = kind.name().contains("OUT") ? 1 : 2;
        List<RawAddress> addresses = kind.name().contains("LOCAL")
                ? List.of("10.0.2.1", "10.0.2.2", "10.0.2.3", "fd02::1", "fd02::2", "fd02::3").stream()
                        .map(TestNode::of)
                        .toList()
                : List.of(TestNode.of("10.0.1.20"), TestNode.of("fd01::20"));
        List<ReservedSource> reserved = List.of(new ReservedSource(TestNode.of("10.99.0.0"), 112));
        return new Host(
                id,
                TestNode.SERVER_MAC,
                addresses,
                1_000_000,
                500_000,
                250_000,
                reserved,
                List.of(new PortRange(22, 22)));
    }

    private static byte[] client(TestFrame frame, int family, int port) {
        return frame.from(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, FIRST_PORT)
                .to(family == 4 ? TestNode.VIP : TestNode.VIP6, port)
                .build();
    }

    private static byte[] routed(int family, int hops) {
        return routed(family, hops, 0);
    }

    private static byte[] routed(int family, int hops, int payload) {
        return TestFrame.udp()
                .payload(payload)
                .from(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, FIRST_PORT)
                .to(family == 4 ? "10.0.2.1" : "fd02::1", 53)
                .hops(hops)
                .build();
    }

    private static byte[] echo(int family) {
        return ControlFrames.echo(
                TestNode.OUTER_MAC,
                TestNode.CLIENT_MAC,
                family == 4 ? TestNode.CLIENT : TestNode.CLIENT6,
                family == 4 ? TestNode.VIP : TestNode.VIP6,
                56);
    }

    private final FrameBatch sent = new FrameBatch(PACKETS);

    @ParameterizedTest
    @EnumSource
    void a_packet_allocates_nothing(Kind kind) {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                        && bean.isThreadAllocatedMemorySupported(),
                "this JVM does not count allocated bytes by thread");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TestNode node = node(kind);
        BufferPool pool = node.storage.view(1);
        byte[] answer = establish(node, kind);
        long best = Long.MAX_VALUE;
        long window = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            for (int k = 0; k < PACKETS; k++) {
                long frame = inject(node.outside, pool, kind.frame, kind);
                if (kind.isNew()) {
                    renumber(pool.frames(), frame, kind.frame, FIRST_PORT - round * PACKETS - k);
                }
                if (answer != null) {
                    long reply = inject(node.inside, pool, answer, kind);
                    if (kind.isNew()) {
                        readdress(pool.frames(), reply, answer, FIRST_PORT - round * PACKETS - k);
                    }
                }
            }
            node.nowMs += PACKETS; // what is limited is limited to 1000 a second
            long before = threads.getCurrentThreadAllocatedBytes();
            node.processor.doWork(node.nowMs, node.nowMs * 1000 + 7);
            window += threads.getCurrentThreadAllocatedBytes() - before;
            if (round % WINDOW == 0) {
                best = Math.min(best, window);
                window = 0;
            }
            collect(node.outside, pool);
            collect(node.inside, pool);
        }
        int expected = ROUNDS * PACKETS * (answer == null ? 1 : 2);
        assertThat(kind.handled.applyAsLong(node.counters)).isGreaterThanOrEqualTo(expected);
        assertThat(best).as("bytes allocated in %d packets", WINDOW * PACKETS).isZero();
    }

    private static TestNode node(Kind kind) {
        TestNode.Builder builder = TestNode.builder()
                .ruled(TestFrame.TCP, RULED_PORT, 8080)
                .nat(TestFrame.TCP, 80, 8080)
                .nat(TestFrame.UDP, 80, 8080)
                .service(
                        TestFrame.TCP,
                        DIRECT_PORT,
                        ConfigurationReader.DIRECT,
                        ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                        0,
                        1,
                        1);
        builder.records = 100_000;
        PlainApplication.addTo(builder);
        if (kind.name().startsWith("CONTROL")) {
            int id = kind.name().contains("OUT") ? 1 : 2;
            builder.settings = builder.settings.withControl(
                    id, TestNode.SERVER_MAC, List.of(new PortRange(CONTROL_PORT, CONTROL_PORT)), 1_000_000);
        }
        if (kind.name().startsWith("HOST") || kind.name().contains("LOCAL")) {
            builder.image.host(hostOf(kind));
        }
        return builder.build();
    }

    /** Opens the connection a packet belongs to, if it belongs to one; returns an answer of the server, or null. */
    private static byte @Nullable [] establish(TestNode node, Kind kind) {
        boolean isTcp = TestFrame.protocol(kind.frame) == TestFrame.TCP;
        boolean ipv6 = TestFrame.isIpv6(kind.frame);
        if (kind.isNew() && kind.answered) {
            return TestFrame.tcp(Protocol.SYN | Protocol.ACK)
                    .from(ipv6 ? "fd02::1" : "10.0.2.1", 8080)
                    .to(ipv6 ? TestNode.CLIENT6 : TestNode.CLIENT, FIRST_PORT)
                    .macs(TestNode.INNER_MAC, TestNode.SERVER_MAC)
                    .build();
        }
        if (kind.name().startsWith("NAT") || kind.name().startsWith("DIRECT")) {
            int port = kind.name().startsWith("NAT") ? 80 : DIRECT_PORT;
            byte[] opening = isTcp ? client(TestFrame.tcp(Protocol.SYN), ipv6 ? 6 : 4, port) : kind.frame;
            byte[] opened = Objects.requireNonNull(node.fromClient(opening, Offload.NONE));
            if (kind.answered) {
                return (isTcp ? TestFrame.tcp(Protocol.ACK) : TestFrame.udp())
                        .from(text(TestFrame.addressOf(opened, false)), 8080)
                        .to(ipv6 ? TestNode.CLIENT6 : TestNode.CLIENT, FIRST_PORT)
                        .macs(TestNode.INNER_MAC, TestNode.SERVER_MAC)
                        .build();
            }
        }
        return null;
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static long inject(MemoryStation station, BufferPool pool, byte[] frame, Kind kind) {
        FrameChain chain = pool.chain();
        long address = chain.store(MemorySegment.ofArray(frame), 0, frame.length);
        int owner = FrameBatch.STORAGE;
        if (kind.isInPieces()) {
            owner = FrameBatch.CHAIN;
            split(pool, address, frame.length);
        }
        assertThat(station.inject(0, address, frame.length, kind.offload(), owner))
                .isTrue();
        return address;
    }

    /** Moves what is behind the headers into another buffer. */
    private static void split(BufferPool pool, long address, int length) {
        if (length > FIRST_PIECE) {
            long rest = pool.acquire();
            MemorySegment.copy(pool.frames(), address + FIRST_PIECE, pool.frames(), rest, length - FIRST_PIECE);
            pool.chain().set(rest, length - FIRST_PIECE, FrameChain.LAST);
            pool.chain().set(address, FIRST_PIECE, rest);
        }
    }

    /** Another destination port, likewise. */
    private static void readdress(MemorySegment frames, long address, byte[] frame, int port) {
        int transport = TestFrame.transportOffset(frame);
        int sequence = Raw.number16(frames, address + transport + 6);
        Raw.setNumber16(frames, address + transport + 2, port);
        Raw.setNumber16(frames, address + transport + 6, sequence + FIRST_PORT - port);
    }

    /** Another source port; its difference moves into the sequence number, so the checksum stays right. */
    private static void renumber(MemorySegment frames, long address, byte[] frame, int port) {
        int transport = TestFrame.transportOffset(frame);
        int sequence = Raw.number16(frames, address + transport + 6);
        Raw.setNumber16(frames, address + transport, port);
        Raw.setNumber16(frames, address + transport + 6, sequence + FIRST_PORT - port);
    }

    private void collect(MemoryStation station, BufferPool pool) {
        do {
            sent.clear();
            station.collect(sent, PACKETS);
            for (int k = 0; k < sent.size(); k++) {
                if (sent.owner[k] == FrameBatch.CHAIN) {
                    pool.chain().release(sent.address[k]);
                } else {
                    pool.release(sent.address[k]);
                }
            }
        } while (sent.size() > 0);
    }
}
