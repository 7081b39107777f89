package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.Decisions;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.ProcessorContext;
import io.weir.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the virtual machine compile the packet path before the interfaces open, so that the first real second is as fast
 * as the rest: a small node in memory of its own switches synthetic packets of every kind for a bounded time. The
 * classes, the memory accessors and the duty cycle are those of the real node; nothing else is shared with it, and all
 * of it is gone afterwards.
 */
final class WarmUp {
    /** What a start may spend on it; {@code -Dweir.warm-up-ms=0} goes without. Measured in docs/adr/0013. */
    private static final int LIMIT_MS = Integer.getInteger("weir.warm-up-ms", 300);

    /** The names are those of {@link WarmUpTraffic}. */
    private static final String CONFIGURATION = """
        name: warm-up
        memory: {connections-ipv4: 8192, connections-ipv6: 8192, buffers: 2048, neighbours: 64, huge-pages: false}
        interfaces:
          - {name: outer, addresses: [192.0.2.2/24, 2001:db8:1::2/64]}
          - {name: inner, addresses: [10.1.0.1/24, 2001:db8:2::1/64]}
          - {name: other, addresses: [10.2.0.1/24, 2001:db8:3::1/64]}
        routes: [{to: default, via: 192.0.2.1}, {to: "::/0", via: "2001:db8:1::1"}]
        servers:
          - {name: alpha, addresses: [10.1.0.11, "2001:db8:2::11"]}
          - {name: beta, addresses: [10.1.0.12, "2001:db8:2::12"]}
          - {name: gamma, addresses: [10.2.0.13, "2001:db8:3::13"]}
        services:
          - {name: web, addresses: [192.0.2.100, "2001:db8:1::100"], protocol: tcp, port: 80, servers: &members [{server: alpha, port: 8080}, {server: beta, port: 8080}, {server: gamma, port: 8080}]}
          - {name: rounds, addresses: [192.0.2.100, "2001:db8:1::100"], protocol: tcp, port: 81, algorithm: weighted-round-robin, servers: *members}
          - {name: sources, addresses: [192.0.2.100, "2001:db8:1::100"], protocol: udp, port: 53, algorithm: source-hash, servers: *members}
          - {name: least, addresses: [192.0.2.100, "2001:db8:1::100"], protocol: udp, port: 54, algorithm: least-connections, servers: *members}
          - {name: direct, addresses: [192.0.2.100, "2001:db8:1::100"], protocol: tcp, port: 82, forwarding: direct, servers: [alpha, beta]}
        limits: {resets-per-second: 100000, echoes-per-second: 100000}
        """;

    private static final int MTU = 1500;

    private static final AtomicBoolean DONE = new AtomicBoolean();

    private WarmUp() {}

    /** Before the first node of this virtual machine; does nothing before the others. */
    static void once() {
        if (LIMIT_MS > 0 && DONE.compareAndSet(false, true)) {
            run(LIMIT_MS, counters -> {});
        }
    }

    /**
     * Switches synthetic packets on the calling thread.
     *
     * @param limitMs for so long once the small node stands
     * @param counted told of the small node's counters at the end
     */
    static void run(int limitMs, Consumer<CountersReader> counted) {
        try {
            NodeConfiguration configuration = ConfigurationLoader.parse("warm-up", CONFIGURATION);
            try (NodeMemory memory = NodeMemory.anonymous(configuration)) {
                run(configuration, memory, limitMs);
                counted.accept(memory.countersReader());
            }
        } catch (ConfigurationException | ConfigurationRefusedException e) {
            throw new IllegalStateException("warm-up: " + e.getMessage(), e);
        }
    }

    private static void run(NodeConfiguration configuration, NodeMemory memory, int limitMs)
            throws ConfigurationRefusedException {
        PacketStorage storage = memory.storage(1);
        PoolView pool = storage.view(0);
        FrameOwners owners = new FrameOwners(pool);
        WarmUpTraffic traffic = new WarmUpTraffic();
        List<WarmUpPort> polled = List.of(
                new WarmUpPort.Outer(pool, traffic, MTU),
                new WarmUpPort.Inner(pool, traffic, MTU),
                new WarmUpPort.Other(pool, traffic, MTU));
        @Nullable Port[] byId = new Port[polled.size() + 1];
        List<InterfaceFacts> facts = new ArrayList<>();
        for (WarmUpPort port : polled) {
            byId[port.id()] = port;
            owners.register(port.id(), port);
            facts.add(new InterfaceFacts(new MacAddress(port.capabilities().linkAddress()), MTU));
        }
        memory.configurationTable().apply(configuration, Decisions.NONE, facts, "warm-up");
        ProcessorContext context = new ProcessorContext(
                owners,
                memory.counters(0),
                memory.configurationReader(0),
                memory.routeReader(0),
                memory.neighbours(),
                memory.switchingConnections4(),
                memory.switchingConnections6(),
                0,
                1,
                byId);
        SwitchingProcessor processor = new SwitchingProcessor(context, polled);
        try {
            long endNs = System.nanoTime() + limitMs * 1_000_000L;
            // Timers must run, too: a millisecond of theirs passes with every cycle.
            for (int nowMs = 0; System.nanoTime() < endNs; nowMs++) {
                processor.doWork(nowMs);
            }
        } finally {
            processor.close();
        }
    }
}
