package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.port.decorator.Fault;
import io.weir.port.decorator.FaultSettings;
import io.weir.port.memory.MemoryStation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A million packets, some in pieces, over lines that lose, double, swap, corrupt and cut them: every frame has a fate, every buffer returns. */
class FaultyLineTest {
    private static final int PACKETS = 1_000_000;
    private static final int BATCH = 128;

    private static final long UNKNOWN = Offload.of(Offload.CHECKSUM_UNKNOWN, 0, 0, 0, 0, 0);

    private static final Counter[] MADE_HERE = {
        Counter.RESETS_SENT,
        Counter.ARP_REQUESTS_SENT,
        Counter.NEIGHBOUR_SOLICITATIONS_SENT,
        Counter.NEIGHBOUR_ADVERTISEMENTS_SENT,
        Counter.ANNOUNCEMENTS_SENT,
        Counter.ICMP_ERRORS_SENT
    };

    private final FrameBatch sent = new FrameBatch(BATCH);

    @Test
    void bad_lines_cost_packets_but_no_buffers() {
        TestNode.Builder builder =
                TestNode.builder().nat(TestFrame.TCP, 80, 8080).nat(TestFrame.UDP, 80, 8080);
        builder.records = 16_384;
        builder.faults = new FaultSettings(0.02, 0.02, 0.05, 0.05, 0.05);
        TestNode node = builder.build();
        BufferPool pool = node.storage.view(1);
        List<byte[]> requests = requests();
        List<byte[]> replies = replies();
        SplittableRandom random = new SplittableRandom(0xfa);
        int injected = 0;
        while (injected < PACKETS) {
            for (int k = 0; k < BATCH; k++) {
                injected += inject(node.outside, pool, requests, random);
                injected += inject(node.inside, pool, replies, random);
            }
            node.processor.doWork(++node.nowMs);
            collect(node.outside, pool);
            collect(node.inside, pool);
        }
        // Whatever waits for a next hop that corruption made up is given up within seconds.
        for (int second = 0; second < 10; second++) {
            node.nowMs += 1_000;
            for (int cycle = 0; cycle < 50; cycle++) {
                node.processor.doWork(node.nowMs);
                collect(node.outside, pool);
                collect(node.inside, pool);
            }
        }

        assertThat(node.processor.lastDefect()).isNull();
        assertThat(node.counters.dropped(DropReason.INTERNAL_ERROR)).isZero();
        for (Fault fault : Fault.values()) {
            assertThat(node.outerPort.injected(fault)).as(fault.name()).isGreaterThan(PACKETS / 100);
        }
        assertThat(node.counters.value(Counter.PACKETS_BALANCED)).isGreaterThan(PACKETS / 2);
        long in = node.counters.value(Counter.PACKETS_RECEIVED);
        for (Counter made : MADE_HERE) {
            in += node.counters.value(made);
        }
        assertThat(in)
                .isEqualTo(node.counters.value(Counter.PACKETS_TRANSMITTED)
                        + node.counters.value(Counter.PACKETS_DROPPED));
        node.processor.close();
        node.outerPort.close();
        node.innerPort.close();
        node.outside.close();
        node.inside.close();
        assertThat(node.missingBuffers()).as("buffers not given back").isZero();
    }

    /** SYNs, data, FINs and datagrams of both families. */
    private static List<byte[]> requests() {
        List<byte[]> frames = new ArrayList<>();
        for (int port = 1; port <= 100; port++) {
            for (String[] end : new String[][] {{TestNode.CLIENT, TestNode.VIP}, {TestNode.CLIENT6, TestNode.VIP6}}) {
                for (int flags : new int[] {Protocol.SYN, Protocol.ACK, Protocol.ACK, Protocol.FIN | Protocol.ACK}) {
                    frames.add(TestFrame.tcp(flags)
                            .from(end[0], port)
                            .to(end[1], 80)
                            .payload(flags == Protocol.SYN ? 0 : 300)
                            .build());
                }
                frames.add(TestFrame.udp()
                        .from(end[0], port)
                        .to(end[1], 80)
                        .payload(500)
                        .build());
            }
        }
        return frames;
    }

    /** From every server, so that one in three belongs to a connection. */
    private static List<byte[]> replies() {
        List<byte[]> frames = new ArrayList<>();
        for (int port = 1; port <= 100; port++) {
            for (int server = 1; server <= 3; server++) {
                frames.add(reply(TestFrame.tcp(Protocol.ACK), "10.0.2." + server, server, TestNode.CLIENT, port));
                frames.add(reply(TestFrame.tcp(Protocol.ACK), "fd02::" + server, server, TestNode.CLIENT6, port));
                frames.add(reply(TestFrame.udp(), "10.0.2." + server, server, TestNode.CLIENT, port));
                frames.add(reply(TestFrame.udp(), "fd02::" + server, server, TestNode.CLIENT6, port));
            }
        }
        return frames;
    }

    private static byte[] reply(TestFrame frame, String from, int server, String to, int port) {
        return frame.from(from, 8080)
                .to(to, port)
                .macs(TestNode.INNER_MAC, TestNode.SERVER_MAC + server)
                .payload(64)
                .build();
    }

    private static int inject(MemoryStation station, BufferPool pool, List<byte[]> frames, SplittableRandom random) {
        byte[] frame = frames.get(random.nextInt(frames.size()));
        if (random.nextInt(4) == 0) {
            return station.injectPieces(0, frame, UNKNOWN, 200, 1 + random.nextInt(90)) ? 1 : 0;
        }
        long address = pool.acquire();
        if (address == BufferPool.ABSENT) {
            return 0;
        }
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, pool.frames(), address, frame.length);
        if (!station.inject(0, address, frame.length, 0)) {
            pool.release(address);
            return 0;
        }
        return 1;
    }

    private void collect(MemoryStation station, BufferPool pool) {
        do {
            sent.clear();
            station.collect(sent, BATCH);
            for (int k = 0; k < sent.size(); k++) {
                if (sent.owner[k] == FrameBatch.CHAIN) {
                    assertThat(pool.chain().total(sent.address[k])).isEqualTo(sent.length[k]);
                    pool.chain().release(sent.address[k]);
                } else {
                    pool.release(sent.address[k]);
                }
            }
        } while (sent.size() > 0);
    }
}
