package io.weir.applications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import io.weir.applications.dns.DnsProvider;
import io.weir.applications.echo.EchoProvider;
import io.weir.applications.sorry.SorryProvider;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** curl, dig and the kernel's TCP as clients, behind a TUN device in a network namespace of their own. */
class RealClientTest {
    /** What a client program said. */
    private record Result(int status, String output) {}

    /** Exit status of the script. */
    private static final int UNAVAILABLE = 42;

    @TempDir
    private Path directory;

    private final TestNode echo = TestNode.of(new EchoProvider(), Settings.NONE);
    private final TestNode sorry = TestNode.of(new SorryProvider(), Settings.of(Map.of("page", "closed\n")));
    private final TestNode dns = TestNode.of(
            new DnsProvider(),
            Settings.of(Map.of(
                    "zone",
                    "example.org",
                    "names",
                    Map.of("www.example.org", List.of("198.51.100.10", "198.51.100.11", "2001:db8::10")))));

    RealClientTest() throws SettingsException {}

    @Test
    void curl_gets_the_page_and_no_error() throws Exception {
        String big = Files.write(directory.resolve("big"), new byte[300_000]).toString();
        List<Result> results = run(
                List.of("curl", "-sS", "-m", "10", "-i", "http://198.51.100.10/"),
                List.of("curl", "-sS", "-m", "10", "-i", "-6", "http://[2001:db8::10]/"),
                List.of("curl", "-sS", "-m", "10", "-I", "http://198.51.100.10/"),
                List.of(
                        "curl",
                        "-sS",
                        "-m",
                        "10",
                        "-i",
                        "-H",
                        "Expect:",
                        "--data-binary",
                        "@" + big,
                        "http://198.51.100.10/"),
                List.of(
                        "curl",
                        "-sS",
                        "-m",
                        "10",
                        "-i",
                        "-H",
                        "Cookie: a=" + "x".repeat(6000),
                        "http://198.51.100.10/"),
                List.of("curl", "-sS", "-m", "10", "-k", "https://198.51.100.10:80/"));
        for (Result each : results.subList(0, 5)) {
            assertThat(each.output()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        }
        for (int i : new int[] {0, 1, 4}) {
            assertThat(results.get(i).status()).isZero();
            assertThat(results.get(i).output()).endsWith("\r\n\r\nclosed\n");
        }
        assertThat(results.get(2).output()).contains("Content-Length: 7").endsWith("\r\n\r\n");
        assertThat(results.get(5).status()).as("TLS").isEqualTo(35);
        assertThat(sorry.counters().value("resets-sent")).isZero();
    }

    @Test
    void a_hundred_health_checks_connect_and_close_without_a_word_or_reset() throws Exception {
        String check = """
                import socket
                for family, address in ((socket.AF_INET, '198.51.100.10'), (socket.AF_INET6, '2001:db8::10')):
                    for i in range(50):
                        s = socket.socket(family, socket.SOCK_STREAM)
                        s.settimeout(5)
                        s.connect((address, 7))
                        if i % 2:
                            s.sendall(b'are you there?' * (i * 100))
                        s.shutdown(socket.SHUT_WR)
                        assert s.recv(100) == b'', 'something was said'
                        s.close()
                    u = socket.socket(family, socket.SOCK_DGRAM)
                    u.settimeout(5)
                    for length in (0, 1, 1000, 1452):
                        u.sendto(b'x' * length, (address, 7))
                        assert u.recv(2000) == b'x' * length
                print('all well')
                """;
        Result result = run(List.of("python3", "-c", check)).getFirst();
        assertThat(result.output()).isEqualTo("all well\n");
        assertThat(echo.counters().value("tcp-opened")).isEqualTo(100);
        assertThat(echo.counters().value("udp-echoed")).isEqualTo(8);
        assertThat(echo.counters().value("tcp-resets-sent")).isZero();
        assertThat(echo.counters().value("tcp-resets-received")).isZero();
    }

    @Test
    void dig_understands_every_answer() throws Exception {
        List<Result> results = run(
                dig("+short", "www.example.org", "A"),
                dig("+short", "WWW.example.org", "AAAA"),
                dig("www.example.org", "MX"),
                dig("nobody.example.org", "A"),
                dig("www.example.com", "A"),
                dig("+notcp", "www.example.org", "ANY"),
                dig("+noedns", "+norec", "www.example.org", "A"),
                dig("+edns=1", "+noednsneg", "www.example.org", "A"),
                dig("+opcode=notify", "www.example.org", "SOA"),
                List.of("dig", "+time=5", "+tries=1", "@2001:db8::10", "+dnssec", "www.example.org", "AAAA"),
                dig("+tcp", "www.example.org", "A"));
        assertThat(results.get(0).output()).isEqualTo("198.51.100.10\n198.51.100.11\n");
        assertThat(results.get(1).output()).isEqualTo("2001:db8::10\n");
        assertThat(results.get(2).output())
                .contains(
                        "status: NOERROR",
                        "flags: qr aa rd;",
                        "AUTHORITY: 1",
                        "SOA\texample.org. hostmaster.example.org.");
        assertThat(results.get(3).output()).contains("status: NXDOMAIN", "flags: qr aa rd;");
        assertThat(results.get(4).output()).contains("status: REFUSED");
        assertThat(results.get(5).output()).contains("HINFO\t\"RFC8482\" \"\"");
        assertThat(results.get(6).output()).contains("status: NOERROR", "ANSWER: 2", "ADDITIONAL: 0");
        assertThat(results.get(7).output()).contains("status: BADVERS", "EDNS: version: 0");
        assertThat(results.get(8).output()).contains("status: NOTIMP", "opcode: NOTIFY");
        assertThat(results.get(9).output()).contains("EDNS: version: 0, flags: do; udp: 1232", "AAAA\t2001:db8::10");
        assertThat(results.get(10).output()).contains("connection refused");
        for (Result each : results.subList(0, 10)) {
            assertThat(each.status()).isZero();
            assertThat(each.output()).doesNotContain("WARNING: Message", "malformed", "extra bytes");
        }
    }

    private static List<String> dig(String... words) {
        List<String> command = new ArrayList<>(List.of("dig", "+time=5", "+tries=1", "@198.51.100.10"));
        command.addAll(List.of(words));
        return command;
    }

    /** Runs commands one after the other, whose packets go to the applications by destination port. */
    @SafeVarargs
    private List<Result> run(List<String>... commands) throws IOException, InterruptedException {
        Path script = directory.resolve("tun_pump.py");
        try (InputStream in = RealClientTest.class.getResourceAsStream("tun_pump.py")) {
            Files.write(script, Objects.requireNonNull(in).readAllBytes());
        }
        // Root may not be allowed a user namespace, and others nothing else.
        String namespaces = System.getProperty("user.name").equals("root") ? "-n" : "-Urn";
        Path results = directory.resolve("results");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder("unshare", namespaces, "python3", script.toString(), results.toString());
        builder.environment().put("COMMANDS", json(commands));
        builder.redirectError(errors.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return abort("unshare (util-linux) cannot be run: " + e.getMessage());
        }
        try (DataInputStream in = new DataInputStream(process.getInputStream());
                DataOutputStream out = new DataOutputStream(process.getOutputStream())) {
            pump(in, out);
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(errors);
        if (process.exitValue() == UNAVAILABLE || said.startsWith("unshare: ")) {
            return abort("no TUN device in a network namespace: " + said);
        }
        assertThat(process.exitValue()).as(said).isZero();
        List<Result> all = new ArrayList<>();
        for (String each : Files.readString(results).split("\u001e", -1)) {
            String[] fields = each.split("\u001f", 2);
            all.add(new Result(Integer.parseInt(fields[0]), fields[1]));
        }
        return all;
    }

    @SafeVarargs
    private static String json(List<String>... commands) {
        StringBuilder json = new StringBuilder("[");
        for (List<String> command : commands) {
            json.append(json.length() > 1 ? "," : "").append('[');
            for (int i = 0; i < command.size(); i++) {
                String word = command.get(i)
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n");
                json.append(i > 0 ? "," : "").append('"').append(word).append('"');
            }
            json.append(']');
        }
        return json.append(']').toString();
    }

    private void pump(DataInputStream in, DataOutputStream out) throws IOException {
        TestPackets batch = echo.packets();
        while (true) {
            byte[] packet;
            try {
                packet = new byte[in.readUnsignedShort()];
                in.readFully(packet);
            } catch (EOFException e) {
                return;
            }
            if (!isOurs(packet)) {
                continue; // neighbour discovery and the like
            }
            TestNode node = node(IpPacket.parse(packet).destinationPort());
            batch = node.packets().at(System.nanoTime() / 1000).add(packet);
            node.application().receive(batch);
            batch.verify();
            if (batch.verb(0) == Verb.ANSWERED || batch.verb(0) == Verb.REFLECTED) {
                byte[] answer = batch.answerBytes(0);
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
            }
        }
    }

    private static boolean isOurs(byte[] packet) {
        try {
            IpPacket.parse(packet);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private TestNode node(int port) {
        return switch (port) {
            case 7 -> echo;
            case 53 -> dns;
            default -> sorry;
        };
    }
}
