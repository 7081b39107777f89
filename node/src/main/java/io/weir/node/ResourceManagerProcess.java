package io.weir.node;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportSession;
import io.weir.agent.report.ReportVerifier;
import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.control.resource.ReportForwarder;
import io.weir.control.resource.ReportHttpListener;
import io.weir.control.resource.ReportReceiver;
import io.weir.control.resource.ReportTally;
import io.weir.control.resource.ResourceManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A resource manager outside a node: takes reports by UDP and HTTP on one port, and sends the newest of each server on. */
final class ResourceManagerProcess implements AutoCloseable {
    /** Servers that are remembered when none are configured. */
    static final int MOST_SERVERS = 8192;

    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

    /**
     * What it does.
     *
     * @param listen where reports arrive; port 0 for any
     * @param node where they are sent
     * @param nodeKey authenticates them there
     * @param servers whose reports are taken; empty for any
     * @param window greatest difference between a report's time and ours
     * @param reportsPerSecond greatest number of reports looked at per second
     * @param rest between two rounds of sending
     */
    record Options(
            InetSocketAddress listen,
            List<Permission> keys,
            InetSocketAddress node,
            ReportKey nodeKey,
            Set<String> servers,
            Duration window,
            int reportsPerSecond,
            Duration rest) {}

    private final ReportTally tally = new ReportTally();
    private final DatagramChannel datagrams;
    private final ServerSocketChannel connections;
    private final ReportForwarder forwarder;
    private final ReportReceiver receiver;
    private final ReportHttpListener http;

    private ResourceManagerProcess(Options options, Sockets sockets, Consumer<LoadReport> forwarded)
            throws IOException {
        datagrams = sockets.datagrams;
        connections = sockets.connections;
        forwarder = new ReportForwarder(
                sockets.node, new ReportSession(options.nodeKey), System::currentTimeMillis, forwarded);
        ResourceManager resources = new ResourceManager(forwarder);
        if (options.servers.isEmpty()) {
            resources.configureAny(MOST_SERVERS);
        } else {
            resources.configure(options.servers);
        }
        ReportVerifier verifier = new ReportVerifier(
                options.keys,
                options.window,
                resources::isKnown,
                Math.max(MOST_SERVERS, options.keys.size() * options.servers.size()),
                System::currentTimeMillis);
        receiver = new ReportReceiver(
                verifier,
                resources,
                tally,
                options.reportsPerSecond,
                () -> System.nanoTime() / 1_000_000,
                System::nanoTime);
        forwarder.start(options.rest);
        receiver.listen(datagrams);
        http = new ReportHttpListener(connections, receiver, tally);
    }

    private record Sockets(DatagramChannel node, DatagramChannel datagrams, ServerSocketChannel connections) {}

    /**
     * Begins.
     *
     * @param forwarded is told of each report that was sent on
     * @throws NodeException when an address cannot be used
     */
    static ResourceManagerProcess start(Options options, Consumer<LoadReport> forwarded) {
        DatagramChannel node = null;
        DatagramChannel datagrams = null;
        ServerSocketChannel connections = null;
        try {
            node = DatagramChannel.open();
            datagrams = DatagramChannel.open();
            connections = ServerSocketChannel.open();
            node.connect(options.node);
            datagrams.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            datagrams.bind(options.listen);
            // The same port, also when any was asked for.
            connections.bind(datagrams.getLocalAddress());
            return new ResourceManagerProcess(options, new Sockets(node, datagrams, connections), forwarded);
        } catch (IOException e) {
            for (AutoCloseable socket : new AutoCloseable[] {node, datagrams, connections}) {
                close(socket);
            }
            throw new NodeException(
                    ExitStatus.UNAVAILABLE,
                    "--listen " + options.listen + " or --node " + options.node + " cannot be used: " + e);
        }
    }

    /** Where it listens, with the real port. */
    InetSocketAddress address() {
        try {
            return (InetSocketAddress) datagrams.getLocalAddress();
        } catch (IOException e) {
            throw new NodeException(ExitStatus.FAILED, "the report socket is closed");
        }
    }

    /** What became of the reports so far. */
    ReportTally tally() {
        return tally;
    }

    @Override
    public void close() {
        receiver.close();
        close(http);
        close(forwarder);
    }

    private static void close(@org.jspecify.annotations.Nullable AutoCloseable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (Exception e) {
            System.getLogger(ResourceManagerProcess.class.getName())
                    .log(System.Logger.Level.WARNING, "a socket could not be closed: " + e);
        }
    }
}
