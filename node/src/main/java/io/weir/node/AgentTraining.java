package io.weir.node;

import io.weir.agent.Agent;
import io.weir.agent.AgentOptions;
import io.weir.agent.Collector;
import io.weir.agent.Receiver;
import io.weir.agent.ReceiverAddress;
import io.weir.agent.SourceOptions;
import io.weir.agent.report.ReportKey;
import io.weir.agent.source.PrometheusMapping;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import picocli.CommandLine;

/**
 * The run of which the AOT cache of the agent is made: its options, all its sources and receivers, on loopback. Needs no
 * privileges.
 */
final class AgentTraining {
    private static final long REPORT_MS = 1500;
    private static final String METRICS = """
        # TYPE clients gauge
        clients 3
        requests_total{code="200"} 20
        seconds_sum 1.5
        seconds_count 20
        """;

    private AgentTraining() {}

    /** No arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket http = new ServerSocket(0, 8, loopback);
                DatagramSocket udp = new DatagramSocket(0, loopback)) {
            Thread.ofPlatform().daemon().start(() -> answer(http));
            String address = loopback.getHostAddress();
            URI url = URI.create("http://" + address + ":" + http.getLocalPort() + "/");
            execute(
                    "--once",
                    "--print",
                    "--interval",
                    "100ms",
                    "--prometheus",
                    url.toString(),
                    "--metric",
                    "clients=clients");
            AgentOptions options = new AgentOptions(
                    "training",
                    List.of(),
                    Duration.ofMillis(100),
                    AgentOptions.DEFAULT_TIMEOUT,
                    new BitSet(),
                    "/",
                    List.of(
                            new SourceOptions.Prometheus(
                                    url,
                                    PrometheusMapping.NONE
                                            .with("requests=requests_total")
                                            .with("execution=seconds_sum/seconds_count")),
                            new SourceOptions.Http(url),
                            new SourceOptions.Command("echo requests=5")));
            ReportKey key = ReportKey.random(1);
            List<Receiver> receivers = List.of(
                    Receiver.of(new ReceiverAddress.Udp(address, udp.getLocalPort()), key, 1000, line -> {}),
                    Receiver.of(new ReceiverAddress.Http(url), key, 1000, line -> {}));
            try (Agent agent = new Agent(options, Collector.of(options, line -> {}), receivers)) {
                Thread.ofPlatform().daemon().start(agent::run);
                Thread.sleep(REPORT_MS);
            }
        }
        System.exit(ExitStatus.OK);
    }

    private static void execute(String... arguments) {
        CommandLine line = AgentProgram.commandLine();
        line.setOut(new PrintWriter(Writer.nullWriter()));
        int status = line.execute(arguments);
        if (status != ExitStatus.OK) {
            throw new IllegalStateException("weir agent " + String.join(" ", arguments) + " ended with " + status);
        }
    }

    /** Answers all requests with the same, until the socket is closed. */
    private static void answer(ServerSocket http) {
        byte[] body = METRICS.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        while (!http.isClosed()) {
            try (Socket socket = http.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write(head);
                socket.getOutputStream().write(body);
            } catch (IOException e) {
                // the agent has gone, or the training is over
            }
        }
    }
}
