package io.weir.node;

import io.weir.control.configuration.ManagementConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.management.ManagedNode;
import io.weir.management.ManagementServer;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node's REST interface: on its Unix socket, and where the configuration says. */
final class Management implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Management.class.getName());

    private static final int TOKEN_BYTES = 32;
    private static final int LEAST_TOKEN = 16;
    private static final int GREATEST_TOKEN = 4096;

    private final ManagementServer server;
    private final Path token;

    private Management(ManagementServer server, Path token) {
        this.server = server;
        this.token = token;
    }

    /**
     * Starts to serve, taking over what a dead node of that name left behind.
     *
     * @throws NodeException when the token's file is not fit for use
     */
    static Management start(NodeConfiguration configuration, ManagedNode node) throws IOException {
        Path folder = AdminSocket.ownFolder();
        ManagementConfiguration asked = configuration.management();
        String token = asked.token() == null ? newToken() : read(asked.token());
        Path file = AdminSocket.token(folder, configuration.name());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token, StandardOpenOption.WRITE);
        ManagementServer.Options options = new ManagementServer.Options(
                asked.address() == null ? null : new InetSocketAddress(address(asked.address()), asked.port()),
                asked.certificate(),
                asked.key(),
                List.of());
        Path socket = AdminSocket.socket(folder, configuration.name());
        return new Management(ManagementServer.start(options, node, socket, token), file);
    }

    /** Ends the server; socket and token are removed. */
    @Override
    public void close() {
        server.close();
        try {
            Files.deleteIfExists(token);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "removing " + token + ": " + e.getMessage());
        }
    }

    private static String newToken() {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    private static String read(Path file) {
        try {
            if (PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                    .endsWith("---")) {
                byte[] bytes = Files.size(file) > GREATEST_TOKEN ? new byte[0] : Files.readAllBytes(file);
                String token = new String(bytes, StandardCharsets.UTF_8).strip();
                if (token.length() >= LEAST_TOKEN && token.matches("[\\x21-\\x7e]+")) {
                    return token;
                }
                throw refused(
                        file, "has no token: " + LEAST_TOKEN + " or more printable characters without spaces", null);
            }
            throw refused(file, "can be read by others: chmod 600 " + file, null);
        } catch (IOException e) {
            throw refused(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static NodeException refused(Path file, String what, @Nullable Exception cause) {
        NodeException e = new NodeException(ExitStatus.REFUSED, "management.token-file: " + file + " " + what);
        if (cause != null) {
            e.initCause(cause);
        }
        return e;
    }

    private static InetAddress address(IpAddress address) {
        try {
            return InetAddress.getByName(address.toString());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address in numbers needs no look-up: " + address, e);
        }
    }
}
