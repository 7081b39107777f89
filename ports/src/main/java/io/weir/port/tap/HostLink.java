package io.weir.port.tap;

import io.weir.port.PortCapabilities;
import io.weir.port.relay.WakeUp;

/** What the switching processors' ends of the host interface and the interface daemon share beside their rings. */
public final class HostLink {
    private static final String DRIVER = "tap";

    private final int id;
    private final String name;
    private final PortCapabilities capabilities;
    private final WakeUp daemon;
    private volatile boolean up;

    /**
     * The host interface of a node.
     *
     * @param id number of the interface within the node
     * @param name of the device
     * @param linkAddress of weir's end, to which the host's frames are sent: 48 bits, first octet highest
     * @param mtu greatest IP packet in bytes
     * @param daemon wakes the interface daemon
     */
    public HostLink(int id, String name, long linkAddress, int mtu, WakeUp daemon) {
        this.id = id;
        this.name = name;
        this.daemon = daemon;
        // The kernel takes a frame with whatever work is left: it is at its destination.
        this.capabilities = new PortCapabilities(DRIVER, linkAddress, mtu, true, true, false);
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    PortCapabilities capabilities() {
        return capabilities;
    }

    WakeUp daemon() {
        return daemon;
    }

    /** True while programs of the host can send and receive by the device. */
    public boolean isUp() {
        return up;
    }

    /** By the daemon. */
    void setUp(boolean now) {
        up = now;
    }
}
