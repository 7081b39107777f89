package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportOutcome;
import io.weir.agent.report.ReportSession;
import io.weir.agent.report.ReportVerifier;
import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.control.resource.ReportReceiver;
import io.weir.control.resource.ReportTally;
import io.weir.control.resource.ResourceListener;
import io.weir.control.resource.ResourceManager;
import io.weir.control.resource.ServerLoad;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Agents send to a resource manager of its own, and what it sends on arrives at a node's receiver. */
class ResourceManagerProcessTest {
    private static final ReportKey AGENT_KEY = ReportKey.random(1);
    private static final ReportKey NODE_KEY = ReportKey.random(9);

    @TempDir
    private Path folder = Path.of(".");

    private final LinkedBlockingQueue<ServerLoad> loads = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<LoadReport> forwarded = new LinkedBlockingQueue<>();
    private final ReportSession agent = new ReportSession(AGENT_KEY);

    @Test
    void reports_by_datagram_and_by_post_reach_the_node_with_the_managers_key() throws Exception {
        for (String loopback : new String[] {"127.0.0.1", "::1"}) {
            try (ReportReceiver node = receiver()) {
                DatagramChannel nodePort = DatagramChannel.open().bind(new InetSocketAddress(loopback, 0));
                node.listen(nodePort);
                try (ResourceManagerProcess manager = start(loopback, (InetSocketAddress) nodePort.getLocalAddress())) {
                    LoadReport first = new LoadReport("web-1", 12, 0.5, LoadReport.UNKNOWN, 0.004, 900);
                    byte[] datagram = datagram(first);
                    send(manager.address(), datagram);
                    ServerLoad load = next();
                    assertThat(load.report()).isEqualTo(first);
                    assertThat(load.source()).isEqualTo(LoadSource.AGENT);

                    LoadReport second = new LoadReport("web-2", 1, 0.1, 0.2, 0.3, 4);
                    assertThat(post(manager.address(), datagram(second))).isEqualTo(204);
                    assertThat(next().report()).isEqualTo(second);

                    assertThat(post(manager.address(), datagram)).isEqualTo(409);
                    datagram[60] ^= 1;
                    assertThat(post(manager.address(), datagram)).isEqualTo(403);
                    assertThat(manager.tally().toString()).isEqualTo("accepted 2, bad-authentication 1, replayed 1");
                    assertThat(forwarded.poll(20, TimeUnit.SECONDS)).isEqualTo(first);
                    assertThat(forwarded.poll(20, TimeUnit.SECONDS)).isEqualTo(second);
                }
            }
        }
    }

    @Test
    void a_report_for_another_keys_server_is_not_sent_on() throws Exception {
        try (ReportReceiver node = receiver()) {
            DatagramChannel nodePort =
                    DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            node.listen(nodePort);
            try (ResourceManagerProcess manager = start("127.0.0.1", (InetSocketAddress) nodePort.getLocalAddress())) {
                assertThat(post(manager.address(), datagram(new LoadReport("db-1", 1, 1, 1, 1, 1))))
                        .isEqualTo(403);
                assertThat(post(manager.address(), datagram(new LoadReport("web-1", 1, 1, 1, 1, 1))))
                        .isEqualTo(204);
                assertThat(next().report().server()).isEqualTo("web-1");
                assertThat(manager.tally().of(ReportOutcome.NOT_PERMITTED)).isEqualTo(1);
            }
        }
    }

    @Test
    void a_node_that_does_not_listen_does_not_end_it() throws Exception {
        InetSocketAddress nobody;
        try (DatagramChannel port =
                DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            nobody = (InetSocketAddress) port.getLocalAddress();
        }
        try (ResourceManagerProcess manager = start("127.0.0.1", nobody)) {
            for (int i = 0; i < 20; i++) {
                assertThat(post(manager.address(), datagram(new LoadReport("web-1", i, 1, 1, 1, 1))))
                        .isEqualTo(204);
            }
            DatagramChannel nodePort = DatagramChannel.open().bind(nobody);
            try (ReportReceiver node = receiver()) {
                node.listen(nodePort);
                ServerLoad load = null;
                for (int i = 20; i < 60 && load == null; i++) {
                    assertThat(post(manager.address(), datagram(new LoadReport("web-1", i, 1, 1, 1, 1))))
                            .isEqualTo(204);
                    load = loads.poll(500, TimeUnit.MILLISECONDS);
                }
                assertThat(load).isNotNull();
            }
        }
    }

    @Test
    void an_address_that_is_taken_is_said_so() throws Exception {
        try (ResourceManagerProcess first =
                start("127.0.0.1", new InetSocketAddress(InetAddress.getLoopbackAddress(), 9))) {
            assertThatExceptionOfType(NodeException.class)
                    .isThrownBy(() -> ResourceManagerProcess.start(
                            options(first.address(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)),
                            report -> {}))
                    .withMessageContaining("cannot be used")
                    .matches(e -> e.exitStatus() == ExitStatus.UNAVAILABLE);
        }
    }

