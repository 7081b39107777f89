package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every frame lies in a segment of exactly its length, so that a read beyond the frame throws. */
class ParserTest {
    private final TestNode node = TestNode.web();
    private final PacketBatch batch = new PacketBatch();

    private @Nullable DropReason parse(byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(frame.length, 1);
            memory.copyFrom(MemorySegment.ofArray(frame));
            Parser parser = new Parser(memory, node.context.chain, node.context.configuration);
            batch.frames.clear();
            batch.frames.add(0, frame.length, 0, 0, 1);
            parser.parse(batch);
        }
        return batch.drop[0] == PacketBatch.UNDECIDED ? null : Verdict.reason(batch.drop[0]);
    }

    private @Nullable DropReason parse(TestFrame frame) {
        return parse(frame.build());
    }

    private @Nullable DropReason changed(TestFrame frame, Consumer<byte[]> change) {
        byte[] bytes = frame.build();
        change.accept(bytes);
        return parse(bytes);
    }

    private static TestFrame tcp6() {
        return TestFrame.tcp(Protocol.ACK).from(TestNode.CLIENT6, 40_000).to(TestNode.VIP6, 80);
    }

    private static TestFrame udp6() {
        return TestFrame.udp().from(TestNode.CLIENT6, 40_000).to(TestNode.VIP6, 80);
    }

    @Test
    void finds_the_headers_of_ipv4() {
        assertThat(parse(TestFrame.tcp(Protocol.ACK).payload(3))).isNull();
        assertThat(batch.kind[0]).isEqualTo(PacketBatch.KIND_IPV4);
        assertThat(batch.networkOffset[0]).isEqualTo(14);
        assertThat(batch.transportOffset[0]).isEqualTo(34);
        assertThat(batch.packetEnd[0]).isEqualTo(57);
        assertThat(batch.tcpFlags[0]).isEqualTo(Protocol.ACK);
        assertThat((int) batch.source0[0]).isEqualTo(TestFrame.raw4("10.0.1.9"));
        assertThat((int) batch.destination0[0]).isEqualTo(TestFrame.raw4("10.0.1.100"));
        int ports = Integer.reverseBytes(40_000 << 16 | 80);
        assertThat(batch.key[0]).isEqualTo((ports & 0xffff_ffffL) | 6L << 32);
    }

    @Test
    void finds_the_headers_of_ipv6() {
        assertThat(parse(udp6().payload(3))).isNull();
        assertThat(batch.kind[0]).isEqualTo(PacketBatch.KIND_IPV6);
        assertThat(batch.transportOffset[0]).isEqualTo(54);
        assertThat(batch.packetEnd[0]).isEqualTo(65);
        assertThat(batch.protocol[0]).isEqualTo(Protocol.UDP);
        assertThat(batch.source1[0]).isEqualTo(TestFrame.raw6(TestNode.CLIENT6, 1));
    }

    @Test
    void padding_of_short_frames_is_not_part_of_the_packet() {
        byte[] padded = Arrays.copyOf(TestFrame.tcp(Protocol.ACK).build(), 60);
        assertThat(parse(padded)).isNull();
        assertThat(batch.packetEnd[0]).isEqualTo(54);
    }

    @Test
    void a_priority_tag_is_accepted_and_other_vlans_are_not() {
        TestFrame tagged = TestFrame.udp();
        tagged.priorityTag = true;
        assertThat(parse(tagged)).isNull();
        assertThat(batch.networkOffset[0]).isEqualTo(18);
        assertThat(changed(tagged, bytes -> bytes[15] = 7)).isEqualTo(DropReason.VLAN_UNSUPPORTED);
        assertThat(changed(tagged, bytes -> bytes[14] = 0x01)).isEqualTo(DropReason.VLAN_UNSUPPORTED);
    }

    @Test
    void frames_for_other_stations_are_not_for_us() {
        assertThat(parse(TestFrame.udp().macs(0x02_00_00_00_01_02L, 0x02_00_00_00_01_77L)))
                .isEqualTo(DropReason.NOT_FOR_US);
        assertThat(parse(TestFrame.udp().macs(0xffff_ffff_ffffL, 0x02_00_00_00_01_77L)))
                .as("unicast in a broadcast frame")
                .isEqualTo(DropReason.NOT_FOR_US);
        assertThat(parse(TestFrame.udp().macs(TestNode.OUTER_MAC, 0x03_00_00_00_01_77L)))
                .isEqualTo(DropReason.SOURCE_ADDRESS_INVALID);
    }

    @Test
    void impossible_ipv4_headers_are_refused() {
        TestFrame frame = TestFrame.udp().payload(8);
        assertThat(changed(frame, b -> b[14] = 0x44)).isEqualTo(DropReason.IPV4_HEADER_INVALID);
        assertThat(changed(frame, b -> b[14] = 0x55)).isEqualTo(DropReason.IPV4_HEADER_INVALID);
        assertThat(changed(frame, b -> b[17] = 19)).isEqualTo(DropReason.IPV4_HEADER_INVALID);
        assertThat(changed(frame, b -> b[16] = 1)).isEqualTo(DropReason.IPV4_HEADER_INVALID);
        assertThat(changed(frame, b -> b[24] ^= 1)).isEqualTo(DropReason.IPV4_CHECKSUM_WRONG);
        assertThat(changed(frame, b -> b[12] = 0x09)).isEqualTo(DropReason.ETHERTYPE_UNSUPPORTED);
        assertThat(parse(new byte[13])).isEqualTo(DropReason.FRAME_TOO_SHORT);
    }

    @Test
    void source_routes_and_malformed_options_are_refused() {
        assertThat(parse(withOptions(1, 1, 1, 0))).isNull();
        assertThat(batch.transportOffset[0]).isEqualTo(38);
        assertThat(parse(withOptions(148, 4, 0, 0))).as("router alert").isNull();
        assertThat(parse(withOptions(131, 3, 4, 0))).isEqualTo(DropReason.IPV4_OPTIONS_REFUSED);
        assertThat(parse(withOptions(137, 3, 4, 0))).isEqualTo(DropReason.IPV4_OPTIONS_REFUSED);
        assertThat(parse(withOptions(7, 1, 0, 0))).isEqualTo(DropReason.IPV4_OPTIONS_REFUSED);
        assertThat(parse(withOptions(7, 5, 0, 0))).isEqualTo(DropReason.IPV4_OPTIONS_REFUSED);
        assertThat(parse(withOptions(1, 1, 1, 7))).isEqualTo(DropReason.IPV4_OPTIONS_REFUSED);
    }

    private static TestFrame withOptions(int a, int b, int c, int d) {
        TestFrame frame = TestFrame.udp();
        frame.extra = new byte[] {(byte) a, (byte) b, (byte) c, (byte) d};
        return frame;
    }

    @Test
    void addresses_that_no_wire_carries_are_refused() {
        for (String source : new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", TestNode.VIP}) {
            assertThat(parse(TestFrame.udp().from(source, 5))).isEqualTo(DropReason.SOURCE_ADDRESS_INVALID);
        }
        for (String destination : new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"}) {
            assertThat(parse(TestFrame.udp().to(destination, 5))).isEqualTo(DropReason.DESTINATION_ADDRESS_INVALID);
        }
        for (String source : new String[] {"::", "::1", "ff02::1", TestNode.VIP6}) {
            assertThat(parse(udp6().from(source, 5))).isEqualTo(DropReason.SOURCE_ADDRESS_INVALID);
        }
        for (String destination : new String[] {"::", "::1", "ff02::1"}) {
            assertThat(parse(udp6().to(destination, 5))).isEqualTo(DropReason.DESTINATION_ADDRESS_INVALID);
        }
    }

    @Test
    void fragments_have_no_transport_header_but_the_first() {
        TestFrame first = TestFrame.udp().payload(16);
        first.fragmentWord = 0x2000;
        assertThat(parse(first)).isNull();
        assertThat(batch.fragment[0]).isTrue();
        assertThat(batch.transportOffset[0]).isEqualTo(34);
        TestFrame later = TestFrame.udp().payload(16);
        later.fragmentWord = 2;
        assertThat(parse(later)).isNull();
        assertThat(batch.fragment[0]).isTrue();
        assertThat(batch.transportOffset[0]).isEqualTo(PacketBatch.NO_TRANSPORT);
        TestFrame whole = TestFrame.udp();
        whole.fragmentWord = 0x4000;
        assertThat(parse(whole)).isNull();
        assertThat(batch.fragment[0]).isFalse();
    }

    @Test
    void impossible_transport_headers_are_refused() {
        assertThat(changed(TestFrame.tcp(Protocol.ACK), b -> b[46] = 0x40)).isEqualTo(DropReason.TCP_HEADER_INVALID);
        assertThat(changed(TestFrame.tcp(Protocol.ACK), b -> b[46] = 0x60)).isEqualTo(DropReason.TCP_HEADER_INVALID);
        assertThat(parse(TestFrame.tcp(0))).isEqualTo(DropReason.TCP_FLAGS_INVALID);
        assertThat(parse(TestFrame.tcp(Protocol.SYN | Protocol.FIN))).isEqualTo(DropReason.TCP_FLAGS_INVALID);
        assertThat(parse(TestFrame.tcp(Protocol.SYN | Protocol.RST | Protocol.ACK)))
                .isEqualTo(DropReason.TCP_FLAGS_INVALID);
        assertThat(parse(TestFrame.udp().from("10.0.1.9", 0))).isEqualTo(DropReason.PORT_ZERO);
        assertThat(parse(TestFrame.tcp(Protocol.ACK).to("10.0.1.100", 0))).isEqualTo(DropReason.PORT_ZERO);
        assertThat(changed(TestFrame.udp(), b -> b[39] = 7)).isEqualTo(DropReason.UDP_HEADER_INVALID);
        assertThat(changed(TestFrame.udp(), b -> b[39] = 9)).isEqualTo(DropReason.UDP_HEADER_INVALID);
    }

    @Test
    void extension_headers_are_walked_and_bounded() {
        assertThat(parse(extended(0, new byte[] {60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0})))
                .isNull();
        assertThat(batch.transportOffset[0]).isEqualTo(70);
        assertThat(batch.protocol[0]).isEqualTo(Protocol.UDP);
        assertThat(parse(extended(60, new byte[] {0, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0})))
                .as("hop-by-hop not first")
                .isEqualTo(DropReason.IPV6_EXTENSIONS_INVALID);
        assertThat(parse(extended(43, new byte[] {17, 0, 0, 0, 0, 0, 0, 0})))
                .as("routing type 0")
                .isEqualTo(DropReason.IPV6_EXTENSIONS_INVALID);
        assertThat(parse(extended(60, new byte[] {17, 9, 0, 0, 0, 0, 0, 0})))
                .as("longer than the packet")
                .isEqualTo(DropReason.IPV6_EXTENSIONS_INVALID);
        byte[] nine = new byte[72];
        for (int k = 0; k < 9; k++) {
            nine[8 * k] = (byte) (k == 8 ? 17 : 60);
        }
        assertThat(parse(extended(60, nine))).as("too many").isEqualTo(DropReason.IPV6_EXTENSIONS_INVALID);
        assertThat(parse(extended(44, new byte[] {17, 0, 0, 1, 0, 0, 0, 1}))).isNull();
        assertThat(batch.fragment[0]).isTrue();
        assertThat(parse(extended(44, new byte[] {17, 0, 0, 8, 0, 0, 0, 1}))).isNull();
        assertThat(batch.transportOffset[0]).isEqualTo(PacketBatch.NO_TRANSPORT);
        assertThat(parse(extended(44, new byte[] {17, 0, 0, 0, 0, 0, 0, 1}))).isNull();
        assertThat(batch.fragment[0]).as("atomic").isFalse();
    }

    private static TestFrame extended(int first, byte[] headers) {
        TestFrame frame = udp6();
        frame.extraProtocol = first;
        frame.extra = headers;
        return frame;
    }

    @Test
    void no_bytes_make_it_throw_or_read_beyond_the_frame() {
        Random random = new Random(42);
        TestFrame tagged = TestFrame.tcp(Protocol.SYN).payload(9);
        tagged.priorityTag = true;
        TestFrame[] seeds = {
            TestFrame.tcp(Protocol.SYN).payload(9),
            TestFrame.udp().payload(1),
            tcp6(),
            udp6().payload(4),
            tagged,
            withOptions(148, 4, 0, 0),
            extended(0, new byte[] {60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0}),
            extended(44, new byte[] {17, 0, 0, 1, 0, 0, 0, 1})
        };
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = seeds[round % seeds.length].build();
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bytes[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt();
            }
            if (random.nextInt(3) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            if (parse(bytes) == null && batch.transportOffset[0] != PacketBatch.NO_TRANSPORT) {
                assertThat(batch.packetEnd[0]).isBetween(batch.transportOffset[0], bytes.length);
            }
        }
    }

    /** In pieces of the storage; a first piece that ends where its buffer ends makes a read beyond it throw. */
    private @Nullable DropReason parsePieces(byte[] frame, int first) {
        PacketStorage storage = PacketStorage.checking(64, 256, 1);
        PoolView pool = storage.view(0);
        FrameChain chain = pool.chain();
        List<Long> buffers = new ArrayList<>();
        for (long buffer = pool.acquire(); buffer != BufferPool.ABSENT; buffer = pool.acquire()) {
            buffers.add(buffer & -256L);
        }
        // Nothing stands behind the last buffer.
        long head = buffers.stream().mapToLong(Long::longValue).max().orElseThrow() + 256 - first;
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, pool.frames(), head, first);
        long rest = buffers.getFirst() + BufferPool.HEADROOM;
        chain.set(rest, frame.length - first, FrameChain.LAST);
        chain.set(head, first, rest);
        Parser parser = new Parser(pool.frames(), chain, node.context.configuration);
        batch.frames.clear();
        batch.frames.add(head, frame.length, 0, FrameBatch.CHAIN, 1);
        parser.parse(batch);
        return batch.drop[0] == PacketBatch.UNDECIDED ? null : Verdict.reason(batch.drop[0]);
    }

    @Test
    void headers_must_lie_in_the_first_piece() {
        byte[] frame = TestFrame.tcp(Protocol.ACK).payload(290).build();

        assertThat(parsePieces(frame, Parser.HEAD_BYTES - 1)).isEqualTo(DropReason.HEADERS_SPLIT);
        assertThat(parsePieces(frame, 1)).isEqualTo(DropReason.HEADERS_SPLIT);
        assertThat(parsePieces(frame, Parser.HEAD_BYTES)).isNull();
        assertThat(batch.packetEnd[0]).isEqualTo(frame.length);
    }

    @Test
    void extension_headers_must_end_well_within_the_first_piece() {
        for (int units = 0; units < 8; units++) {
            byte[] options = new byte[8 * (units + 1)];
            options[0] = Protocol.TCP;
            options[1] = (byte) units;
            options[2] = 1; // PadN
            options[3] = (byte) (options.length - 4);
            byte[] frame = tcp6().payload(300).build();
            byte[] extended = new byte[frame.length + options.length];
            System.arraycopy(frame, 0, extended, 0, 54);
            System.arraycopy(options, 0, extended, 54, options.length);
            System.arraycopy(frame, 54, extended, 54 + options.length, frame.length - 54);
            extended[19] = (byte) (extended.length - 54);
            extended[18] = (byte) ((extended.length - 54) >> 8);
            extended[20] = 60;
            boolean fits = 54 + options.length + Parser.TRANSPORT_HEAD_BYTES <= Parser.HEAD_BYTES;

            assertThat(parsePieces(extended, Parser.HEAD_BYTES))
                    .isEqualTo(fits ? null : DropReason.IPV6_EXTENSIONS_INVALID);
        }
    }
}
