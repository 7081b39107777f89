package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int PACKETS = 64;

    @Test
    void translation_both_ways_and_new_connections_allocate_nothing() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                        && bean.isThreadAllocatedMemorySupported(),
                "this JVM does not count allocated bytes by thread");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.TCP, 80, 8080);
        builder.records = 100_000;
        TestNode node = builder.build();
        BufferPool pool = node.storage.view(1);
        byte[] request = TestFrame.tcp(Protocol.SYN)
                .to(TestNode.VIP, 80)
                .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC)
                .build();
        byte[] answer = TestFrame.tcp(Protocol.ACK)
                .from("10.0.2.1", 8080)
                .to(TestNode.CLIENT, 40_000)
                .macs(TestNode.INNER_MAC, TestNode.SERVER_MAC)
                .build();
        MemorySegment requestBytes = MemorySegment.ofArray(request);
        MemorySegment answerBytes = MemorySegment.ofArray(answer);
        FrameBatch sent = new FrameBatch(PACKETS);
        int port = 1;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 400; round++) {
            for (int k = 0; k < PACKETS; k++) {
                long in = pool.acquire();
                MemorySegment.copy(requestBytes, 0, node.storage.frames(), in, request.length);
                // A new client port for every packet; the checksum of the port is moved into the sequence number.
                port = port == 30_000 ? 1 : port + 1;
                Raw.setNumber16(node.storage.frames(), in + 34, port);
                Raw.setNumber16(node.storage.frames(), in + 40, Raw.number16(requestBytes, 40) + 40_000 - port);
                node.outside.inject(0, in, request.length, 0);
                long out = pool.acquire();
                MemorySegment.copy(answerBytes, 0, node.storage.frames(), out, answer.length);
                node.inside.inject(0, out, answer.length, 0);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            node.processor.doWork(node.nowMs);
            best = Math.min(best, threads.getCurrentThreadAllocatedBytes() - before);
            collect(node.outside, sent, pool);
            collect(node.inside, sent, pool);
        }
        assertThat(node.counters.value(io.weir.memory.counters.Counter.CONNECTIONS_CREATED))
                .isGreaterThan(10_000);
        assertThat(best).isZero();
    }

    private static void collect(io.weir.port.memory.MemoryStation station, FrameBatch sent, BufferPool pool) {
        while (true) {
            sent.clear();
            int count = station.collect(sent, PACKETS);
            for (int k = 0; k < count; k++) {
                pool.release(sent.address[k]);
            }
            if (count == 0) {
                return;
            }
        }
    }
}
