package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What leaves weir, captured at the far end of its links while curl, ping and others were at work, judged by tshark; what
 * the listings say about it; and a replay of what came in.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CaptureSystemTest {
    private static final List<String> CHANNELS = List.of("ext0", "ext1", "int0", "int1");
    private static final String V4 = Figure1.VIRTUAL_4;
    private static final String V6 = Figure1.VIRTUAL_6;

    /** Status 0 is "bad" in Wireshark's terms. */
    private static final String WRONG =
            "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
                    + " || icmp.checksum.status == 0 || icmpv6.checksum.status == 0";

    private final String name = "system-capture-" + ProcessHandle.current().pid();
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Map<String, Path> sent = new LinkedHashMap<>();
    private final List<Path> received = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void capture(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("nginx", "curl", "python3", "ping", "ethtool", "tcpdump", "tshark", "mergecap", "setpriv");
        folder = Programs.readable(temporary);
        figure = new Figure1(name + "-");
        resources.add(figure);
        for (String station : List.of("7-1", "7-2", "9-1", "9-2", "5-1", "5-2", "5-3", "router")) {
            // Otherwise stations leave checksums to their devices, and frames are rightly incomplete on the link.
            withoutOffloads(figure.station(station), "eth0");
        }
        withoutOffloads(figure.station("router"), "inet");
        Nginx.start(figure.station("5-1"), folder, "5-1", Nginx.PORT);
        figure.station("5-1").start(List.of("python3", "-c", UdpPrograms.SERVERS), folder.resolve("udp.log"));
        // One server, so that a replay chooses the same.
        node = RunningNode.start(figure.weir(), folder, name, Figure1.configuration(name, 1, 0, 0));
        resources.addFirst(node);

        List<Process> captures = new ArrayList<>();
        for (String channel : CHANNELS) {
            Path out = folder.resolve("sent-" + channel);
            sent.put(channel, out);
            Station neighbour = figure.station(channel.startsWith("ext") ? "external" : "internal");
            captures.add(tcpdump(neighbour, farEnd(channel, neighbour), out));
            Path in = folder.resolve("received-" + channel);
            received.add(in);
            captures.add(tcpdump(figure.weir(), channel, in));
        }
        traffic();
        // tcpdump ends without what it has not read yet
        Path external = sent.getOrDefault("ext0", folder);
        Programs.await(
                "the last frame is captured",
                20,
                () -> tshark(external, "icmpv6.type == 1").output().contains("Unreachable"));
        for (Process capture : captures) {
            capture.destroy();
            assertThat(capture.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @AfterAll
    void remove() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    private static void withoutOffloads(Station station, String device) {
        Programs.successIn(
                station, 10, "ethtool", "-K", device, "tx", "off", "sg", "off", "tso", "off", "gso", "off", "gro",
                "off");
    }

    /** The switch's device at the other end of a channel's cable. */
    private String farEnd(String channel, Station neighbour) {
        String near = Programs.successIn(figure.weir(), 10, "ip", "-o", "link", "show", channel);
        String index = near.substring(near.indexOf("@if") + 3, near.indexOf(": <"));
        return Programs.successIn(neighbour, 10, "ip", "-o", "link")
                .lines()
                .filter(line -> line.startsWith(index + ": "))
                .map(line -> line.substring(line.indexOf(' ') + 1, line.indexOf('@')))
                .findFirst()
                .orElseThrow();
    }

    /** Captures what a device receives: of what weir sends, its own device shows nothing. */
    private static Process tcpdump(Station station, String device, Path file) throws InterruptedException {
        Path log = file.resolveSibling(file.getFileName() + ".log");
        Process process = station.start(
                List.of(
                        "tcpdump",
                        "--immediate-mode",
                        "-Z",
                        "root",
                        "-U",
                        "-n",
                        "-i",
                        device,
                        "-Q",
                        "in",
                        "-s",
                        "0",
                        "-w",
                        file.toString()),
                log);
        Programs.await("tcpdump listens", 10, () -> {
            try {
                return Files.exists(log) && Files.readString(log).contains("listening on");
            } catch (IOException e) {
                return false;
            }
        });
        return process;
    }

    private void traffic() {
        for (String client : List.of("7-1", "7-2", "9-1")) {
            for (String address : List.of(V4, "[" + V6 + "]")) {
                for (int i = 0; i < 3; i++) {
                    assertThat(curl(client, "http://" + address + "/").output()).isEqualTo("5-1\n");
                }
                assertThat(curl(client, "-r", "0-999999", "-o", "/dev/null", "http://" + address + "/gigabyte")
                                .status())
                        .isZero();
                // nothing listens: a reset by weir
                assertThat(curl(client, "http://" + address + ":81/").status()).isEqualTo(7);
            }
            for (String address : List.of(V4, V6)) {
                assertThat(Programs.in(
                                        figure.station(client),
                                        60,
                                        "python3",
                                        "-c",
                                        UdpPrograms.ECHO_CLIENT,
                                        address,
                                        "7",
                                        "50")
                                .output())
                        .isEqualTo("50 of 50 echoed\n");
                assertThat(Programs.in(figure.station(client), 20, "ping", "-c", "2", "-i", "0.2", "-W", "5", address)
                                .status())
                        .isZero();
            }
        }
        // a routed packet whose time to live ends at weir: an ICMP error made by weir
        Programs.in(figure.station("7-1"), 20, "ping", "-c", "1", "-t", "1", "-W", "1", "10.1.1.11");
        Programs.in(figure.station("7-1"), 20, "ping", "-6", "-c", "1", "-t", "1", "-W", "1", "fd01:0:0:1::11");
        assertThat(Programs.in(figure.station("7-1"), 20, "ping", "-c", "1", "-W", "5", "10.1.1.11")
                        .status())
                .isZero();
        // a page too late for its port: an ICMP error of a server, translated by weir
        Programs.successIn(
                figure.station("5-1"),
                10,
                "sh",
                "-c",
                "kill $(ss -Hlunp 'sport = 7' | grep -o 'pid=[0-9]*' | cut -d= -f2)");
        for (String address : List.of(V4, V6)) {
            assertThat(Programs.in(
                                    figure.station("7-1"),
                                    20,
                                    "python3",
                                    "-c",
                                    UdpPrograms.ECHO_CLIENT,
                                    address,
                                    "7",
                                    "1",
                                    "40")
                            .output())
                    .contains("Connection refused");
        }
    }

    private Commands.Result curl(String client, String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-g", "-sS", "--fail", "--max-time", "30"));
        command.addAll(List.of(arguments));
        return Programs.in(figure.station(client), 40, command.toArray(String[]::new));
    }

    /** Frames of a capture that match a filter, a line each. */
    private static List<String> frames(Path capture, String filter) {
        Commands.Result result = tshark(capture, filter);
        assertThat(result.status()).as(result.output()).isZero();
        return result.output()
                .lines()
                .filter(line -> !line.startsWith("Running as user"))
                .toList();
    }

    private static Commands.Result tshark(Path capture, String filter) {
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", capture.toString(), "-Y", filter));
        for (String protocol : List.of("ip", "tcp", "udp")) {
            command.addAll(List.of("-o", protocol + ".check_checksum:TRUE"));
        }
        return Commands.attempt(command, "", 60);
    }

    @Test
    void no_frame_that_leaves_weir_has_a_wrong_checksum() {
        for (Map.Entry<String, Path> each : sent.entrySet()) {
            assertThat(frames(each.getValue(), WRONG))
                    .as("wrong checksums sent by " + each.getKey())
                    .isEmpty();
        }
        // and every kind of frame was among them
        Path external = sent.getOrDefault("ext0", folder);
        for (String kind : List.of(
                "tcp && ip",
                "tcp && ipv6",
                "udp && ip && !icmp",
                "udp && ipv6 && !icmpv6",
                "tcp.flags.reset == 1 && ip",
                "tcp.flags.reset == 1 && ipv6",
                "icmp.type == 0",
                "icmpv6.type == 129",
                "icmp.type == 3 && udp",
                "icmpv6.type == 1",
                "icmp.type == 11",
                "icmpv6.type == 3",
                "arp",
                "icmpv6.type == 135 || icmpv6.type == 136",
                "ip.checksum.status == 1 && tcp.checksum.status == 1")) {
            assertThat(frames(external, kind)).as(kind).isNotEmpty();
        }
    }

    @Test
    void a_wrong_checksum_would_be_found() throws IOException {
        byte[] capture = Files.readAllBytes(sent.getOrDefault("ext0", folder));
        // A file header of 24 octets, then a record header of 16 before each frame; the last octet of a frame is data.
        int at = 24;
        int changed = 0;
        while (at + 16 < capture.length) {
            int length = (capture[at + 8] & 0xff) | (capture[at + 9] & 0xff) << 8;
            int end = at + 16 + length;
            boolean isLongTcp4 =
                    length > 500 && capture[at + 28] == 8 && capture[at + 29] == 0 && capture[at + 39] == 6;
            if (isLongTcp4 && changed == 0) {
                capture[end - 1] ^= 1;
                changed++;
            }
            at = end;
        }
        assertThat(changed).isEqualTo(1);
        Path spoilt = folder.resolve("spoilt.pcap");
        Files.write(spoilt, capture);
        assertThat(frames(spoilt, WRONG)).hasSize(1);
    }

    @Test
    void listings_show_what_the_traffic_did() {
        JsonNode stat = node.json("stat");
        assertThat(stat.required("running").asBoolean()).isTrue();
        // three clients, both families: three pages and a range each, ten UDP flows less those of one socket
        assertThat(stat.required("counters").required("connections-created").asLong())
                .isGreaterThanOrEqualTo(24);
        assertThat(stat.required("counters").required("resets-sent").asLong()).isEqualTo(6);
        assertThat(stat.required("counters").required("echo-replies-sent").asLong())
                .isEqualTo(12);
        assertThat(stat.required("counters").required("icmp-errors-translated").asLong())
                .isEqualTo(2);
        assertThat(stat.required("drops").required("service-unknown-reset").asLong())
                .isEqualTo(6);
        assertThat(stat.required("drops").required("ttl-expired").asLong()).isEqualTo(2);
        assertThat(stat.required("drops").required("internal-error").asLong()).isZero();

        JsonNode web = node.json("services").required(0);
        assertThat(web.required("name").asString()).isEqualTo("web");
        assertThat(web.required("total").asLong()).isEqualTo(24);
        assertThat(web.required("servers")).hasSize(3);
        assertThat(web.required("servers").required(1).required("weight").asInt())
                .isZero();

        boolean echoes = false;
        for (JsonNode connection : node.json("connections", "--service", "echo")) {
            assertThat(connection.required("server").asString()).isEqualTo("5-1");
            assertThat(connection.required("protocol").asString()).isEqualTo("udp");
            echoes = true;
        }
        assertThat(echoes).isTrue();

        JsonNode interfaces = node.json("interfaces");
        assertThat(interfaces).as("four, and the control interface").hasSize(5);
        assertThat(interfaces.required(2).required("name").asString()).isEqualTo("int0");
        assertThat(interfaces
                        .required(2)
                        .required("counters")
                        .required("received-bytes")
                        .asLong())
                .isGreaterThan(6_000_000);
    }

    @Test
    void listings_are_aligned() {
        for (String command : List.of("services", "connections", "interfaces")) {
            List<String> lines = node.weir(command)
                    .output()
                    .lines()
                    .takeWhile(line -> !line.isBlank())
                    .toList();
            assertThat(lines).hasSizeGreaterThan(1);
            String heading = lines.getFirst();
            // Where a column starts or ends in the heading, it starts or ends in every line: a gap of two spaces before
            // the second column stands in all of them.
            int widest = lines.stream().mapToInt(line -> firstGap(line)).max().orElse(0);
            for (String line : lines) {
                assertThat(line.length()).as(line).isGreaterThan(0);
                if (line.length() > widest + 2) {
                    assertThat(line.substring(widest, widest + 2))
                            .as(command + ": " + line)
                            .isBlank();
                }
            }
            assertThat(heading).doesNotContain("\t");
        }
    }

    private static int firstGap(String line) {
        int gap = line.stripLeading().indexOf("  ");
        return line.startsWith(" ") || gap < 0 ? 0 : gap;
    }

    @Test
    void a_replay_gives_the_same_verdicts_every_time_for_any_user() throws IOException {
        Path in = folder.resolve("received.pcap");
        List<String> merge = new ArrayList<>(List.of("mergecap", "-F", "pcap", "-w", in.toString()));
        received.forEach(file -> merge.add(file.toString()));
        Commands.run(merge, "");
        Commands.run("chmod", "a+r", in.toString(), node.configuration().toString());

        Path mine = folder.resolve("out.pcap");
        Commands.Result first = RunningNode.execute(
                List.of("replay", "-c", node.configuration().toString(), in.toString(), mine.toString()));
        assertThat(first.status()).as(first.output()).isZero();
        assertThat(frames(mine, WRONG)).isEmpty();
        assertThat(frames(mine, "tcp && ip.dst == 10.1.1.11")).isNotEmpty();
        assertThat(frames(mine, "tcp && ip.src == " + V4)).isNotEmpty();
        assertThat(first.output()).contains("service-unknown-reset").doesNotContain("internal-error");

        List<String> again = new ArrayList<>(
                RunningNode.command("replay", "-c", node.configuration().toString(), in.toString()));
        Path theirs = Files.createDirectory(folder.resolve("nobody"));
        Commands.run("chmod", "a+rwx", theirs.toString());
        again.add(theirs.resolve("out.pcap").toString());
        Programs.copyClassPath(again, folder);
        Commands.Result second = Commands.attempt(DemoSystemTest.asNobody(again), "", 60);
        assertThat(second.status()).as(second.output()).isZero();
        assertThat(second.output().replace(theirs.toString(), folder.toString()))
                .isEqualTo(first.output());
        assertThat(theirs.resolve("out.pcap")).hasSameBinaryContentAs(mine);
    }
}
