package io.weir.node;

import io.weir.control.configuration.HostConfiguration;
import io.weir.control.configuration.HostFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.linux.LinuxException;
import io.weir.linux.TapSettings;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.queue.QueueDescription;
import io.weir.memory.queue.QueueTable;
import io.weir.memory.ring.RingRegion;
import io.weir.port.relay.WakeUp;
import io.weir.port.tap.HostLane;
import io.weir.port.tap.HostLink;
import io.weir.port.tap.HostObserver;
import io.weir.port.tap.HostPort;
import io.weir.port.tap.InterfaceDaemon;
import io.weir.wire.IpAddress;
import io.weir.wire.MacAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The interface behind which programs of the host are (the second embodiment, Fig. 8): a TAP device in the node's network
 * namespace, and the daemon that moves frames between it and the switching processors, each of which polls its own rings.
 *
 * <pre>
 *   sshd, nginx, bird ── sockets ── weir0 (TAP) ── interface daemon ══ rings ══ switching processors ── the other interfaces
 * </pre>
 *
 * Its id is two more than that of the last interface of the configuration.
 */
final class HostInterface implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HostInterface.class.getName());

    /** Locally administered; the next octets spell "wei" and mark the host's cable, beside the control interface's. */
    private static final long LINK_ADDRESS = 0x06_57_65_68_00_00L;

    private static final int DEVICE_BIT = 1;
    private static final String REASON = "programs of this host, by a TAP device";
    private static final String DOWN = "down";
    private static final long STOP_SECONDS = 5;

    private final int id;
    private final HostConfiguration host;
    private final long linkAddress;
    private final HostLink link;
    private final WakeUp wakeUp;
    private final InterfaceDaemon daemon;
    private final QueueTable table;
    private final int firstRow;
    private final int processors;
    private boolean shownUp = true;
    private @Nullable Thread thread;

    private HostInterface(
            int id,
            HostConfiguration host,
            long linkAddress,
            boolean segmentation,
            NodeMemory memory,
            PacketStorage storage,
            RingRegion rings,
            List<ProcessorPorts> processors,
            int firstRow) {
        this.id = id;
        this.host = host;
        this.linkAddress = linkAddress;
        this.table = memory.queues();
        this.firstRow = firstRow;
        this.processors = processors.size();
        wakeUp = new WakeUp(rings.daemonDoorbell());
        boolean complete = false;
        try {
            link = new HostLink(id, host.device(), linkAddress, host.mtu(), wakeUp);
            List<HostLane> lanes = new ArrayList<>();
            for (ProcessorPorts processor : processors) {
                int number = processor.processor;
                lanes.add(new HostLane(rings.toHost(number), rings.fromHost(number), processor.wakeUp));
            }
            // The control processor's view of the packet storage and its block of counters.
            ProcessorCounters counters = memory.counters(processors.size());
            daemon = InterfaceDaemon.open(
                    settings(segmentation), link, lanes, storage.view(processors.size()), counters, new Log());
            processors.forEach(processor -> join(processor, lanes.get(processor.processor)));
            describe(true);
            complete = true;
        } finally {
            if (!complete) {
                wakeUp.close();
            }
        }
    }

    /** The id of the host interface, whether there is one or not. */
    static int id(NodeConfiguration configuration) {
        return ControlInterface.id(configuration) + 1;
    }

    /**
     * Makes the device in the calling thread's network namespace and gives every processor its handle.
     *
     * @param segmentation whether segments longer than the MTU can leave by every other interface
     * @param firstRow of the queue table, of which each processor takes one
     * @throws NodeException saying what is missing or who has the name
     */
    static HostInterface open(
            NodeConfiguration configuration,
            HostConfiguration host,
            boolean segmentation,
            NodeMemory memory,
            PacketStorage storage,
            RingRegion rings,
            List<ProcessorPorts> processors,
            int firstRow) {
        // the last octet of the hash is spared for the two ends
        long linkAddress = LINK_ADDRESS | (configuration.name().hashCode() << 1 & 0xfffeL);
        try {
            return new HostInterface(
                    id(configuration), host, linkAddress, segmentation, memory, storage, rings, processors, firstRow);
        } catch (LinuxException | IllegalArgumentException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE, "host.device: " + host.device() + " cannot be made: " + e.getMessage());
        }
    }

    private TapSettings settings(boolean segmentation) {
        return new TapSettings(
                host.device(),
                linkAddress | DEVICE_BIT,
                host.mtu(),
                processors,
                segmentation,
                host.addresses().stream().map(HostInterface::address).toList(),
                host.routes().stream()
                        .map(route -> new TapSettings.Route(address(route.address()), route.length()))
                        .toList());
    }

    private static InetAddress address(IpAddress address) {
        return InetAddress.ofLiteral(address.toString());
    }

    private void join(ProcessorPorts processor, HostLane lane) {
        HostPort port = new HostPort(link, lane, processor.owners, processor.counters, (int)
                Math.round(100 * host.reserved().share()));
        processor.byId[id] = port;
        processor.polled.add(port);
        processor.reported.add(new ProcessorPorts.Reported(port, table.record(firstRow + processor.processor)));
    }

    private void describe(boolean up) {
        for (int processor = 0; processor < processors; processor++) {
            table.describe(
                    firstRow + processor,
                    new QueueDescription(
                            id, processor, processor, "tap", up ? "" : DOWN, host.ring(), host.ring(), 0, 0, REASON));
        }
    }

    /** What the configuration table has to say of it. */
    HostFacts facts() {
        return new HostFacts(
                host.device(), new MacAddress(linkAddress), new MacAddress(linkAddress | DEVICE_BIT), host.mtu());
    }

    /** Starts the daemon's thread, in the network namespace and on the CPUs of the calling one. */
    void start() {
        thread = Thread.ofPlatform().name("interface-daemon").daemon().start(daemon);
    }

    /** Tells tools whether the device is there; by the control thread, a few times per second. */
    void follow() {
        boolean up = link.isUp();
        if (up != shownUp) {
            shownUp = up;
            describe(up);
        }
    }

    /** Ends the daemon's thread; false when it has not ended in time. */
    boolean stop() {
        Thread running = thread;
        if (running == null) {
            return true;
        }
        daemon.stop();
        try {
            return running.join(Duration.ofSeconds(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Removes the device; all threads have ended. */
    @Override
    public void close() {
        daemon.close();
        wakeUp.close();
    }

    /** Says what becomes of the device. */
    private static final class Log implements HostObserver {
        @Override
        public void down(String device, String reason) {
            LOG.log(System.Logger.Level.WARNING, "host interface " + device + " is down: " + reason);
        }

        @Override
        public void up(String device) {
            LOG.log(System.Logger.Level.INFO, "host interface " + device + " is in service again");
        }

        @Override
        public void failed(RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "interface daemon", defect);
        }
    }
}
