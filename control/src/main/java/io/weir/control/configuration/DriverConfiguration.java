package io.weir.control.configuration;

import java.util.List;
import java.util.Locale;

/**
 * How weir reaches an interface and which switching processors poll it.
 *
 * @param driver which way to the device
 * @param shared af_xdp: leave what is not for a service or an own address to the kernel
 * @param attach af_xdp: where the XDP program runs
 * @param queues the switching processor of each receive queue, from queue 0; empty assigns them evenly
 * @param spread true when the frames of one receive queue are spread over all switching processors by flow
 * @param ringFrames af_xdp: frames in each ring of a queue; 0 takes as many as the packet buffers allow
 */
public record DriverConfiguration(
        Driver driver, boolean shared, Attach attach, List<Integer> queues, boolean spread, int ringFrames) {
    /** What is taken when the file says nothing. */
    public static final DriverConfiguration DEFAULTS =
            new DriverConfiguration(Driver.AUTO, false, Attach.AUTO, List.of(), false, 0);

    public DriverConfiguration {
        queues = List.copyOf(queues);
    }

    /** The same by another driver. */
    public DriverConfiguration with(Driver other) {
        return new DriverConfiguration(other, shared, attach, queues, spread, ringFrames);
    }

    /** The ways to a device. */
    public enum Driver {
        /** The best that works. */
        AUTO,
        /** AF_XDP sockets: the kernel puts frames straight into packet storage. */
        AF_XDP,
        /** Packet sockets: any interface, without capabilities beyond CAP_NET_RAW; segmented frames pass whole. */
        AF_PACKET;

        /** As it is written. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who has the interface. */
    public enum Mode {
        /** Every frame goes to weir. */
        EXCLUSIVE,
        /** Frames for services and own addresses go to weir, the rest to the kernel. */
        SHARED
    }

    /** Where the XDP program of an interface runs. */
    public enum Attach {
        /** In the driver when it can, else in the network stack. */
        AUTO,
        /** In the driver. */
        NATIVE,
        /** In the network stack. */
        GENERIC
    }
}