    @Test
    void the_command_line_becomes_options() throws Exception {
        Path key = key("one.key");
        ResourceManagerCommand command = new ResourceManagerCommand();
        new CommandLine(command)
                .parseArgs(
                        "--listen",
                        "[::1]:0",
                        "--keys",
                        "1:" + key + ",2:" + key,
                        "--permit",
                        "2=db-1+db-2",
                        "--node",
                        "192.0.2.1:7411",
                        "--node-key",
                        "9:" + key,
                        "--rest",
                        "5");
        ResourceManagerProcess.Options options = command.options();

        assertThat(options.listen()).hasToString("/[0:0:0:0:0:0:0:1]:0");
        assertThat(options.node()).hasToString("/192.0.2.1:7411");
        assertThat(options.keys())
                .extracting(permission ->
                        permission.key().id() + " " + permission.servers().size())
                .containsExactly("1 0", "2 2");
        assertThat(options.nodeKey().id()).isEqualTo(9);
        assertThat(options.window()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void the_servers_of_a_configuration_are_the_only_ones() throws Exception {
        Path key = key("one.key");
        Path file = Files.writeString(folder.resolve("weir.yaml"), """
            interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]
            servers: [{name: web-1, addresses: [10.0.0.2]}, {name: web-2, addresses: [10.0.0.3]}]
            """);
        ResourceManagerCommand command = new ResourceManagerCommand();
        new CommandLine(command)
                .parseArgs(
                        "--listen",
                        "127.0.0.1:0",
                        "--keys",
                        "1:" + key,
                        "--node",
                        "127.0.0.1:1",
                        "--node-key",
                        "9:" + key,
                        "--server-config",
                        file.toString());

        assertThat(command.options().servers()).containsExactly("web-1", "web-2");
    }

    @Test
    void mistakes_on_the_command_line_are_named_with_the_form() throws Exception {
        Path key = key("one.key");
        Path open = key("open.key");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        String good = "1:" + key;
        assertThat(refused("localhost:1", good, "127.0.0.1:1", good)).contains("--listen localhost:1");
        assertThat(refused("::1:7411", good, "127.0.0.1:1", good)).contains("[2001:db8::1]:7411");
        assertThat(refused("127.0.0.1:99999", good, "127.0.0.1:1", good)).contains("ADDRESS:PORT");
        assertThat(refused("127.0.0.1:1", key.toString(), "127.0.0.1:1", good)).contains("is not ID:FILE");
        assertThat(refused("127.0.0.1:1", good + "," + good, "127.0.0.1:1", good))
                .contains("is there twice");
        assertThat(refused("127.0.0.1:1", "1:" + open, "127.0.0.1:1", good)).contains("chmod 600 " + open);
        assertThat(refused("127.0.0.1:1", good, "127.0.0.1", good)).contains("--node 127.0.0.1:");
        assertThat(refused("127.0.0.1:1", good, "127.0.0.1:1", "0:" + key)).contains("key id 0");
        assertThat(refused("127.0.0.1:1", good, "127.0.0.1:1", good, "--permit", "2=a"))
                .contains("has no key 2");
        assertThat(refused("127.0.0.1:1", good, "127.0.0.1:1", good, "--permit", "a"))
                .contains("ID=SERVER");
        assertThat(refused("127.0.0.1:1", good, "127.0.0.1:1", good, "--window", "0"))
                .contains("--window 0");
    }

    private String refused(String listen, String keys, String node, String nodeKey, String... more) {
        CommandLine line = new CommandLine(new ResourceManagerCommand());
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(e.getMessage());
            return e instanceof NodeException refused ? refused.exitStatus() : ExitStatus.FAILED;
        });
        String[] arguments = {"--listen", listen, "--keys", keys, "--node", node, "--node-key", nodeKey};
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        assertThat(line.execute(all)).isEqualTo(ExitStatus.REFUSED);
        return err.toString();
    }

    private Path key(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, HexFormat.of().formatHex(AGENT_KEY.secret()));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private ResourceManagerProcess start(String loopback, InetSocketAddress node) {
        return ResourceManagerProcess.start(options(new InetSocketAddress(loopback, 0), node), forwarded::add);
    }

    private static ResourceManagerProcess.Options options(InetSocketAddress listen, InetSocketAddress node) {
        return new ResourceManagerProcess.Options(
                listen,
                List.of(new Permission(AGENT_KEY, Set.of("web-1", "web-2"))),
                node,
                NODE_KEY,
                Set.of(),
                Duration.ofSeconds(30),
                1000,
                Duration.ofMillis(1));
    }

    /** What a node has, with the manager's key alone. */
    private ReportReceiver receiver() {
        ResourceManager resources = new ResourceManager(new ResourceListener() {
            @Override
            public void loadChanged(String server, ServerLoad load) {
                loads.add(load);
            }
        });
        resources.configure(Set.of("web-1", "web-2", "db-1"));
        ReportVerifier verifier = new ReportVerifier(
                List.of(new Permission(NODE_KEY, Set.of())),
                Duration.ofSeconds(30),
                resources::isKnown,
                10,
                System::currentTimeMillis);
        return new ReportReceiver(
                verifier, resources, new ReportTally(), 1000, System::currentTimeMillis, System::nanoTime);
    }

    private ServerLoad next() throws InterruptedException {
        ServerLoad load = loads.poll(20, TimeUnit.SECONDS);
        if (load == null) {
            throw new AssertionError("nothing arrived at the node within 20 s");
        }
        return load;
    }

    private byte[] datagram(LoadReport report) {
        byte[] bytes = new byte[ReportCodec.MAX_BYTES];
        return Arrays.copyOf(bytes, agent.encode(report, System.currentTimeMillis(), bytes));
    }

    private static void send(InetSocketAddress to, byte[] bytes) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.wrap(bytes), to);
        }
    }

    private static int post(InetSocketAddress to, byte[] bytes) throws IOException {
        String host = to.getAddress().getHostAddress();
        String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + to.getPort();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + authority + "/v1/reports").toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.getOutputStream().write(bytes);
        return connection.getResponseCode();
    }
}
