package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.util.List;

/**
 * A back-end server.
 *
 * @param name unique name
 * @param addresses at most one address of each family
 * @param weight default weight in services, 0..65535; 0 drains
 */
public record ServerConfiguration(String name, List<IpAddress> addresses, int weight) {
    public ServerConfiguration {
        addresses = List.copyOf(addresses);
    }
}
