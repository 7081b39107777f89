package io.weir.port.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.memory.ring.RingRegion;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.memory.MemoryPort;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One receive queue, two processors. */
class SpreadTest {
    private static final int ID = 2;
    private static final int BUFFERS = 512;
    private static final int RING = 64;
    private static final int OWNER = 0;
    private static final int OTHER = 1;

    private final PacketStorage storage = PacketStorage.checking(BUFFERS, 2048, 2);
    private final PoolView[] pools = {storage.view(0), storage.view(1)};
    private final FrameOwners[] owners = {new FrameOwners(pools[0]), new FrameOwners(pools[1])};
    private final ProcessorCounters counters = ProcessorCounters.standalone();
    private final RingRegion rings =
            new RingRegion(Arena.ofAuto().allocate(RingRegion.bytes(2, 2, RING, 0), 128), 2, RING, 0);
    private final WakeUp[] wakeUps = {new WakeUp(rings.doorbell(0)), new WakeUp(rings.doorbell(1))};
    private final Spread[] ways = {new Spread(rings.ring(0), wakeUps[0]), new Spread(rings.ring(1), wakeUps[1])};
    private final MemoryWire wire = new MemoryWire(ID, "ext0", 0x02_00_00_00_00_01L, 1500, 1, 256);
    private final MemoryPort queue = wire.port(0, owners[OWNER]);
    private final MemoryStation station = wire.station(pools[OWNER]);
    private final SpreadPort spread = new SpreadPort(queue, ways, OWNER, owners[OWNER], counters, 64);
    private final SpreadReceiver receiver = new SpreadReceiver(rings.ring(OTHER), queue, owners[OTHER]);
    private final FrameBatch batch = new FrameBatch(64);

    @AfterEach
    void close() {
        wakeUps[0].close();
        wakeUps[1].close();
    }

    /** Ethernet, IPv4 and the ports of UDP. */
    private static byte[] udp(int source, int destination, int sourcePort, int destinationPort, int fragment) {
        return ByteBuffer.allocate(60)
                .put(HexFormat.of().parseHex("020000000001020000000002" + "0800" + "4500002e0001"))
                .putShort((short) fragment)
                .put(HexFormat.of().parseHex("40110000"))
                .putInt(source)
                .putInt(destination)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .array();
    }

    private static byte[] udp6(long source, long destination, int sourcePort, int destinationPort, int nextHeader) {
        return ByteBuffer.allocate(70)
                .put(HexFormat.of().parseHex("020000000001020000000002" + "86dd" + "600000000010"))
                .put((byte) nextHeader)
                .put((byte) 64)
                .putLong(0x20010db8_00000000L)
                .putLong(source)
                .putLong(0x20010db8_00000000L)
                .putLong(destination)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .array();
    }

    private static int hash(byte[] frame) {
        MemorySegment memory = Arena.ofAuto().allocate(128, 8);
        MemorySegment.copy(frame, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, frame.length);
        return FlowHash.of(memory, 0, frame.length);
    }

    @Test
    void both_directions_of_a_flow_have_one_hash() {
        for (int port = 1024; port < 1100; port++) {
            assertThat(hash(udp(0x0a000001, 0x0a000064, port, 80, 0)))
                    .isEqualTo(hash(udp(0x0a000064, 0x0a000001, 80, port, 0)))
                    .isNotEqualTo(FlowHash.NONE);
            assertThat(hash(udp6(1, 100, port, 80, 17)))
                    .isEqualTo(hash(udp6(100, 1, 80, port, 17)))
                    .isNotEqualTo(FlowHash.NONE);
        }
    }

    @Test
    void a_tag_before_the_header_does_not_change_the_hash() {
        byte[] plain = udp(0x0a000001, 0x0a000064, 5000, 80, 0);
        byte[] tagged = ByteBuffer.allocate(64)
                .put(plain, 0, 12)
                .putInt(0x81006000)
                .put(plain, 12, 48)
                .array();

        assertThat(hash(tagged)).isEqualTo(hash(plain));
    }

    @Test
    void what_is_no_flow_has_no_hash() {
        assertThat(hash(udp(1, 2, 3, 4, 0x2000))).as("first fragment").isEqualTo(FlowHash.NONE);
        assertThat(hash(udp(1, 2, 3, 4, 0x0010))).as("later fragment").isEqualTo(FlowHash.NONE);
        assertThat(hash(udp(1, 2, 3, 4, 0x4000))).as("don't fragment").isNotEqualTo(FlowHash.NONE);
        assertThat(hash(udp6(1, 2, 3, 4, 44))).as("IPv6 fragment").isEqualTo(FlowHash.NONE);
        byte[] arp = udp(1, 2, 3, 4, 0);
        arp[13] = 6;
        assertThat(hash(arp)).as("ARP").isEqualTo(FlowHash.NONE);
        assertThat(hash(new byte[20])).as("cut short").isEqualTo(FlowHash.NONE);
    }

    @Test
    void flows_are_shared_about_evenly_and_each_stays_with_one_processor() {
        int[] seen = new int[2];
        for (int flow = 0; flow < 1000; flow++) {
            int first = processorOf(udp(0x0a000001 + flow, 0x0a000064, 1024 + flow, 80, 0));
            assertThat(processorOf(udp(0x0a000064, 0x0a000001 + flow, 80, 1024 + flow, 0)))
                    .isEqualTo(first);
            seen[first]++;
        }
        assertThat(seen[OTHER]).isBetween(400, 600);
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    private int processorOf(byte[] frame) {
        station.inject(frame);
        batch.clear();
        if (spread.receive(batch, 64) == 1) {
            owners[OWNER].release(batch.address[0], batch.owner[0]);
            return OWNER;
        }
        assertThat(receiver.receive(batch, 64)).isEqualTo(1);
        assertThat(batch.ingress[0]).isEqualTo(ID);
        owners[OTHER].release(batch.address[0], batch.owner[0]);
        return OTHER;
    }

    @Test
    void a_full_ring_drops_and_counts_once_and_loses_no_buffer() {
        byte[] foreign = foreignFlow();
        for (int k = 0; k < RING + 6; k++) {
            station.inject(foreign);
        }

        for (int k = 0; k < 3; k++) {
            spread.receive(batch, 64);
        }

        assertThat(batch.size()).isZero();
        assertThat(counters.dropped(DropReason.SPREAD_RING_FULL, ID)).isEqualTo(6);
        assertThat(counters.value(Counter.PACKETS_RECEIVED)).isEqualTo(6);
        assertThat(receiver.hasBacklog()).isTrue();
        receiver.close();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    /** A flow that belongs to the other processor. */
    private byte[] foreignFlow() {
        for (int port = 1024; ; port++) {
            byte[] frame = udp(0x0a000001, 0x0a000064, port, 80, 0);
            if (((long) hash(frame) * 2) >>> 31 == OTHER) {
                return frame;
            }
        }
    }

    @Test
    void the_other_processor_is_woken_when_it_sleeps() {
        try (var polling = new io.weir.linux.Polling(1)) {
            polling.add(wakeUps[OTHER].descriptor(), io.weir.linux.Polling.READABLE);
            wakeUps[OTHER].announceSleep();
            station.inject(foreignFlow());

            spread.receive(batch, 64);

            assertThat(polling.await(0)).isEqualTo(1);
        }
        receiver.close();
    }
}
