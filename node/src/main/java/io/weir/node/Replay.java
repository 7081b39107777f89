package io.weir.node;

import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.Decisions;
import io.weir.control.configuration.DriverConfiguration;
import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.MemoryConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ProcessorsConfiguration;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import io.weir.port.pcap.PcapReader;
import io.weir.port.pcap.PcapWriter;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.ProcessorContext;
import io.weir.wire.IpAddress;
import io.weir.wire.MacAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data path of a node over a capture: one switching processor on memory ports, one packet per duty cycle, under the
 * clock of the capture. What happened to a packet is read from the counters, as it would be of a running node.
 */
final class Replay implements AutoCloseable {
    /**
     * Captures taken on the sending machine show packets before the device has completed their transport checksum. They are
     * replayed as a driver that cannot tell would hand them over, and leave complete.
     */
    private static final long AS_CAPTURED = Offload.of(Offload.CHECKSUM_UNKNOWN, 0, 0, 0, 0, 0);

    /** Frames of a capture may be as long as GSO makes them. */
    private static final int BUFFER_BYTES = 1 << 17;

    private static final int BUFFERS = 1024;
    private static final int RING = 256;
    private static final int DEFAULT_MTU = 65_535;
    /** Timers run at least this often between two packets of the capture. */
    private static final int STEP_MS = 100;
    /** A longer gap between two packets is shortened to this: every timeout that matters has passed by then. */
    private static final int LONGEST_GAP_MS = 3_600_000;

    private final NodeConfiguration configuration;
    private final NodeMemory memory;
    private final CountersReader counters;
    private final SwitchingProcessor processor;
    private final List<MemoryStation> stations;
    private final CaptureIngress ingress;
    private final Map<String, Long> verdicts = new LinkedHashMap<>();
    private final ReplayNeighbours neighbours;
    private int nowMs;
    private long lastNs = -1;
    private long packets;
    private long transmitted;

    private Replay(
            NodeConfiguration configuration,
            NodeMemory memory,
            SwitchingProcessor processor,
            List<MemoryStation> stations,
            CaptureIngress ingress) {
        this.configuration = configuration;
        this.memory = memory;
        this.counters = memory.countersReader();
        this.processor = processor;
        this.stations = stations;
        this.ingress = ingress;
        this.neighbours = new ReplayNeighbours(ingress.linkAddresses());
    }

    /** Puts a node together; the capture is read once to learn where its packets come in. */
    static Replay prepare(NodeConfiguration given, Path capture, @Nullable String ingressName)
            throws IOException, ConfigurationRefusedException {
        NodeConfiguration configuration = forReplay(given);
        CaptureIngress ingress = CaptureIngress.learn(configuration, capture, ingressName);
        NodeMemory memory = NodeMemory.anonymous(configuration);
        PacketStorage storage = memory.storage(1);
        PoolView pool = storage.view(0);
        FrameOwners owners = new FrameOwners(pool);
        List<MemoryStation> stations = new ArrayList<>();
        List<Port> polled = new ArrayList<>();
        @Nullable Port[] byId = new Port[configuration.interfaces().size() + 1];
        List<InterfaceFacts> facts = new ArrayList<>();
        for (int id = 1; id < byId.length; id++) {
            InterfaceConfiguration face = configuration.interfaces().get(id - 1);
            int mtu = face.mtu() == 0 ? DEFAULT_MTU : face.mtu();
            long link = ingress.linkAddresses()[id];
            MemoryWire wire = new MemoryWire(id, face.name(), link, mtu, 1, RING);
            byId[id] = wire.port(0, owners);
            stations.add(wire.station(pool));
            polled.add(wire.port(0, owners));
            facts.add(new InterfaceFacts(new MacAddress(link), mtu));
        }
        memory.configurationTable().apply(configuration, Decisions.NONE, facts, "replay " + capture);
        ProcessorContext context = new ProcessorContext(
                owners,
                memory.counters(0),
                memory.configurationReader(0),
                memory.routeReader(0),
                memory.neighbours(),
                memory.connections4(),
                memory.connections6(),
                0,
                1,
                byId);
        return new Replay(configuration, memory, new SwitchingProcessor(context, polled), stations, ingress);
    }

    private static NodeConfiguration forReplay(NodeConfiguration c) {
        MemoryConfiguration m = c.memory();
        return new NodeConfiguration(
                c.name(),
                new ProcessorsConfiguration(List.of(), List.of(-1), ProcessorsConfiguration.Idle.BUSY),
                new MemoryConfiguration(
                        m.file(), m.connections4(), m.connections6(), BUFFERS, BUFFER_BYTES, m.neighbours(), false),
                c.interfaces().stream()
                        .map(i -> i.with(DriverConfiguration.DEFAULTS, -1))
                        .toList(),
                c.routes(),
                c.servers(),
                c.services(),
                c.timeouts(),
                c.limits());
    }

    /**
     * Switches every packet of the capture.
     *
     * @param writer takes what leaves the node, or null
     * @param lines takes a line for each packet
     */
    void run(PcapReader reader, @Nullable PcapWriter writer, Consumer<String> lines) throws IOException {
        settle(reader, null);
        while (reader.next()) {
            long ns = reader.timestampNs();
            advanceTo(ns, writer);
            packets++;
            byte[] frame = reader.bytes();
            int id = ingress.of(frame);
            String verdict =
                    reader.isTruncated() ? "skipped: the capture has only a part of it" : one(frame, id, ns, writer);
            verdicts.merge(verdict.replaceAll(" (to|out) .*", ""), 1L, Long::sum);
            lines.accept(
                    "%6d  %s  %-8s %s => %s".formatted(packets, clock(ns), face(id), PacketLine.of(frame), verdict));
        }
    }

