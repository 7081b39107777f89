package io.weir.linux;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How a {@link TapDevice} is made.
 *
 * @param device name of the device, 1 to 15 bytes
 * @param linkAddress of the device, 48 bits, first octet highest, locally administered and not of a group
 * @param mtu greatest IP packet in bytes, 68 to 65521
 * @param queues 1 to 256
 * @param segmentation true when the kernel may hand over TCP segments of up to 64 KB, to be cut later
 * @param addresses that the kernel has on the device, without a network around them
 * @param routes by the device; those of a family without an address are passed over
 */
public record TapSettings(
        String device,
        long linkAddress,
        int mtu,
        int queues,
        boolean segmentation,
        List<InetAddress> addresses,
        List<Route> routes) {
    /** MAX_TAP_QUEUES of include/linux/if_tap.h. */
    private static final int MOST_QUEUES = 256;

    private static final int LONGEST_NAME = 15;
    /** RFC 791; and what the driver takes: 65,535 less its Ethernet header. */
    private static final int LEAST_MTU = 68;

    private static final int GREATEST_MTU = 65_521;
    private static final long LOCAL_BIT = 1L << 41;
    private static final long GROUP_BIT = 1L << 40;

    /**
     * Packets to a prefix leave by the device.
     *
     * @param prefix an address whose bits behind the prefix are zeros
     * @param length of the prefix in bits
     */
    public record Route(InetAddress prefix, int length) {
        @Override
        public String toString() {
            return prefix.getHostAddress() + "/" + length;
        }
    }

    public TapSettings {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        int bytes = device.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "device: \"" + device + "\" has " + bytes + " bytes, not 1 to " + LONGEST_NAME);
        }
        if ((linkAddress & LOCAL_BIT) == 0 || (linkAddress & GROUP_BIT) != 0 || linkAddress >>> 48 != 0) {
            throw new IllegalArgumentException("link-layer address 0x" + Long.toHexString(linkAddress)
                    + " is not a locally administered one of a single station");
        }
        if (mtu < LEAST_MTU || mtu > GREATEST_MTU) {
            throw new IllegalArgumentException("mtu: " + mtu + " is not in " + LEAST_MTU + ".." + GREATEST_MTU);
        }
        if (queues < 1 || queues > MOST_QUEUES) {
            throw new IllegalArgumentException("queues: " + queues + " are not 1 to " + MOST_QUEUES);
        }
    }
}
