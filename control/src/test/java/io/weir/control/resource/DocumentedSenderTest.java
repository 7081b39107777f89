package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportOutcome;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the sender in docs/report-protocol.md against the real receiver: the document is enough to write one. */
class DocumentedSenderTest {
    @TempDir
    private Path folder = Path.of(".");

    private final ReceivedReports received = new ReceivedReports(1000);

    @Test
    void the_sender_is_short() throws IOException {
        assertThat(program().lines()).hasSizeLessThanOrEqualTo(30);
    }

    @Test
    void its_datagrams_are_accepted_over_both_families() throws Exception {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(address, 0));
            received.receiver.listen(channel);
            run(address, channel.socket().getLocalPort());
            expectThree(LoadSource.AGENT);
        }
        received.receiver.close();
    }

    @Test
    void its_posts_are_accepted_over_both_families() throws Exception {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            ServerSocketChannel channel = ServerSocketChannel.open().bind(new InetSocketAddress(address, 0));
            try (ReportHttpListener listener = new ReportHttpListener(channel, received.receiver, received.tally)) {
                assertThat(listener).isNotNull();
                run(address, channel.socket().getLocalPort(), "http");
                expectThree(LoadSource.HTTP);
            }
        }
    }

    private void expectThree(LoadSource source) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            ServerLoad load = received.next();
            LoadReport report = load.report();
            assertThat(report).isEqualTo(new LoadReport("web-1", 12, report.cpu(), LoadReport.UNKNOWN, 0.004, 900));
            assertThat(report.cpu()).isBetween(0.0, 1.0);
            assertThat(load.source()).isEqualTo(source);
        }
        assertThat(received.tally.of(ReportOutcome.ACCEPTED) % 3).isZero();
    }

    private void run(String address, int port, String... more) throws Exception {
        Path key = folder.resolve("report.key");
        Files.writeString(key, HexFormat.of().formatHex(ReceivedReports.ALL.secret()) + "\n");
        Path script = folder.resolve("sender.py");
        Files.writeString(script, program());
        List<String> command = new ArrayList<>(
                List.of("python3", script.toString(), address, Integer.toString(port), "1", key.toString(), "web-1"));
        command.addAll(List.of(more));
        Process python;
        try {
            python = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("the program python3 is missing");
            return;
        }
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(python.exitValue()).as(output).isZero();
        assertThat(output).isEmpty();
    }

    private static String program() throws IOException {
        Path project = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
        String document = Files.readString(project.resolve("docs/report-protocol.md"));
        String begin = "```python\n";
        int from = document.indexOf(begin) + begin.length();
        return document.substring(from, document.indexOf("```", from));
    }
}
