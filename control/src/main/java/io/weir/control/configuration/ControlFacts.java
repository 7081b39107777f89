package io.weir.control.configuration;

import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.wire.MacAddress;
import java.util.List;

/**
 * What is known of the interface by which the control processor's own sockets reach the network. It comes after the
 * configured ones.
 *
 * @param name shown
 * @param linkAddress of weir's end
 * @param peerLinkAddress of the sockets' end
 * @param mtu greatest IP packet in bytes
 * @param ports of own addresses that the sockets use
 * @param packetsPerSecond packets handed to it per second and switching processor
 */
public record ControlFacts(
        String name,
        MacAddress linkAddress,
        MacAddress peerLinkAddress,
        int mtu,
        List<PortRange> ports,
        int packetsPerSecond) {
    public ControlFacts {
        ports = List.copyOf(ports);
    }
}
