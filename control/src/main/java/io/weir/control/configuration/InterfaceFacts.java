package io.weir.control.configuration;

import io.weir.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * What only the running machine knows about an interface.
 *
 * @param linkAddress the device's link-layer address; null when there is no such device
 * @param mtu the device's greatest IP packet in bytes; 0 when there is no such device
 */
public record InterfaceFacts(@Nullable MacAddress linkAddress, int mtu) {
    /** Of a device that is not there. */
    public static final InterfaceFacts UNKNOWN = new InterfaceFacts(null, 0);
}
