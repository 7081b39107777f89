package io.weir.control.resource;

import io.weir.control.configuration.LoadSourceConfiguration;
import io.weir.wire.IpAddress;
import java.util.List;

/**
 * A server that is asked for its load.
 *
 * @param addresses tried in this order
 */
public record PolledServer(String name, List<IpAddress> addresses, LoadSourceConfiguration source) {
    public PolledServer {
        addresses = List.copyOf(addresses);
    }
}