    private String one(byte[] frame, int id, long ns, @Nullable PcapWriter writer) throws IOException {
        long[] drops = drops();
        long created = counters.value(Counter.CONNECTIONS_CREATED);
        long routed = counters.value(Counter.PACKETS_ROUTED);
        long resets = counters.value(Counter.RESETS_SENT);
        if (!stations.get(id - 1).inject(0, frame, AS_CAPTURED)) {
            return "skipped: longer than a buffer";
        }
        processor.doWork(nowMs);
        // What was held for a next hop leaves once the made-up neighbour has answered.
        String out = collect(ns, writer);
        long[] after = drops();
        for (DropReason reason : DropReason.values()) {
            if (after[reason.index()] > drops[reason.index()] && !isNeighbourReply(reason, out)) {
                String key = reason.key();
                return counters.value(Counter.RESETS_SENT) > resets ? "reset: " + key + out : "dropped: " + key + out;
            }
        }
        if (out.isEmpty()) {
            return "held";
        }
        String kind = counters.value(Counter.CONNECTIONS_CREATED) > created
                ? "new connection"
                : counters.value(Counter.PACKETS_ROUTED) > routed ? "routed" : "switched";
        return kind + out;
    }

    /** A made-up neighbour's answer is consumed in the same step as the packet that asked for it. */
    private static boolean isNeighbourReply(DropReason reason, String out) {
        return !out.isEmpty() && reason == DropReason.CONTROL_MESSAGE_CONSUMED;
    }

    private long[] drops() {
        DropReason[] reasons = DropReason.values();
        long[] drops = new long[reasons.length];
        for (DropReason reason : reasons) {
            drops[reason.index()] = counters.dropped(reason);
        }
        return drops;
    }

    /** Takes what left the node, answers its questions for neighbours, and says where the packet went. */
    private String collect(long ns, @Nullable PcapWriter writer) throws IOException {
        StringBuilder out = new StringBuilder();
        boolean answered = true;
        for (int round = 0; answered && round < 8; round++) {
            answered = false;
            for (int i = 0; i < stations.size(); i++) {
                MemoryStation.@Nullable TransmittedFrame frame;
                while ((frame = stations.get(i).collect()) != null) {
                    byte[] answer = neighbours.answer(frame.bytes(), i + 1);
                    if (answer != null) {
                        stations.get(i).inject(answer);
                        answered = true;
                        continue;
                    }
                    transmitted++;
                    if (writer != null) {
                        writer.write(ns, frame.bytes());
                    }
                    if (!neighbours.isAnnouncement(frame.bytes())) {
                        out.append(" out ").append(face(i + 1)).append(' ').append(PacketLine.of(frame.bytes()));
                    }
                }
            }
            if (answered) {
                processor.doWork(nowMs);
            }
        }
        return out.toString();
    }

    /** The first cycles announce the node's addresses; they belong to no packet. */
    private void settle(PcapReader reader, @Nullable PcapWriter writer) throws IOException {
        for (int cycle = 0; cycle < 50; cycle++) {
            nowMs += STEP_MS;
            processor.doWork(nowMs);
            collect(Math.max(0, reader.timestampNs()), writer);
        }
    }

    private void advanceTo(long ns, @Nullable PcapWriter writer) throws IOException {
        long gapMs = lastNs < 0 ? 0 : Math.clamp((ns - lastNs) / 1_000_000, 0, LONGEST_GAP_MS);
        lastNs = lastNs < 0 ? ns : Math.max(ns, lastNs);
        while (gapMs > 0) {
            int step = (int) Math.min(gapMs, STEP_MS);
            nowMs += step;
            gapMs -= step;
            processor.doWork(nowMs);
            collect(ns, writer);
        }
    }

    private static String clock(long ns) {
        return "%d.%06d".formatted(ns / 1_000_000_000, ns / 1000 % 1_000_000);
    }

    private String face(int id) {
        return configuration.interfaces().get(id - 1).name();
    }

    /** Packets in and out, how often each verdict was given, and the connections left. */
    String summary() {
        TextTable table = new TextTable("verdict", "packets");
        verdicts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .forEach(e -> table.row(e.getKey(), e.getValue()));
        long open = counters.value(Counter.CONNECTIONS_CREATED) - counters.value(Counter.CONNECTIONS_CLOSED);
        return "%d packets in, %d out, %d connections opened, %d open at the end%n"
                        .formatted(packets, transmitted, counters.value(Counter.CONNECTIONS_CREATED), open)
                + table.render();
    }

    @Override
    public void close() {
        processor.close();
        stations.forEach(MemoryStation::close);
        memory.close();
    }

    /** The interface with the network of an address, or 0. */
    static int faceOf(NodeConfiguration configuration, IpAddress address) {
        for (int i = 0; i < configuration.interfaces().size(); i++) {
            if (configuration.interfaces().get(i).addresses().stream().anyMatch(p -> p.contains(address))) {
                return i + 1;
            }
        }
        return 0;
    }
}
