package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The REST interface and the dashboard. They are always on the node's Unix socket.
 *
 * @param address to listen on as well; null for none. Other than loopback only with TLS
 * @param port TCP port
 * @param token file with the token; null for the one made at start, in the node's admin folder
 * @param certificate PEM chain, for TLS; null for none
 * @param key PEM private key (PKCS #8) of the certificate
 */
public record ManagementConfiguration(
        @Nullable IpAddress address,
        int port,
        @Nullable Path token,
        @Nullable Path certificate,
        @Nullable Path key) {
    public static final int DEFAULT_PORT = 7480;
    public static final ManagementConfiguration NONE =
            new ManagementConfiguration(null, DEFAULT_PORT, null, null, null);
}
