package io.weir.node;

import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportVerifier;
import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.control.Balancer;
import io.weir.control.ControlProcessor;
import io.weir.control.ControlProcessor.UnknownNameException;
import io.weir.control.Desired;
import io.weir.control.Generation;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ReportsConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.control.health.CheckedServer;
import io.weir.control.health.HealthChecker;
import io.weir.control.health.HealthEvent;
import io.weir.control.network.ControlNetwork;
import io.weir.control.resource.LoadPollers;
import io.weir.control.resource.PolledServer;
import io.weir.control.resource.ReportReceiver;
import io.weir.control.resource.ResourceListener;
import io.weir.control.resource.ResourceManager;
import io.weir.control.resource.ServerLoad;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.memory.server.ServerStatusTable;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.DatagramChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The control side of a running node: reports, polls and health checks come in here, decisions go into the shared memory.
 * Any thread may call.
 */
final class NodeControl implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeControl.class.getName());

    private final Supplier<List<InterfaceFacts>> facts;
    private final Consumer<NodeConfiguration> follower;
    private final ResourceManager resources;
    private final Balancer balancer;
    private final ControlProcessor processor;
    private final ReportVerifier verifier;
    private final ReportReceiver receiver;
    private final @Nullable ControlNetwork network;
    private final @Nullable HealthChecker checker;
    private final @Nullable LoadPollers pollers;
    private List<InterfaceFacts> appliedFacts = List.of();

    /**
     * A control side without a configuration.
     *
     * @param table that it alone writes from now on
     * @param facts of the interfaces, as they are now
     * @param network for the control processor's sockets; null when there is none
     * @param follower told of every configuration file that came into force
     */
    NodeControl(
            NodeMemory memory,
            ConfigurationTable table,
            Supplier<List<InterfaceFacts>> facts,
            @Nullable ControlNetwork network,
            Consumer<NodeConfiguration> follower) {
        this.facts = facts;
        this.network = network;
        this.follower = follower;
        ServerStatusTable status = memory.serverStatus();
        resources = new ResourceManager(new Staleness());
        balancer = new Balancer(resources, status, memory.countersReader(), memory.map()::nowMs);
        processor = new ControlProcessor(
                table,
                balancer,
                NodeControl::nowMs,
                InstantSource.system(),
                each -> LOG.log(System.Logger.Level.INFO, ControlProcessor.describe(each)));
        verifier = new ReportVerifier(
                List.of(),
                ReportsConfiguration.NONE.window(),
                resources::isKnown,
                ReportVerifier.DEFAULT_SENDERS,
                System::currentTimeMillis);
        receiver = new ReportReceiver(
                verifier,
                resources,
                outcome -> status.count(io.weir.memory.server.ReportOutcome.valueOf(outcome.name())),
                ReportsConfiguration.NONE.reportsPerSecond(),
                NodeControl::nowMs,
                System::nanoTime);
        checker = network == null ? null : HealthChecker.start(network, this::checked);
        pollers = network == null
                ? null
                : new LoadPollers(
                        network::openTcp,
                        resources,
                        outcome -> status.count(io.weir.memory.server.ReportOutcome.valueOf(outcome.name())),
                        NodeControl::nowMs);
    }

    /** The clock of decisions: unlike the map's, it never goes round. */
    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    private static final class Staleness implements ResourceListener {
        @Override
        public void becameStale(String server, ServerLoad load, long ageMs) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "server " + server + ": its last report is " + ageMs / 1000
                            + " s old and not used any more; its configured weight applies");
        }

        @Override
        public void becameFresh(String server, ServerLoad load) {
            LOG.log(System.Logger.Level.INFO, "server " + server + ": its reports are used again");
        }
    }

    private void checked(HealthEvent event) {
        if (balancer.accept(event, nowMs())) {
            processor.decideNow();
        }
    }

    /** Takes what is known of servers that are applications. */
    void follow(List<HealthEvent> applications) {
        applications.forEach(this::checked);
    }

    /** Begins to listen for reports where the configuration says; once. */
    void listen(NodeConfiguration configuration) {
        for (IpAddress address : configuration.reports().listen()) {
            receiver.listen(listener(address, configuration));
        }
    }

    private DatagramChannel listener(IpAddress address, NodeConfiguration configuration) {
        int port = configuration.reports().port();
        try {
            ControlNetwork from = network == null ? new HostNetwork() : network;
            return from.listenUdp(address, port);
        } catch (IOException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE,
                    "reports.listen: " + address + " port " + port + " cannot be listened on: " + e.getMessage());
        }
    }

    /** Puts a file in force. */
    synchronized Generation apply(NodeConfiguration configuration, String text, String cause)
            throws ConfigurationRefusedException {
        List<Permission> keys = keys(configuration.reports());
        requireNetwork(configuration);
        List<InterfaceFacts> found = facts.get();
        Generation generation = processor.apply(configuration, text, found, cause);
        appliedFacts = found;
        follow(configuration, keys);
        return generation;
    }

    /** Goes back to an earlier generation; 0 is the one before. */
    synchronized Generation rollback(long number) throws ConfigurationRefusedException, UnknownNameException {
        Generation generation = processor.rollback(number);
        NodeConfiguration configuration = generation.desired().configuration();
        follow(configuration, keys(configuration.reports()));
        return generation;
    }

    /** What a file would change. */
    ConfigurationTable.Previewed preview(NodeConfiguration configuration, String text)
            throws ConfigurationRefusedException {
        keys(configuration.reports());
        requireNetwork(configuration);
        return processor.preview(configuration, text, facts.get());
    }

    private void follow(NodeConfiguration configuration, List<Permission> keys) {
        verifier.configure(keys, configuration.reports().window());
        receiver.limit(configuration.reports().reportsPerSecond());
        if (checker != null) {
            checker.configure(CheckedServer.of(configuration));
        }
        if (pollers != null) {
            List<PolledServer> polled = new ArrayList<>();
            for (ServerConfiguration server : configuration.servers()) {
                if (server.load() != null) {
                    polled.add(new PolledServer(server.name(), server.addresses(), server.load()));
                }
            }
            pollers.configure(polled);
        }
        follower.accept(configuration);
    }

    private void requireNetwork(NodeConfiguration configuration) throws ConfigurationRefusedException {
        if (network == null && ControlInterface.isNeeded(configuration)) {
            throw new ConfigurationRefusedException(
                    List.of("checks, sources of load and reports at own addresses need the"
                            + " control interface, which this node could not open at its start; see its log"));
        }
    }

    private static List<Permission> keys(ReportsConfiguration reports) throws ConfigurationRefusedException {
        List<Permission> keys = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ReportsConfiguration.Key key : reports.keys()) {
            try {
                keys.add(new Permission(ReportKey.read(key.id(), key.file()), Set.copyOf(key.servers())));
            } catch (IllegalArgumentException e) {
                problems.add("reports.keys: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationRefusedException(problems);
        }
        return keys;
    }

    /** An interface that came back may have another link-layer address or MTU; the configuration in force learns it. */
    synchronized void followInterfaces() {
        List<InterfaceFacts> found = facts.get();
        if (found.equals(appliedFacts)) {
            return;
        }
        try {
            processor.follow(found, "an interface has another link-layer address or MTU");
            appliedFacts = found;
        } catch (ConfigurationRefusedException e) {
            LOG.log(System.Logger.Level.ERROR, "following an interface: " + e.getMessage());
        }
    }

    /** To be called several times a second. */
    void tick() {
        processor.tick();
    }

    Generation drain(String server, boolean drain) throws ConfigurationRefusedException, UnknownNameException {
        return processor.drain(server, drain);
    }

    Generation weight(String service, String server, int weight)
            throws ConfigurationRefusedException, UnknownNameException {
        return processor.weight(service, server, weight);
    }

    Desired wanted() {
        return processor.wanted();
    }

    /** Newest first. */
    List<Generation> generations() {
        return processor.generations();
    }

    /** Takes a report that was posted. */
    ReportVerifier.Verdict report(byte[] datagram) {
        return receiver.receive(datagram, 0, datagram.length, InetAddress.getLoopbackAddress(), LoadSource.HTTP);
    }

    /** Ends checks, polls and listeners. */
    @Override
    public void close() {
        if (checker != null) {
            checker.close();
        }
        if (pollers != null) {
            pollers.close();
        }
        receiver.close();
    }
}
