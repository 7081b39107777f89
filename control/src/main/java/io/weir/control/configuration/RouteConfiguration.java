package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A static route.
 *
 * @param destination the network
 * @param gateway the next hop; null when destinations are on the link of {@code interfaceName}
 * @param interfaceName the interface; null takes the one whose network has the gateway
 */
public record RouteConfiguration(
        IpPrefix destination,
        @Nullable IpAddress gateway,
        @Nullable String interfaceName) {}
