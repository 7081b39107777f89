package io.weir.control.configuration;

import static io.weir.control.configuration.ConfigurationKey.*;

import io.weir.control.configuration.DriverConfiguration.Attach;
import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.control.configuration.DriverConfiguration.Mode;
import io.weir.control.configuration.YamlSection.Problems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the keys of an interface that say how weir reaches it, and refuses those that contradict each other. */
final class DriverReader {
    /** Receive queues of an interface. */
    static final int MOST_QUEUES = 64;

    /** Bytes the kernel leaves free before a received frame (XDP_PACKET_HEADROOM, include/uapi/linux/bpf.h). */
    private static final int XDP_HEADROOM_BYTES = 256;
    /** Buffers of one frame (MAX_SKB_FRAGS of include/linux/skbuff.h). */
    private static final int MOST_PIECES = 17;
    /** Ethernet header with one tag. */
    private static final int LINK_HEADER_BYTES = 18;

    private static final int LEAST_RING = 64;
    private static final int GREATEST_RING = 32_768;

    private final Problems problems;
    private final int processors;
    private final MemoryConfiguration memory;
    /** Buffers that the rings of the interfaces read so far take. */
    private long ringBuffers;

    DriverReader(Problems problems, int processors, MemoryConfiguration memory) {
        this.problems = problems;
        this.processors = processors;
        this.memory = memory;
    }

    DriverConfiguration read(YamlSection section, int mtu) {
        Driver driver = driver(section);
        Mode mode = section.choice(INTERFACE_MODE, Mode.EXCLUSIVE, Mode.class);
        Attach attach = section.choice(INTERFACE_XDP, Attach.AUTO, Attach.class);
        List<Integer> queues = queues(section);
        boolean spread = section.flag(INTERFACE_SPREAD, false);
        int ring = ring(section, driver, Math.max(1, queues.size()));
        if (driver == Driver.AF_PACKET) {
            refuseOfAfPacket(section, mode, attach, queues);
        }
        if (driver == Driver.AF_XDP) {
            checkBuffers(section, mtu);
        }
        if (spread && processors == 1) {
            section.problem(
                    INTERFACE_SPREAD,
                    "true needs a second switching processor to spread to",
                    "set processors.switching, or leave it out");
        }
        if (spread && queues.size() > 1) {
            section.problem(
                    INTERFACE_SPREAD,
                    "true contradicts queues with " + queues.size() + " elements: the device spreads already",
                    "keep one of the two");
        }
        return new DriverConfiguration(driver, mode == Mode.SHARED, attach, queues, spread, ring);
    }

    private static Driver driver(YamlSection section) {
        String text = section.text(INTERFACE_DRIVER).orElse("auto");
        List<String> known = Arrays.stream(Driver.values()).map(Driver::key).toList();
        for (Driver driver : Driver.values()) {
            if (driver.key().equals(text)) {
                return driver;
            }
        }
        section.problem(
                INTERFACE_DRIVER,
                "'" + Problems.shown(text) + "' is not one of " + String.join(", ", known),
                Suggestions.closest(text, known)
                        .map(n -> "did you mean " + n + "?")
                        .orElse(""));
        return Driver.AUTO;
    }

    private List<Integer> queues(YamlSection section) {
        List<Integer> queues = new ArrayList<>();
        for (Node node : section.list(INTERFACE_QUEUES, MOST_QUEUES)) {
            String what = "queues: processor of queue " + queues.size();
            queues.add(problems.scalar(node, what)
                    .map(t -> (int) problems.number(node, what, t, 0, 0, processors - 1L))
                    .orElse(0));
        }
        if (section.has(INTERFACE_QUEUES)) {
            if (queues.isEmpty()) {
                section.problem(INTERFACE_QUEUES, "names no processor", "queues: [0], or leave it out");
            }
            if (section.has(INTERFACE_PROCESSOR)) {
                section.problem(
                        INTERFACE_QUEUES,
                        "contradicts processor, which names one for all queues",
                        "keep one of the two");
            }
        }
        return queues;
    }

    private int ring(YamlSection section, Driver driver, int queues) {
        int ring = (int) section.number(INTERFACE_RING, 0, LEAST_RING, GREATEST_RING);
        if (ring == 0) {
            return 0;
        }
        if (Integer.bitCount(ring) != 1) {
            section.problem(INTERFACE_RING, ring + " is not a power of two", "try " + 2 * Integer.highestOneBit(ring));
            return 0;
        }
        if (driver == Driver.AF_PACKET) {
            section.problem(INTERFACE_RING, "has no meaning with driver: af_packet", "leave it out");
            return 0;
        }
        ringBuffers += (long) ring * queues;
        if (ringBuffers > memory.buffers()) {
            section.problem(
                    INTERFACE_RING,
                    ring + " frames of " + queues + (queues == 1 ? " queue" : " queues")
                            + " make the rings so far take " + ringBuffers + " buffers > memory.buffers "
                            + memory.buffers(),
                    "set memory.buffers: " + 2 * ringBuffers);
        }
        return ring;
    }

    private static void refuseOfAfPacket(YamlSection section, Mode mode, Attach attach, List<Integer> queues) {
        if (mode == Mode.SHARED) {
            section.problem(
                    INTERFACE_MODE,
                    "shared needs an XDP program, which driver: af_packet has not",
                    "use driver: af_xdp or mode: exclusive");
        }
        if (attach != Attach.AUTO) {
            section.problem(INTERFACE_XDP, "has no meaning with driver: af_packet", "use driver: af_xdp");
        }
        if (queues.size() > 1) {
            section.problem(
                    INTERFACE_QUEUES,
                    queues.size() + " elements > 1: driver: af_packet has one queue",
                    "use spread: true, or driver: af_xdp");
        }
    }

    private void checkBuffers(YamlSection section, int mtu) {
        int bytes = memory.bufferBytes();
        if (bytes != 2048 && bytes != 4096) {
            section.problem(
                    INTERFACE_DRIVER,
                    "af_xdp takes packet buffers of 2048 or 4096 bytes, memory.buffer-size is " + bytes,
                    "set memory.buffer-size: " + (bytes < 2048 ? 2048 : 4096));
            return;
        }
        int greatest = MOST_PIECES * (bytes - XDP_HEADROOM_BYTES) - LINK_HEADER_BYTES;
        if (mtu > greatest) {
            section.problem(
                    INTERFACE_MTU,
                    mtu + " > " + greatest + ", what " + MOST_PIECES + " buffers of " + bytes
                            + " bytes hold with af_xdp",
                    bytes < 4096 ? "set memory.buffer-size: 4096" : "lower it, or use driver: af_packet");
        }
    }
}
