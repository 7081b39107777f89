package io.weir.management;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Serves a node's REST API, events, metrics and dashboard: always on a Unix socket, and on a TCP port if one is asked for.
 * Requests run on virtual threads, what they ask of the node on two platform threads; {@link Limits} bounds the rest.
 */
public final class ManagementServer implements AutoCloseable {
    private static final long IDLE_MS = 20_000;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int POOLED_BYTES = 2 << 20;
    private static final int THREADS = 6;

    private final Server server;
    private final Path socket;
    private final @Nullable ServerConnector tcp;
    private final List<AutoCloseable> parts;

    /**
     * What to serve beside the Unix socket.
     *
     * @param address where to listen for TCP; port 0 takes a free one; null for no TCP. Other than loopback only with TLS
     * @param certificate PEM chain, for TLS; null for none
     * @param key PEM private key (PKCS #8) of the certificate; null exactly when there is no certificate
     * @param hostNames names of this machine that callers may use, beside those in the certificate, {@code localhost} and
     *     addresses
     */
    public record Options(
            @Nullable InetSocketAddress address,
            @Nullable Path certificate,
            @Nullable Path key,
            List<String> hostNames) {
        /** The Unix socket alone. */
        public static final Options UNIX_ONLY = new Options(null, null, null, List.of());

        public Options {
            hostNames = List.copyOf(hostNames);
            if ((certificate == null) != (key == null)) {
                throw new IllegalArgumentException("management: certificate and key go together, one is missing");
            }
            if (address != null && address.getAddress() == null) {
                throw new IllegalArgumentException("management: address " + address + " is not resolved");
            }
            if (address != null && certificate == null && !address.getAddress().isLoopbackAddress()) {
                throw new IllegalArgumentException("management: address " + address
                        + " is not a loopback address, which takes TLS (give certificate and key)");
            }
        }

        /** TCP without TLS on a loopback address. */
        public static Options loopback(int port) {
            return new Options(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), null, null, List.of());
        }
    }

    private ManagementServer(Server server, Path socket, @Nullable ServerConnector tcp, List<AutoCloseable> parts) {
        this.server = server;
        this.socket = socket;
        this.tcp = tcp;
        this.parts = parts;
    }

    /**
     * Starts to serve.
     *
     * @param socket Unix socket to make, in a folder that only its owner may enter; a socket that is there is replaced
     * @param token what callers must present
     * @throws IOException when an address or the socket cannot be had, or certificate or key cannot be used
     */
    public static ManagementServer start(Options options, ManagedNode node, Path socket, String token)
            throws IOException {
        return start(options, node, socket, token, Limits.DEFAULT);
    }

    static ManagementServer start(Options options, ManagedNode node, Path socket, String token, Limits limits)
            throws IOException {
        if (token.isBlank()) {
            throw new IllegalArgumentException("management: the token is empty");
        }
        List<AutoCloseable> parts = new ArrayList<>();
        NodeDocuments documents = new NodeDocuments(node, limits.snapshotAge());
        EventSource events = new EventSource(documents, limits.tick(), limits.listeners());
        Routes routes = new Routes(node, documents, events::changed, limits.change());
        parts.addAll(List.of(events, routes, documents));
        ApiHandler.Shared shared = new ApiHandler.Shared(
                routes,
                events,
                new StaticFiles("dashboard"),
                limits,
                new Semaphore(limits.requests()),
                new Semaphore(limits.uploads()));
        try {
            return start(options, socket, token, limits, shared, parts);
        } catch (IOException | RuntimeException e) {
            closeAll(parts);
            throw e;
        }
    }

    private static ManagementServer start(
            Options options,
            Path socket,
            String token,
            Limits limits,
            ApiHandler.Shared shared,
            List<AutoCloseable> parts)
            throws IOException {
        Server server = server();
        Files.deleteIfExists(socket);
        UnixDomainServerConnector unix = new UnixDomainServerConnector(server, 0, 1, http());
        unix.setUnixDomainPath(socket);
        unix.setIdleTimeout(IDLE_MS);
        ApiHandler onUnix = new ApiHandler(
                new ApiHandler.Listener(watch(unix, limits, null, parts), null, gate(token, limits), null), shared);
        server.addConnector(unix);
        ServerConnector tcp = null;
        ApiHandler onTcp = null;
        InetSocketAddress address = options.address();
        if (address != null) {
            List<String> names = new ArrayList<>(options.hostNames());
            tcp = tcp(server, address, options, names);
            ConnectionWatch watch = watch(
                    tcp, limits, new RateLimiter(limits.requestsPerSecond(), 2.0 * limits.requestsPerSecond()), parts);
            RateLimiter requests = new RateLimiter(limits.requestsPerSecond(), 2.0 * limits.requestsPerSecond());
            onTcp = new ApiHandler(
                    new ApiHandler.Listener(watch, requests, gate(token, limits), new Origins(names)), shared);
            server.addConnector(tcp);
        }
        server.setHandler(new ByListener(onUnix, unix, onTcp == null ? onUnix : onTcp));
        server.setErrorHandler(new ErrorAnswers());
        ManagementServer started = new ManagementServer(server, socket, tcp, parts);
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return started;
        } catch (Exception e) {
            started.close();
            throw new IOException(
                    "management: cannot listen on " + socket + (address == null ? "" : " and " + address) + ": "
                            + rootMessage(e),
                    e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable at = e;
        for (Throwable cause = at.getCause(); cause != null; cause = cause.getCause()) {
            at = cause;
        }
        return String.valueOf(at.getMessage());
    }

    private static Server server() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName("management");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("management-request").factory()));
        ArrayByteBufferPool buffers = new ArrayByteBufferPool(0, 4096, 64 << 10, 64, POOLED_BYTES, POOLED_BYTES);
        Server server = new Server(threads, new ScheduledExecutorScheduler("management-timer", true), buffers);
        server.setStopTimeout(0);
        return server;
    }

    private static HttpConnectionFactory http() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(HEADER_BYTES);
        configuration.setOutputBufferSize(HEADER_BYTES);
        return new HttpConnectionFactory(configuration);
    }

    private static ServerConnector tcp(Server server, InetSocketAddress address, Options options, List<String> names)
            throws IOException {
        ServerConnector tcp;
        Path certificate = options.certificate();
        Path key = options.key();
        if (certificate != null && key != null) {
            ServerIdentity identity = ServerIdentity.read(certificate, key);
            names.addAll(identity.names());
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStore(identity.keyStore());
            tls.setKeyStorePassword("");
            tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            tls.setSniRequired(false);
            tls.setRenegotiationAllowed(false);
            HttpConnectionFactory http = http();
            // Host names are checked by Origins, which also takes addresses.
            http.getHttpConfiguration().addCustomizer(new SecureRequestCustomizer(false));
            tcp = new ServerConnector(server, 0, 1, new SslConnectionFactory(tls, "http/1.1"), http);
        } else {
            tcp = new ServerConnector(server, 0, 1, http());
        }
        tcp.setHost(address.getAddress().getHostAddress());
        tcp.setPort(address.getPort());
        tcp.setIdleTimeout(IDLE_MS);
        return tcp;
    }

    private static TokenGate gate(String token, Limits limits) {
        return new TokenGate(token, new RateLimiter(limits.failuresPerSecond(), limits.failuresBurst()));
    }

    private static ConnectionWatch watch(
            AbstractConnector connector, Limits limits, @Nullable RateLimiter opened, List<AutoCloseable> parts) {
        ConnectionWatch watch = new ConnectionWatch(limits, opened);
        connector.addEventListener(watch);
        parts.add(watch);
        return watch;
    }

    /** Sends each request to the handler of the listener it came by. */
    private static final class ByListener extends Handler.Abstract {
        private final ApiHandler onUnix;
        private final Connector unix;
        private final ApiHandler others;

        ByListener(ApiHandler onUnix, Connector unix, ApiHandler others) {
            this.onUnix = onUnix;
            this.unix = unix;
            this.others = others;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            boolean isUnix = unix.equals(request.getConnectionMetaData().getConnector());
            return (isUnix ? onUnix : others).handle(request, response, callback);
        }
    }

    /** The TCP address that is listened on, with its port; empty when there is none. */
    public Optional<InetSocketAddress> address() {
        return Optional.ofNullable(tcp).map(each -> new InetSocketAddress(each.getHost(), each.getLocalPort()));
    }

    /** Ends all connections and takes the socket away. */
    @Override
    public void close() {
        closeAll(parts);
        try {
            server.stop();
            Files.deleteIfExists(socket);
        } catch (Exception e) {
            System.getLogger(ManagementServer.class.getName())
                    .log(System.Logger.Level.WARNING, "closing the management server: " + e.getMessage());
        }
    }

    private static void closeAll(List<AutoCloseable> parts) {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("parts close without failing", e);
            }
        }
    }
}
