package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What the side pinned by a {@link ConfigurationReader} says about the control processor's own sockets: health checks,
 * reports, the management interface. Allocation-free. Also writes and lists it. Layout: {@link ConfigurationLayout}.
 */
public final class ControlView {
    private MemorySegment side = MemorySegment.NULL;
    private int interfaceId;

    ControlView() {}

    void pin(MemorySegment pinned, boolean isWritten) {
        side = pinned;
        interfaceId = isWritten ? pinned.get(U32, CONTROL_INTERFACE) : 0;
    }

    /** Id of the interface behind which the sockets are, or 0. */
    public int interfaceId() {
        return interfaceId;
    }

    /** Link-layer address behind that interface, 48 bits, first octet highest. */
    public long linkAddress() {
        return side.get(U64, CONTROL_LINK_ADDRESS);
    }

    /** Packets that may be handed to the interface per second and processor. */
    public int packetsPerSecond() {
        return side.get(U32, CONTROL_PACKETS);
    }

    /** True when one of the sockets uses the port. */
    public boolean isPort(int port) {
        return PortRanges.contain(side, CONTROL_PORTS, side.get(U32, CONTROL_PORT_COUNT), port);
    }

    /** Fails with {@link IllegalArgumentException} when a number is out of range or the list of ports too long. */
    static void check(Settings settings, int interfaces) {
        int id = settings.controlInterface();
        require(id >= 0 && id <= interfaces, "control interface", id, interfaces);
        PortRanges.check(settings.controlPorts(), MAX_CONTROL_PORTS, "control port");
    }

    /** Writes what belongs into the header of a side. */
    static void write(MemorySegment side, Settings settings) {
        side.set(U32, CONTROL_INTERFACE, settings.controlInterface());
        side.set(U32, CONTROL_PACKETS, settings.controlPacketsPerSecond());
        side.set(U64, CONTROL_LINK_ADDRESS, settings.controlLinkAddress());
        side.set(U32, CONTROL_PORT_COUNT, settings.controlPorts().size());
        PortRanges.write(side, CONTROL_PORTS, settings.controlPorts());
    }

    /** The ports of a side that has been written. */
    static List<PortRange> readPorts(MemorySegment side) {
        return PortRanges.read(side, CONTROL_PORTS, Math.min(side.get(U32, CONTROL_PORT_COUNT), MAX_CONTROL_PORTS));
    }
}
