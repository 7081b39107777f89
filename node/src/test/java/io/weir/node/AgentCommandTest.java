package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AgentCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of(".");

    private int agent(String... arguments) {
        CommandLine line = AgentProgram.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        err.getBuffer().setLength(0);
        return line.execute(arguments);
    }

    @Test
    void wrong_options_are_refused_with_the_fix() {
        String[][] cases = {
            {"--to: is missing; where do reports go? (add --to HOST:7411, or --print to look at them)"},
            {"--key: is missing; reports are signed", "--to", "a"},
            {"--key: \"x\" is not ID:FILE, such as 1:/etc/weir/report.key", "--to", "a", "--key", "x"},
            {
                "(umask 077; od -An -vtx1 -N32 /dev/urandom | tr -d ' \\n' > /no/such.key)",
                "--to",
                "a",
                "--key",
                "1:/no/such.key"
            },
            {"--to: \"a:b\": port \"b\" is not a number", "--to", "a:b"},
            {"--interval: 10ms is not within 100ms..1h", "--print", "--interval", "10ms"},
            {"\"5\" is not a time (a number and ms, s, m or h, such as 500ms)", "--print", "--interval", "5"},
            {"--ports: \"0\" is neither a port nor a range of ports", "--print", "--ports", "80,0"},
            {"--ports: \"9-8\" is neither a port nor a range of ports", "--print", "--ports", "9-8"},
            {"--json: says how to print (add --print)", "--to", "a", "--json"},
            {"--metric cpu=a: stands after no --prometheus URL", "--metric", "cpu=a"},
            {
                "--metric cpu=a: stands after no --prometheus URL",
                "--prometheus",
                "http://a/",
                "--nginx",
                "http://a/",
                "--metric",
                "cpu=a"
            },
            {
                "--metric: \"load\" is none of the metrics clients, cpu, memory, execution, requests",
                "--prometheus",
                "http://a/",
                "--metric",
                "load=a"
            },
            {"--prometheus http://a/: which series are which metric?", "--print", "--prometheus", "http://a/"},
            {"--nginx: \"a\" is no URL of http or https", "--nginx", "a"},
            {
                "--server: \"" + "x".repeat(64) + "\" has 64 bytes, not within 1..63",
                "--print",
                "--server",
                "x".repeat(64)
            },
        };
        for (String[] one : cases) {
            String[] arguments = java.util.Arrays.copyOfRange(one, 1, one.length);
            assertThat(agent(arguments)).as(one[0]).isEqualTo(ExitStatus.REFUSED);
            assertThat(err.toString()).contains(one[0]);
        }
    }

    @Test
    void a_key_that_all_may_read_is_refused() throws IOException {
        Path key = folder.resolve("key");
        Files.writeString(key, "ab".repeat(32));
        Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(agent("--to", "a", "--key", "1:" + key)).isEqualTo(ExitStatus.REFUSED);
        assertThat(err.toString()).contains("--key: " + key + ": ").contains("chmod 600");
    }

    @Test
    void a_report_is_printed_before_it_is_sent() {
        int status = agent(
                "--once",
                "--print",
                "--server",
                "web1",
                "--interval",
                "100ms",
                "--command",
                "echo requests=840; echo clients=1000",
                "--command",
                "echo clients=1234; echo cpu=50%",
                "--file",
                folder.resolve("nosuch").toString());
        assertThat(status).as(err.toString()).isZero();
        assertThat(out.toString())
                .startsWith("metric of web1  value")
                .containsPattern("clients +1,234 +command echo clients=1234")
                .containsPattern("cpu +50.0 % +command echo clients=1234")
                .containsPattern("requests +840.0/s +command echo requests=840")
                .containsPattern("execution +unknown +no source")
                .contains("! file " + folder.resolve("nosuch") + ": no such file");
    }
}
