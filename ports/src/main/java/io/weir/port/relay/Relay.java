package io.weir.port.relay;

import io.weir.memory.ring.FrameRing;
import io.weir.port.PortCapabilities;

/**
 * What the two ends of a relay share: the ring, and the state of the interface as the owner of its queue last saw it.
 */
public final class Relay {
    private final int id;
    private final String name;
    private final FrameRing ring;
    private final WakeUp owner;
    private volatile PortCapabilities capabilities;
    private volatile boolean up;

    /**
     * A relay to the processor that owns a queue of an interface.
     *
     * @param owner wakes that processor
     * @param capabilities of the interface as it was opened
     */
    public Relay(int id, String name, FrameRing ring, WakeUp owner, PortCapabilities capabilities, boolean up) {
        this.id = id;
        this.name = name;
        this.ring = ring;
        this.owner = owner;
        this.capabilities = capabilities;
        this.up = up;
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    FrameRing ring() {
        return ring;
    }

    WakeUp owner() {
        return owner;
    }

    PortCapabilities capabilities() {
        return capabilities;
    }

    boolean isUp() {
        return up;
    }

    /** By the owner. */
    void follow(boolean nowUp, PortCapabilities now) {
        if (up != nowUp) {
            up = nowUp;
        }
        if (!capabilities.equals(now)) {
            capabilities = now;
        }
    }
}
