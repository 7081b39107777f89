package io.weir.node;

import io.weir.control.configuration.DriverConfiguration;
import io.weir.control.configuration.DriverConfiguration.Attach;
import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.linux.EthernetDevice;

/**
 * Which driver {@code driver: auto} takes:
 *
 * <ol>
 *   <li>af_xdp when the configuration asks for what only it can do: mode shared, a place for the XDP program, several
 *       queues, a ring size; an obstacle is then an error;
 *   <li>af_packet when there is an obstacle to af_xdp;
 *   <li>af_xdp for hardware: it takes frames before the kernel makes socket buffers of them;
 *   <li>af_xdp when another interface of the node uses it: segmented frames that af_packet receives cannot leave by af_xdp;
 *   <li>af_packet for virtual devices: they hand over TCP in segmented frames of up to 64 KiB, which af_packet passes on
 *       whole. Through a bridge of veths on two cores: 14 Gbit/s against 2.9. For small packets af_xdp is the faster one.
 * </ol>
 */
final class DriverRule {
    private DriverRule() {}

    /**
     * A driver and why.
     *
     * @param driver not {@link Driver#AUTO}
     * @param reason for people
     */
    record Choice(Driver driver, String reason) {}

    /** True when an interface is reached by af_xdp whatever the others are. */
    static boolean takesAfXdp(DriverConfiguration asked, EthernetDevice device, String obstacle) {
        return switch (asked.driver()) {
            case AF_XDP -> true;
            case AF_PACKET -> false;
            case AUTO -> !need(asked).isEmpty() || (obstacle.isEmpty() && device.isHardware());
        };
    }

    /**
     * The choice for one interface.
     *
     * @param obstacle why af_xdp cannot be used on it, or empty
     * @param afXdpElsewhere another interface of the node is reached by af_xdp
     */
    static Choice choose(DriverConfiguration asked, EthernetDevice device, String obstacle, boolean afXdpElsewhere) {
        if (asked.driver() != Driver.AUTO) {
            return new Choice(asked.driver(), "as configured");
        }
        String need = need(asked);
        if (!need.isEmpty()) {
            if (!obstacle.isEmpty()) {
                throw new NodeException(
                        ExitStatus.UNAVAILABLE,
                        "interface " + device.name() + ": " + need + " needs af_xdp, but " + obstacle);
            }
            return new Choice(Driver.AF_XDP, need + " needs it");
        }
        if (!obstacle.isEmpty()) {
            return new Choice(Driver.AF_PACKET, "no af_xdp: " + obstacle);
        }
        if (device.isHardware()) {
            return new Choice(Driver.AF_XDP, device.driver() + " is hardware");
        }
        if (afXdpElsewhere) {
            return new Choice(Driver.AF_XDP, "another interface uses it, and segmented frames cannot cross over");
        }
        String kind = device.driver().isEmpty() ? "a virtual device" : device.driver();
        return new Choice(
                Driver.AF_PACKET,
                kind + " hands over TCP in large segmented frames, which af_packet passes whole;"
                        + " driver: af_xdp is faster for small packets");
    }

    /** True when the configuration asks for what only af_xdp can do. */
    static boolean needsAfXdp(DriverConfiguration asked) {
        return asked.driver() == Driver.AF_XDP || !need(asked).isEmpty();
    }

    /** What the configuration asks for that only af_xdp can do; empty when nothing. */
    private static String need(DriverConfiguration asked) {
        if (asked.shared()) {
            return "mode: shared";
        }
        if (asked.attach() != Attach.AUTO) {
            return "xdp: " + asked.attach().name().toLowerCase(java.util.Locale.ROOT);
        }
        if (asked.queues().size() > 1) {
            return "a list of " + asked.queues().size() + " queues";
        }
        return asked.ringFrames() != 0 ? "ring: " + asked.ringFrames() : "";
    }
}
