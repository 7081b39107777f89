package io.weir.node;

import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.control.configuration.HostConfiguration;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.linux.LinuxException;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.queue.QueueDescription;
import io.weir.memory.queue.QueueTable;
import io.weir.memory.ring.RingRegion;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.afpacket.AfPacketOptions;
import io.weir.port.afpacket.AfPacketPort;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.AfXdpOptions;
import io.weir.port.afxdp.AfXdpPort;
import io.weir.port.afxdp.Attach;
import io.weir.port.afxdp.TrafficSelector;
import io.weir.port.afxdp.Umem;
import io.weir.port.relay.Relay;
import io.weir.port.relay.RelayOutlet;
import io.weir.port.relay.RelayPort;
import io.weir.port.relay.Spread;
import io.weir.port.relay.SpreadPort;
import io.weir.port.relay.SpreadReceiver;
import io.weir.port.relay.WakeUp;
import io.weir.switching.filter.PacketBatch;
import io.weir.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The node's interfaces, opened: every switching processor's handles on them, the rings between processors, and what the
 * control thread does for them. Opened and closed by the thread that starts and ends the node; {@link #follow} by the
 * control thread.
 */
final class NodePorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodePorts.class.getName());

    /** The control interface carries few frames, none longer than its MTU: its inner end makes no longer ones. */
    private static final int CONTROL_RING_FRAMES = 256;

    private static final int CONTROL_FRAME_BYTES = 2048;

    private final List<ProcessorPorts> processors = new ArrayList<>();
    /** What was opened, in that order. */
    private final List<AutoCloseable> opened = new ArrayList<>();

    private final List<Port> first = new ArrayList<>();
    private final List<Described> described = new ArrayList<>();
    private final QueueTable table;
    private final RingRegion rings;
    private final @Nullable TrafficSelector selector;
    private @Nullable Umem umem;
    private final PacketStorage storage;
    private @Nullable HostInterface host;
    private int nextRing;
    private int nextRow;

    /** An af_xdp interface whose rows in the queue table follow what it is. */
    private record Described(AfXdpInterface face, Map<Integer, QueueDescription> rows) {}

    private NodePorts(NodeConfiguration configuration, NodePlan plan, NodeMemory memory) {
        int count = configuration.processors().switching().size();
        table = memory.queues();
        rings = memory.rings(plan);
        // One view for each switching processor and one for the control processor.
        storage = memory.storage(count + 1);
        selector = configuration.interfaces().stream().anyMatch(f -> f.driver().shared())
                ? TrafficSelector.create()
                : null;
        if (selector != null) {
            opened.add(selector);
        }
        for (int processor = 0; processor < count; processor++) {
            WakeUp wakeUp = new WakeUp(rings.doorbell(processor));
            opened.add(wakeUp);
            processors.add(new ProcessorPorts(
                    processor,
                    new FrameOwners(storage.view(processor)),
                    memory.counters(processor),
                    wakeUp,
                    greatestInterface(configuration, plan)));
        }
    }

    private static int greatestInterface(NodeConfiguration configuration, NodePlan plan) {
        if (plan.host() != null) {
            return HostInterface.id(configuration);
        }
        return plan.control() == null ? configuration.interfaces().size() : ControlInterface.id(configuration);
    }

    /** Opens everything, or nothing. */
    static NodePorts open(NodeConfiguration configuration, NodePlan plan, NodeMemory memory) {
        NodePorts ports = new NodePorts(configuration, plan, memory);
        boolean complete = false;
        try {
            plan.interfaces().forEach(ports::open);
            if (plan.control() != null) {
                ports.openAfPacket(plan.control(), true);
            }
            if (plan.host() != null) {
                ports.openHost(configuration, plan.host(), memory);
            }
            complete = true;
            return ports;
        } finally {
            if (!complete) {
                ports.close();
            }
        }
    }

    private void open(InterfacePlan plan) {
        InterfacePlan taken = plan;
        if (plan.driver() == Driver.AF_XDP) {
            try {
                openAfXdp(plan);
            } catch (LinuxException | IllegalArgumentException e) {
                if (DriverRule.needsAfXdp(plan.configuration().driver())) {
                    throw e;
                }
                taken = plan.byAfPacket("no af_xdp: " + e.getMessage());
            }
        }
        if (taken.driver() == Driver.AF_PACKET) {
            openAfPacket(taken, false);
        }
    }

    // af_packet: a socket for each processor; one of them receives, or all of them when the kernel spreads.

    /** @param control for the control interface, which is not one of the configuration */
    private void openAfPacket(InterfacePlan plan, boolean control) {
        int owner = plan.queues().getFirst();
        int fanout = plan.isSpread() ? AfPacketOptions.NEW_FANOUT : AfPacketOptions.NO_FANOUT;
        List<Port> handles = new ArrayList<>();
        for (ProcessorPorts processor : processors) {
            boolean receives = plan.isSpread() || processor.processor == owner;
            AfPacketPort port = AfPacketPort.open(options(plan, processor, receives, fanout, control));
            opened.add(port);
            fanout = receives ? port.fanout() : fanout;
            handles.add(port);
            processor.byId[plan.id()] = port;
            if (receives) {
                processor.polled.add(port);
                int row = nextRow++;
                table.describe(
                        row,
                        new QueueDescription(
                                plan.id(),
                                plan.isSpread() ? processor.processor : 0,
                                processor.processor,
                                "af_packet",
                                plan.isSpread() ? "fanout" : "",
                                port.ringFrames(),
                                0,
                                0,
                                0,
                                plan.reason()));
                processor.reported.add(new ProcessorPorts.Reported(port, table.record(row)));
            }
        }
        if (!control) {
            first.add(handles.get(owner));
        }
        LOG.log(System.Logger.Level.INFO, "interface {0}: af_packet: {1}", plan.device(), plan.reason());
    }

    private static AfPacketOptions options(
            InterfacePlan plan, ProcessorPorts processor, boolean receives, int fanout, boolean control) {
        AfPacketOptions options = receives
                ? AfPacketOptions.receiving(plan.id(), plan.device(), processor.owners, processor.counters)
                        .withFanout(fanout)
                        .withExclusive()
                : AfPacketOptions.transmitting(plan.id(), plan.device(), processor.owners, processor.counters);
        AfPacketOptions sized =
                control && receives ? options.withRing(CONTROL_RING_FRAMES, CONTROL_FRAME_BYTES) : options;
        // A link-layer address of our own reaches us only past the device's filter.
        return plan.configuration().linkAddress() == null ? sized : sized.withPromiscuous();
    }

    // af_xdp: a port for each queue at its processor; the other processors transmit through a relay.

    private void openAfXdp(InterfacePlan plan) {
        AfXdpOptions options = new AfXdpOptions(
                plan.id(),
                plan.device(),
                Attach.valueOf(plan.configuration().driver().attach().name()),
                plan.configuration().driver().shared(),
                plan.ringFrames(),
                plan.queues().size());
        // A link-layer address of our own reaches us only past the device's filter.
        AfXdpOptions wanted = plan.configuration().linkAddress() == null ? options : options.withPromiscuous();
        AfXdpInterface face =
                selector == null ? AfXdpInterface.open(wanted, umem()) : AfXdpInterface.open(wanted, umem(), selector);
        opened.add(face);
        Map<Integer, QueueDescription> rows = new LinkedHashMap<>();
        List<Port> queues = new ArrayList<>();
        for (int queue = 0; queue < plan.queues().size(); queue++) {
            ProcessorPorts processor = processors.get(plan.queues().get(queue));
            AfXdpPort port = face.port(queue, processor.owners, processor.counters);
            opened.add(port);
            queues.add(port);
            if (processor.byId[plan.id()] == null) {
                processor.byId[plan.id()] = port;
            }
            int row = nextRow++;
            rows.put(row, describe(plan, queue, face));
            processor.reported.add(new ProcessorPorts.Reported(port, table.record(row)));
        }
        first.add(queues.getFirst());
        relay(plan, queues);
        if (plan.isSpread()) {
            spread(plan, queues.getFirst());
        } else {
            for (int queue = 0; queue < queues.size(); queue++) {
                processors.get(plan.queues().get(queue)).polled.add(queues.get(queue));
            }
        }
        rows.forEach(table::describe);
        described.add(new Described(face, rows));
        LOG.log(
                System.Logger.Level.INFO,
                "interface {0}: af_xdp {1}: {2}",
                plan.device(),
                mode(face),
                rows.values().iterator().next().reason());
    }

    private Umem umem() {
        Umem known = umem;
        if (known == null) {
            known = Umem.over(storage);
            umem = known;
        }
        return known;
    }

    private static String mode(AfXdpInterface face) {
        return (face.mode() == Attach.NATIVE ? "native" : "generic") + (face.zeroCopy() ? " zero-copy" : " copy");
    }

    private static QueueDescription describe(InterfacePlan plan, int queue, AfXdpInterface face) {
        String more = face.modeReason().isEmpty() ? "" : "; " + face.modeReason();
        return new QueueDescription(
                plan.id(),
                queue,
                plan.queues().get(queue),
                "af_xdp",
                mode(face)
                        + (plan.isSpread() ? ", spread" : "")
                        + (plan.configuration().driver().shared() ? ", shared" : ""),
                plan.ringFrames(),
                plan.ringFrames(),
                plan.ringFrames(),
                plan.ringFrames(),
                plan.reason() + more);
    }

    /** A way to transmit for each processor that has no queue of the interface; the queues take turns. */
    private void relay(InterfacePlan plan, List<Port> queues) {
        Map<Integer, List<Relay>> byQueue = new LinkedHashMap<>();
        for (ProcessorPorts processor : processors) {
            if (processor.byId[plan.id()] == null) {
                int queue = processor.processor % queues.size();
                Port port = queues.get(queue);
                Relay relay = new Relay(
                        plan.id(),
                        port.name(),
                        rings.ring(nextRing++),
                        processors.get(plan.queues().get(queue)).wakeUp,
                        port.capabilities(),
                        port.isUp());
                byQueue.computeIfAbsent(queue, _ -> new ArrayList<>()).add(relay);
                processor.byId[plan.id()] = new RelayPort(relay, processor.owners, processor.counters);
            }
        }
        byQueue.forEach((queue, relays) -> {
            ProcessorPorts owner = processors.get(plan.queues().get(queue));
            owner.outlets.add(
                    new RelayOutlet(queues.get(queue), relays, owner.owners, owner.counters, PacketBatch.CAPACITY));
        });
    }

    private void spread(InterfacePlan plan, Port queue) {
        int own = plan.queues().getFirst();
        Spread[] ways = new Spread[processors.size()];
        for (ProcessorPorts processor : processors) {
            ways[processor.processor] = new Spread(rings.ring(nextRing++), processor.wakeUp);
        }
        for (ProcessorPorts processor : processors) {
            Port transmit = processor.byId[plan.id()];
            if (processor.processor == own) {
                processor.polled.add(
                        new SpreadPort(queue, ways, own, processor.owners, processor.counters, PacketBatch.CAPACITY));
            } else if (transmit != null) {
                processor.polled.add(new SpreadReceiver(ways[processor.processor].ring(), transmit, processor.owners));
            }
        }
    }

    private void openHost(NodeConfiguration configuration, HostConfiguration programs, NodeMemory memory) {
        boolean segmentation =
                first.stream().allMatch(port -> port.capabilities().segmentationOffload());
        HostInterface made =
                HostInterface.open(configuration, programs, segmentation, memory, storage, rings, processors, nextRow);
        opened.add(made);
        host = made;
    }

    /** The interface behind which programs of the host are; null without. */
    @Nullable
    HostInterface host() {
        return host;
    }

    /** Every switching processor's handles. */
    List<ProcessorPorts> processors() {
        return processors;
    }

    /** What only the running machine knows about each interface. */
    List<InterfaceFacts> facts() {
        List<InterfaceFacts> facts = new ArrayList<>();
        for (Port port : first) {
            PortCapabilities capabilities = port.capabilities();
            facts.add(new InterfaceFacts(new MacAddress(capabilities.linkAddress()), capabilities.mtu()));
        }
        return facts;
    }

    /** Looks after interfaces that were lost and came back; by the control thread, a few times per second. */
    void follow() {
        if (host != null) {
            host.follow();
        }
        for (Described one : described) {
            try {
                one.face().follow();
            } catch (LinuxException e) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
            }
            one.rows().replaceAll((row, before) -> {
                QueueDescription now = withMode(before, one.face());
                if (!now.equals(before)) {
                    table.describe(row, now);
                }
                return now;
            });
        }
    }

    private static QueueDescription withMode(QueueDescription q, AfXdpInterface face) {
        int more = q.mode().indexOf(',');
        String mode = mode(face) + (more < 0 ? "" : q.mode().substring(more));
        return new QueueDescription(
                q.interfaceId(),
                q.queue(),
                q.processor(),
                q.driver(),
                mode,
                q.receiveRing(),
                q.transmitRing(),
                q.fillRing(),
                q.completionRing(),
                q.reason());
    }

    /** Tells the programs of interfaces that are shared with the kernel what is weir's. */
    void select(NodeConfiguration configuration) {
        if (selector != null) {
            try {
                SharedTraffic.of(configuration).select(selector);
            } catch (LinuxException e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "interfaces in mode: shared do not know all of the configuration: " + e.getMessage());
            }
        }
    }

    /** Closes what was opened, the last first; the threads of the processors have ended. */
    @Override
    public void close() {
        for (AutoCloseable one : opened.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "closing an interface: " + e.getMessage());
            }
        }
        opened.clear();
    }
}
