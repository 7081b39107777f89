package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.linux.LinuxException;
import io.weir.port.pcap.PcapWriter;
import io.weir.wire.FrameBuilder;
import io.weir.wire.TcpFlags;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;

/**
 * The run of which the AOT cache beside the jar is made (docs/adr/0013): commands, the packet path and, where that is
 * possible without touching anybody's network, the start of a node. Needs no privileges; the launcher runs it in a
 * network namespace of its own if the system lets it.
 */
final class Training {
    /** Longer than the warm-up of a node, so that the profiles in the cache are those of compiled code. */
    private static final int WARM_UP_MS = 3000;

    private static final String CONFIGURATION = """
        name: training
        processors: {switching: 1}
        memory: {file: MAP, connections-ipv4: 4096, connections-ipv6: 4096, buffers: 512, neighbours: 64}
        interfaces:
          - {name: lo, driver: af_packet, addresses: [192.0.2.2/24, "2001:db8:1::2/64"]}
        routes: [{to: default, via: 192.0.2.1}]
        servers: [{name: alpha, addresses: [192.0.2.11]}, {name: beta, addresses: [192.0.2.12], weight: 2}]
        services:
          - {name: web, addresses: [192.0.2.100], protocol: tcp, port: 80, servers: [{server: alpha, port: 8080}, beta]}
          - {name: names, addresses: [192.0.2.100], protocol: udp, port: 53, servers: [alpha, beta]}
        """;

    private Training() {}

    /** No arguments. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("weir-training");
        try {
            Path configuration = folder.resolve("weir.yaml");
            Files.writeString(
                    configuration,
                    CONFIGURATION.replace("MAP", folder.resolve("map").toString()));
            Path capture = folder.resolve("in.pcap");
            writeCapture(capture);
            execute("--version");
            execute("--help");
            execute("check", configuration.toString());
            execute("replay", "-c", configuration.toString(), capture.toString());
            startNode(configuration);
            WarmUp.run(WARM_UP_MS, counters -> {});
        } finally {
            remove(folder);
        }
        System.exit(ExitStatus.OK);
    }

    private static void execute(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(Writer.nullWriter()));
        int status = line.execute(arguments);
        if (status != ExitStatus.OK) {
            throw new IllegalStateException("weir " + String.join(" ", arguments) + " ended with " + status);
        }
    }

    private static void writeCapture(Path file) throws IOException {
        try (PcapWriter writer = PcapWriter.create(file)) {
            for (int port = 5000; port < 5016; port++) {
                FrameBuilder frame = FrameBuilder.ethernet("02:00:00:00:09:01", "02:00:00:00:00:01")
                        .ip("192.0.2.7", "192.0.2.100");
                writer.write(
                        port * 1_000_000L,
                        frame.tcp(port, 80, TcpFlags.SYN, 1, 0).build());
            }
        }
    }

    /** The loopback interface of a namespace that has no other; on a machine's own a node would be in the way. */
    private static void startNode(Path file)
            throws IOException, ConfigurationException, ConfigurationRefusedException, InterruptedException {
        List<String> devices = Files.readAllLines(Path.of("/proc/net/dev"));
        // two lines of heading
        if (devices.size() != 3) {
            return;
        }
        ConfigurationLoader.Loaded loaded = ConfigurationLoader.loadWithText(file);
        try (Node _ = Node.start(loaded.configuration(), loaded.text(), "training")) {
            Thread.sleep(100);
        } catch (LinuxException e) {
            // no privileges: the rest of the training is of use without
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
