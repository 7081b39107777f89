package io.weir.control.configuration;

import io.weir.wire.IpPrefix;
import io.weir.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network interface (a channel of Fig. 1). Its id is its position in the file, from 1.
 *
 * @param name name within the node, such as {@code ext0}
 * @param device the device of the operating system; by default the name
 * @param driver how weir reaches the device
 * @param addresses own addresses with prefix lengths; each makes a connected route
 * @param linkAddress link-layer address; null takes the device's
 * @param mtu greatest IP packet; 0 takes the device's
 * @param processor number of the switching processor that polls all its queues, from 0; -1 assigns evenly
 */
public record InterfaceConfiguration(
        String name,
        String device,
        DriverConfiguration driver,
        List<IpPrefix> addresses,
        @Nullable MacAddress linkAddress,
        int mtu,
        int processor) {
    public InterfaceConfiguration {
        addresses = List.copyOf(addresses);
    }

    /** Whether Linux would take the text as the name of a device: dev_valid_name of net/core/dev.c. */
    static boolean isDeviceName(String text) {
        return text.length() <= 15 && text.matches("[^\\s/:\\p{Cntrl}]+");
    }

    /** The same, polled by another processor and reached another way. */
    public InterfaceConfiguration with(DriverConfiguration otherDriver, int otherProcessor) {
        return new InterfaceConfiguration(name, device, otherDriver, addresses, linkAddress, mtu, otherProcessor);
    }
}
