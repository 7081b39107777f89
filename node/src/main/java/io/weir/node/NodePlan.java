package io.weir.node;

import io.weir.control.configuration.DriverConfiguration;
import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.control.configuration.HostConfiguration;
import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.linux.EthernetDevice;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.AfXdpOptions;
import io.weir.port.afxdp.Attach;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is decided before the shared memory is made and the interfaces are opened: their drivers, the processors of their
 * queues, the sizes of their rings.
 *
 * @param interfaces in the order of the configuration
 * @param control the interface of the control processor's own traffic; null without
 * @param host programs of the host that are reached through the switch; null without
 * @param rings rings between processors
 * @param rows rows of the queue table
 */
record NodePlan(
        List<InterfacePlan> interfaces,
        @Nullable InterfacePlan control,
        @Nullable HostConfiguration host,
        int rings,
        int rows) {
    /** Frames in a ring between processors: a few batches, 1 ms at one million frames per second. */
    static final int RING_FRAMES = 1024;

    private static final int LEAST_RING_FRAMES = 64;

    NodePlan {
        interfaces = List.copyOf(interfaces);
    }

    /** For a node that opens no interfaces. */
    static NodePlan none() {
        return new NodePlan(List.of(), null, null, 0, 0);
    }

    /** Looks at the devices in the calling thread's network namespace and decides. */
    static NodePlan of(NodeConfiguration configuration) {
        List<EthernetDevice> devices = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        boolean afXdp = false;
        for (InterfaceConfiguration face : configuration.interfaces()) {
            EthernetDevice device = EthernetDevice.of(face.device());
            String obstacle = obstacle(face, configuration.memory().bufferBytes());
            devices.add(device);
            obstacles.add(obstacle);
            afXdp |= DriverRule.takesAfXdp(face.driver(), device, obstacle);
        }
        return of(configuration, devices, obstacles, afXdp);
    }

    private static String obstacle(InterfaceConfiguration face, int bufferBytes) {
        if (face.driver().driver() != Driver.AUTO) {
            return "";
        }
        if (bufferBytes != 2048 && bufferBytes != 4096) {
            return "it takes packet buffers of 2048 or 4096 bytes, memory.buffer-size is " + bufferBytes;
        }
        // Chosen freely, af_xdp is worth it in the driver only.
        Attach attach = DriverRule.needsAfXdp(face.driver())
                ? Attach.valueOf(face.driver().attach().name())
                : Attach.NATIVE;
        return AfXdpInterface.obstacle(face.device(), attach);
    }

    /** Decides for devices that were looked at. */
    static NodePlan of(
            NodeConfiguration configuration, List<EthernetDevice> devices, List<String> obstacles, boolean afXdp) {
        int processors = configuration.processors().switching().size();
        List<DriverRule.Choice> choices = new ArrayList<>();
        List<List<Integer>> asked = new ArrayList<>();
        long freeRings = 0;
        for (int i = 0; i < devices.size(); i++) {
            InterfaceConfiguration face = configuration.interfaces().get(i);
            DriverRule.Choice choice = DriverRule.choose(face.driver(), devices.get(i), obstacles.get(i), afXdp);
            int queues = choice.driver() == Driver.AF_XDP ? devices.get(i).receiveQueues() : 1;
            check(face, devices.get(i), choice.driver());
            choices.add(choice);
            asked.add(
                    face.driver().queues().isEmpty()
                            ? Collections.nCopies(queues, face.processor())
                            : face.driver().queues());
            freeRings += choice.driver() == Driver.AF_XDP && face.driver().ringFrames() == 0 ? queues : 0;
        }
        int ringFrames = ringFrames(configuration, freeRings);
        List<List<Integer>> assigned = QueueAssignment.assign(asked, processors);
        List<InterfacePlan> plans = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            InterfaceConfiguration face = configuration.interfaces().get(i);
            int own = face.driver().ringFrames();
            plans.add(new InterfacePlan(
                    i + 1,
                    face,
                    choices.get(i).driver(),
                    choices.get(i).reason(),
                    assigned.get(i),
                    own != 0 ? own : ringFrames));
        }
        return new NodePlan(
                plans,
                null,
                configuration.host(),
                plans.stream().mapToInt(p -> p.rings(processors)).sum(),
                plans.stream().mapToInt(p -> p.rows(processors)).sum()
                        + (configuration.host() == null ? 0 : processors));
    }

    /**
     * The same with the {@linkplain ControlInterface control interface} of the configuration, polled by a processor that
     * has the fewest queues. Its device need not be there yet.
     */
    NodePlan withControl(NodeConfiguration configuration) {
        int[] queues = new int[configuration.processors().switching().size()];
        interfaces.forEach(plan -> plan.queues().forEach(processor -> queues[processor]++));
        int least = 0;
        for (int processor = 1; processor < queues.length; processor++) {
            least = queues[processor] < queues[least] ? processor : least;
        }
        InterfaceConfiguration face = new InterfaceConfiguration(
                ControlInterface.NAME,
                ControlInterface.device(configuration.name()),
                DriverConfiguration.DEFAULTS.with(Driver.AF_PACKET),
                List.of(),
                null,
                0,
                least);
        InterfacePlan plan = new InterfacePlan(
                ControlInterface.id(configuration),
                face,
                Driver.AF_PACKET,
                "health checks, polls of load and reports of this node",
                List.of(least),
                0);
        return new NodePlan(interfaces, plan, host, rings, rows + 1);
    }

    /** The same without a control interface. */
    NodePlan withoutControl() {
        return new NodePlan(interfaces, null, host, rings, rows);
    }

    /** Frames in each ring to and from the host; 0 when there are none. */
    int hostRingFrames() {
        return host == null ? 0 : host.ring();
    }

    /** What the file says against what the device has. */
    private static void check(InterfaceConfiguration face, EthernetDevice device, Driver driver) {
        DriverConfiguration asked = face.driver();
        int has = device.receiveQueues();
        if (driver == Driver.AF_XDP
                && !asked.queues().isEmpty()
                && asked.queues().size() != has) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    "interface " + face.name() + ": queues lists "
                            + asked.queues().size() + ", but " + device.name()
                            + " has " + has + " receive queues; list " + has + ", or `ethtool -L " + device.name()
                            + " combined " + asked.queues().size() + "`");
        }
        if (driver == Driver.AF_XDP && asked.spread() && has > 1) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    "interface " + face.name() + ": spread: true is for one receive queue, but " + device.name()
                            + " has " + has + "; leave it out, or `ethtool -L " + device.name() + " combined 1`");
        }
    }

    /** As large as usual, or as half of the packet buffers allow: each queue's fill ring takes as many as it has frames. */
    private static int ringFrames(NodeConfiguration configuration, long queues) {
        long left = configuration.memory().buffers() / 2L
                - configuration.interfaces().stream()
                        .mapToLong(f -> (long) f.driver().ringFrames()
                                * Math.max(1, f.driver().queues().size()))
                        .sum();
        if (queues == 0) {
            return AfXdpOptions.DEFAULT_RING_FRAMES;
        }
        long each = Long.highestOneBit(Math.max(0, left) / queues);
        if (each < LEAST_RING_FRAMES) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    "memory.buffers: " + configuration.memory().buffers() + " are too few for " + queues
                            + " receive queues; set memory.buffers: "
                            + Long.highestOneBit(queues * 4 * AfXdpOptions.DEFAULT_RING_FRAMES));
        }
        return (int) Math.min(each, AfXdpOptions.DEFAULT_RING_FRAMES);
    }
}
