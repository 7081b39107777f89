package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.lab.Commands;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir agent} as a process of its own, with the launcher's options of the virtual machine. */
class AgentSystemTest {
    private static final long RESIDENT_KIB = 64 * 1024;
    private static final int REPORTS = 10;
    private static final int TICKS_PER_SECOND = 100;
    /** What it may take for its start and ten reports on a machine that has other things to do; docs/agent.md has the measured share. */
    private static final double CPU_SECONDS = 6;

    private static final List<String> NGINX = List.of("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx");

    @TempDir
    private Path folder = Path.of(".");

    private ReportKey key = ReportKey.random(1);
    private Path keyFile = Path.of("key");

    @BeforeEach
    void a_key() throws IOException {
        keyFile = folder.resolve("report.key");
        Files.writeString(keyFile, "00112233445566778899aabbccddeeff".repeat(2));
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        key = ReportKey.read(1, keyFile);
    }

    /**
     * The options of the virtual machine as the launcher has them, and of the class path of this test what is in the
     * runnable jar: each further entry would be memory that the agent has not.
     */
    private static List<String> command(String... arguments) throws IOException {
        String launcher = Files.readString(Project.FOLDER.resolve("weir"));
        Matcher options = Pattern.compile(
                        "options=\\(([^)]*)\\)\\s.*?kind=agent-\\s+options\\+=\\(([^)]*)\\)", Pattern.DOTALL)
                .matcher(launcher);
        assertThat(options.find()).as("the agent's options in the launcher").isTrue();
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options.group(1).strip().split("\\s+")));
        command.addAll(List.of(options.group(2).strip().split("\\s+")));
        command.addAll(List.of("-cp", classPath(), AgentProgram.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.contains("junit"))
                .filter(entry ->
                        entry.endsWith("classes") || entry.matches(".*(weir-[a-z]+|picocli|jackson-)[^/]*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Process start(Path log, String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private LoadReport next(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        socket.setSoTimeout(30_000);
        socket.receive(packet);
        ReportCodec.Decoded decoded =
                ReportCodec.decode(packet.getData(), 0, packet.getLength(), id -> id == 1 ? key : null);
        assertThat(decoded).isInstanceOf(ReportCodec.Authentic.class);
        return ((ReportCodec.Authentic) decoded).datagram().report();
    }

    private static long status(Process process, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("no " + field);
    }

    /** utime and stime of proc_pid_stat(5), with those of threads that have ended. */
    private static double cpuSeconds(Process process) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
    }

    @Test
    void it_is_small_cheap_and_ends_cleanly() throws IOException, InterruptedException {
        Path log = folder.resolve("agent.log");
        try (DatagramSocket one = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
                DatagramSocket two = new DatagramSocket(0, InetAddress.ofLiteral("::1"))) {
            Process agent = start(
                    log,
                    "--server",
                    "web1",
                    "--to",
                    "127.0.0.1:" + one.getLocalPort() + ",[::1]:" + two.getLocalPort(),
                    "--key",
                    "1:" + keyFile,
                    "--command",
                    "echo requests=840; echo execution=0.012",
                    "--file",
                    folder.resolve("nosuch").toString());
            try {
                LoadReport report = next(one);
                for (int i = 1; i < REPORTS; i++) {
                    report = next(one);
                }
                assertThat(report.server()).isEqualTo("web1");
                assertThat(report.clients()).isNotNegative();
                assertThat(report.cpu()).isBetween(0.0, 1.0);
                assertThat(report.memory()).isBetween(0.0, 1.0);
                assertThat(report.executionSeconds()).isEqualTo(0.012);
                assertThat(report.requestsPerSecond()).isEqualTo(840);
                assertThat(next(two).server()).isEqualTo("web1");
                assertThat(status(agent, "VmRSS")).as("resident KiB").isLessThanOrEqualTo(RESIDENT_KIB);
                assertThat(cpuSeconds(agent)).as("CPU seconds").isLessThan(CPU_SECONDS);

                agent.destroy();
                assertThat(agent.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(agent.exitValue()).as(Files.readString(log)).isZero();
                assertThat(Files.readString(log))
                        .containsOnlyOnce("file " + folder.resolve("nosuch") + ": no such file")
                        .endsWith(" ended\n");
            } finally {
                agent.destroyForcibly();
            }
        }
    }

    @Test
    void options_in_a_file_are_those_of_the_command_line() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            Path options = folder.resolve("agent.options");
            Files.writeString(
                    options,
                    "# the agent of web2\n--server web2\n--to 127.0.0.1:" + socket.getLocalPort() + "\n--key 1:"
                            + keyFile + "\n--interval 200ms\n--command \"echo requests=5\"\n");
            Commands.Result result = Commands.attempt(command("@" + options, "--once"), "", 60);
            assertThat(result.status()).as(result.output()).isZero();
            LoadReport report = next(socket);
            assertThat(report.server()).isEqualTo("web2");
            assertThat(report.requestsPerSecond()).isEqualTo(5);
        }
    }

    @Test
    void nginx_is_understood() throws IOException, InterruptedException {
        String nginx = NGINX.stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(nginx.isEmpty(), "the program nginx is missing");
        int port;
        try (DatagramSocket free = new DatagramSocket(0)) {
            port = free.getLocalPort();
        }
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(
                configuration, """
                    daemon off; pid FOLDER/nginx.pid; error_log FOLDER/error.log;
                    events {}
                    http {
                        access_log off;
                        client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
                        uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
                        server { listen 127.0.0.1:PORT; location = /status { stub_status; } }
                    }
                    """.replace("FOLDER", folder.toString()).replace("PORT", String.valueOf(port)));
        Process server = new ProcessBuilder(nginx, "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        try {
            Programs.await("nginx listens", 20, () -> Files.exists(folder.resolve("nginx.pid")));
            Commands.Result result = Commands.attempt(
                    command(
                            "--once",
                            "--print",
                            "--json",
                            "--interval",
                            "500ms",
                            "--nginx",
                            "http://127.0.0.1:" + port + "/status"),
                    "",
                    60);
            assertThat(result.status()).as(result.output()).isZero();
            assertThat(result.output()).containsPattern("\"requests\" : \\{\\s+\"value\" : 0\\.0,");
            assertThat(result.output())
                    .containsPattern("\"clients\" : \\{\\s+\"value\" : 0\\.0,\\s+\"source\" : \"nginx");
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
