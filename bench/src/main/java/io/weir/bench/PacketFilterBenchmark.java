package io.weir.bench;

import com.sun.management.ThreadMXBean;
import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import io.weir.port.memory.MemoryStation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One duty cycle of a switching processor that finds {@value #PACKETS} frames in its receive rings: receive in batches
 * of 64, filter, transmit, counters, sweep and neighbour timers included, as the node runs it. Frames are written into
 * the rings and taken out again between the cycles, outside of the measured time; nothing of the harness runs inside
 * it. Every frame must come out again, or the benchmark fails; only of SYNs may some find the table full.
 */
@SuppressWarnings("NullAway.Init") // JMH calls open() first
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 8, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx512m"})
public class PacketFilterBenchmark {
    static final int PACKETS = 1024;

    /** What the frames are. */
    public enum Scenario {
        /** IPv4, half of the packets to the servers, half back. */
        NAT,
        /** IPv6, half of the packets to the servers, half back. */
        NAT6,
        /** IPv4 to direct-return servers. */
        DIRECT,
        /** SYNs of IPv4 connections that did not exist; so many others do. */
        NEW,
        /** The same in IPv6. */
        NEW6,
        /** UDP over IPv4 to a server's own address, by the routing table. */
        ROUTED,
        ROUTED6,
        /** UDP over IPv4 to the echo application, from as many clients. */
        ECHO,
        ECHO6;

        boolean isIpv6() {
            return name().endsWith("6");
        }

        boolean isStateless() {
            return this == ROUTED || this == ROUTED6 || this == ECHO || this == ECHO6;
        }
    }

    /** Bytes allocated inside the measured cycles. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocation {
        public long allocatedBytes;
        public long packets;
    }

    @Param({"NAT"})
    public Scenario scenario = Scenario.NAT;

    @Param({"1000"})
    public int connections;

    @Param({"false"})
    public boolean hugePages;

    private final SplittableRandom random = new SplittableRandom(42);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final FrameBatch sent = new FrameBatch(PACKETS);
    private BenchNode node;
    private PoolView pool;
    private Traffic traffic;
    /** Last octet of each connection's server. */
    private byte[] server;

    private int servicePort;
    private int refused;
    /** The next connection that does not exist yet. */
    private long fresh = 1L << 24;

    private long elapsedNs;
    private long startedNs;

    @Setup(Level.Trial)
    public void open() throws IOException {
        boolean ipv6 = scenario.isIpv6();
        Path file = Files.createTempFile(Path.of("/dev/shm"), "weir-bench", "");
        node = new BenchNode(file, ipv6 ? 1024 : connections, ipv6 ? connections : 1024, hugePages);
        Files.delete(file);
        pool = node.storage.view(1);
        servicePort = scenario == Scenario.DIRECT ? Traffic.DIRECT_PORT : Traffic.TRANSLATED_PORT;
        server = new byte[connections];
        elapsedNs = 1_000_000L * BenchNode.SETTLED_MS;
        if (scenario.isStateless()) {
            boolean isRouted = scenario == Scenario.ROUTED || scenario == Scenario.ROUTED6;
            traffic = new Traffic(ipv6, node.storage.frames(), Traffic.ECHO_PORT, isRouted);
            Arrays.fill(server, (byte) 1);
            return;
        }
        traffic = new Traffic(ipv6, node.storage.frames(), servicePort);
        for (int first = 0; first < connections; first += PACKETS) {
            int end = Math.min(first + PACKETS, connections);
            establish(first, end);
        }
        if (refused > connections / 1000) {
            throw new IllegalStateException(refused + " of " + connections + " connections were refused");
        }
    }

    /** Opens connections; those the table has no room for keep server 0 and get no packets. */
    private void establish(int first, int end) {
        for (int n = first; n < end; n++) {
            long frame = pool.acquire();
            traffic.open(frame, n);
            inject(node.outside, frame);
        }
        cycle();
        collectSent();
        int n = first;
        for (int k = 0; k < sent.size(); k++) {
            long frame = sent.address[k];
            while (!traffic.isFromClient(frame, n)) {
                n++;
            }
            server[n++] = (byte) traffic.server(frame);
            pool.release(frame);
        }
        int opened = sent.size();
        refused += end - first - opened;
        if (scenario != Scenario.DIRECT) {
            for (n = first; n < end; n++) {
                if (server[n] != 0) {
                    long frame = pool.acquire();
                    traffic.answer(frame, n, server[n], true);
                    inject(node.inside, frame);
                }
            }
            cycle();
            discardSent(opened);
        }
        for (n = first; n < end; n++) {
            if (server[n] != 0) {
                long frame = pool.acquire();
                traffic.request(frame, n);
                inject(node.outside, frame);
            }
        }
        cycle();
        discardSent(opened);
    }

    private int anyConnection() {
        int n = random.nextInt(connections);
        while (server[n] == 0) {
            n = random.nextInt(connections);
        }
        return n;
    }

    private void inject(MemoryStation station, long frame) {
        if (!station.inject(0, frame, traffic.length(), 0)) {
            throw new IllegalStateException("the receive ring is full");
        }
    }

    private void cycle() {
        node.processor.doWork((int) (elapsedNs / 1_000_000));
    }

    private void collectSent() {
        sent.clear();
        int inside = node.inside.collect(sent, PACKETS);
        node.outside.collect(sent, PACKETS - inside);
    }

    private void collectSent(int expected) {
        collectSent();
        if (sent.size() != expected) {
            throw new IllegalStateException(expected + " packets went in, " + sent.size() + " came out; dropped: "
                    + drops() + " " + node.echoBlock.reason());
        }
    }

    private String drops() {
        return Arrays.stream(DropReason.values())
                .filter(reason -> node.counters.dropped(reason) > 0)
                .map(reason -> node.counters.dropped(reason) + " " + reason.key())
                .collect(Collectors.joining(", "));
    }

    private void discardSent(int expected) {
        collectSent(expected);
        for (int k = 0; k < sent.size(); k++) {
            pool.release(sent.address[k]);
        }
    }

    @Setup(Level.Iteration)
    public void confirmNeighbours() {
        node.confirmNeighbours((int) (elapsedNs / 1_000_000));
    }

    @Setup(Level.Invocation)
    public void inject() {
        switch (scenario) {
            case NEW, NEW6 -> {
                for (int k = 0; k < PACKETS; k++) {
                    long frame = pool.acquire();
                    traffic.open(frame, fresh++);
                    inject(node.outside, frame);
                }
            }
            case DIRECT, ROUTED, ROUTED6, ECHO, ECHO6 -> {
                for (int k = 0; k < PACKETS; k++) {
                    long frame = pool.acquire();
                    traffic.request(frame, anyConnection());
                    inject(node.outside, frame);
                }
            }
            default -> {
                for (int k = 0; k < PACKETS / 2; k++) {
                    long frame = pool.acquire();
                    traffic.request(frame, anyConnection());
                    inject(node.outside, frame);
                    long back = pool.acquire();
                    int n = anyConnection();
                    traffic.answer(back, n, server[n], false);
                    inject(node.inside, back);
                }
            }
        }
        startedNs = System.nanoTime();
    }

    /** Asking for the allocated bytes twice costs less than 0.2 ns a packet. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int cycle(Allocation counted) {
        long before = threads.getCurrentThreadAllocatedBytes();
        int work = node.processor.doWork((int) (elapsedNs / 1_000_000));
        counted.allocatedBytes += threads.getCurrentThreadAllocatedBytes() - before;
        counted.packets += PACKETS;
        return work;
    }

    @TearDown(Level.Invocation)
    public void collect() {
        // The clock of the node counts measured time only, so that sweeping has its true share of it.
        elapsedNs += System.nanoTime() - startedNs;
        boolean isNew = scenario == Scenario.NEW || scenario == Scenario.NEW6;
        if (isNew) {
            // Of new connections a few may find no room.
            collectSent();
        } else {
            collectSent(PACKETS);
        }
        for (int k = 0; k < sent.size(); k++) {
            if (isNew) {
                traffic.forget(node, sent.address[k], servicePort);
            }
            pool.release(sent.address[k]);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        node.close();
    }
}
