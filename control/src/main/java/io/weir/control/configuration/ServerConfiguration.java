package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A back-end server.
 *
 * @param name unique name
 * @param addresses at most one address of each family; none when it is an application
 * @param weight default weight in services, 0..65535; 0 drains
 * @param tags what it has or can do
 * @param check name of its health check; null: it is taken to be up
 * @param load where its load comes from; null for its own reports only
 * @param application name of the network application that it is; null: a station with addresses
 */
public record ServerConfiguration(
        String name,
        List<IpAddress> addresses,
        int weight,
        List<String> tags,
        @Nullable String check,
        @Nullable LoadSourceConfiguration load,
        @Nullable String application) {
    public ServerConfiguration {
        addresses = List.copyOf(addresses);
        tags = List.copyOf(tags);
    }

    /** A station. */
    public ServerConfiguration(
            String name,
            List<IpAddress> addresses,
            int weight,
            List<String> tags,
            @Nullable String check,
            @Nullable LoadSourceConfiguration load) {
        this(name, addresses, weight, tags, check, load, null);
    }

    /** Without tags, check and source of load. */
    public ServerConfiguration(String name, List<IpAddress> addresses, int weight) {
        this(name, addresses, weight, List.of(), null, null);
    }
}
