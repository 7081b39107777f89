package io.weir.control.configuration;

import io.weir.wire.MacAddress;

/**
 * What is known of the interface behind which the host's programs are. Its id is two more than that of the last
 * configured interface, whether or not there is a control interface.
 *
 * @param name shown
 * @param linkAddress of weir's end
 * @param peerLinkAddress of the host's device
 * @param mtu greatest IP packet in bytes
 */
public record HostFacts(String name, MacAddress linkAddress, MacAddress peerLinkAddress, int mtu) {}
