package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Two calls through the RTP relay of a node, one over IPv4 and one over IPv6: GStreamer speaks and listens at both ends. Each end
 * has one socket for RTP and one for RTCP, as telephones have (socat holds them); the session comes from curl.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RtpSystemTest {
    private static final int SECONDS = 4;
    private static final int PACKETS = SECONDS * 50;
    private static final int RATE = 8_000;
    private static final int STATION_PORT = 4_000;
    /** Loopback ports: GStreamer's sender, RTCP of it, and its receiver; of each call another ten. */
    private static final int LOCAL_PORT = 6_000;

    /** Addresses of the two ends; the second is behind another switching processor. */
    private static final Map<String, String[]> ADDRESSES = Map.of(
            "ipv4", new String[] {"10.0.1.71", "10.1.2.13"}, "ipv6", new String[] {"fd00:0:0:1::71", "fd01:0:0:2::13"});

    private static final String[] STATIONS = {"7-1", "5-3"};
    private static final int[] TONES = {440, 1_000};

    private final String name = "system-rtp-" + ProcessHandle.current().pid();
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Map<String, JsonNode> sessions = new TreeMap<>();
    /** What was counted when all was said, by family. */
    private final Map<String, JsonNode> statistics = new TreeMap<>();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    private final List<Path> captures = new ArrayList<>();

    @BeforeAll
    void call(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("curl", "tshark", "tcpdump", "socat", "gst-launch-1.0");
        folder = Programs.readable(temporary);
        figure = new Figure1(name + "-");
        resources.add(figure);
        node = RunningNode.start(
                figure.weir(),
                folder,
                name,
                Figure1.configuration(name, 1, 1, 1) + """
            applications:
              - name: media
                type: rtp
                listen:
                  - {addresses: [%s, "%s"], protocol: udp, ports: 16384-16483}
                settings: {idle: 10s}
            """.formatted(Figure1.VIRTUAL_4, Figure1.VIRTUAL_6));
        resources.addFirst(node);
        List<Process> dumps = new ArrayList<>();
        for (String channel : List.of("ext0", "int1")) {
            Path file = folder.resolve("received-" + channel);
            captures.add(file);
            dumps.add(tcpdump(channel, file));
        }
        List<Process> speakers = new ArrayList<>();
        for (String family : List.of("ipv4", "ipv6")) {
            JsonNode session = curl("{\"label\":\"" + family + "\",\"family\":\"" + family + "\",\"codec\":\"pcmu\"}");
            sessions.put(family, session);
            for (int end = 0; end < 2; end++) {
                connect(family, end, session.required(end == 0 ? "a" : "b"));
            }
        }
        awaitSockets(0);
        awaitSockets(1);
        for (String family : List.of("ipv4", "ipv6")) {
            for (int end = 0; end < 2; end++) {
                speakers.add(speak(family, end));
            }
        }
        for (String family : List.of("ipv4", "ipv6")) {
            String path = "/" + session(family).required("id").asInt();
            Programs.await("everything of " + family + " is counted", 40, () -> {
                JsonNode session = curl("", path);
                return session.required("a").path("stream").path("packets").asInt() >= PACKETS
                        && session.required("b").path("stream").path("packets").asInt() >= PACKETS;
            });
            statistics.put(family, curl("", path));
        }
        // GStreamer may take its time to say good-bye.
        speakers.forEach(Process::destroy);
        for (Process dump : dumps) {
            dump.destroy();
            assertThat(dump.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @AfterAll
    void remove() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    private JsonNode curl(String body, String... path) {
        Path admin = AdminSocket.ownFolder();
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body", "--unix-socket"));
        command.add(AdminSocket.socket(admin, name).toString());
        try {
            command.addAll(List.of(
                    "-H",
                    "Authorization: Bearer "
                            + Files.readString(AdminSocket.token(admin, name)).strip()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        if (!body.isEmpty()) {
            command.addAll(List.of("--json", body));
        }
        command.add("http://weir/v1/applications/media/sessions" + String.join("", path));
        return new ObjectMapper().readTree(Commands.run(command, ""));
    }

    private JsonNode session(String family) {
        return Objects.requireNonNull(sessions.get(family));
    }

    private static int local(String family, int which) {
        return LOCAL_PORT + (family.equals("ipv4") ? 0 : 10) + which;
    }

    /** An end's sockets: what GStreamer sends to loopback goes to the relay, and what comes from there to GStreamer. */
    private void connect(String family, int end, JsonNode side) {
        Station station = figure.station(STATIONS[end]);
        String relay = family.equals("ipv4") ? Figure1.VIRTUAL_4 : "[" + Figure1.VIRTUAL_6 + "]";
        String own = ADDRESSES.getOrDefault(family, new String[2])[end];
        String socket = family.equals("ipv4") ? "UDP4-DATAGRAM:" : "UDP6-DATAGRAM:";
        String bind = family.equals("ipv4") ? own : "[" + own + "]";
        station.start(
                List.of(
                        "socat",
                        "UDP4-DATAGRAM:127.0.0.1:" + local(family, 2) + ",bind=127.0.0.1:" + local(family, 0),
                        socket + relay + ":" + side.required("rtp").asInt() + ",bind=" + bind + ":" + STATION_PORT),
                folder.resolve("socat"));
        station.start(
                List.of(
                        "socat",
                        "UDP4-DATAGRAM:127.0.0.1:" + local(family, 3) + ",bind=127.0.0.1:" + local(family, 1),
                        socket + relay + ":" + side.required("rtcp").asInt() + ",bind=" + bind + ":"
                                + (STATION_PORT + 1)),
                folder.resolve("socat"));
        station.start(
                List.of(
                        "gst-launch-1.0",
                        "-q",
                        "udpsrc",
                        "address=127.0.0.1",
                        "port=" + local(family, 2),
                        "caps=application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0",
                        "!",
                        "rtpjitterbuffer",
                        "latency=500",
                        "!",
                        "rtppcmudepay",
                        "!",
                        "mulawdec",
                        "!",
                        "filesink",
                        "buffer-mode=unbuffered",
                        "location=" + heard(family, end)),
                folder.resolve("listener"));
    }

    private void awaitSockets(int end) throws InterruptedException {
        Station station = figure.station(STATIONS[end]);
        for (String family : List.of("ipv4", "ipv6")) {
            for (int which : new int[] {0, 1, 2}) {
                String address = "127.0.0.1:" + local(family, which);
                Programs.await(
                        address + " is open",
                        20,
                        () -> Programs.in(station, 5, "ss", "-Hnua").output().contains(address + " "));
            }
        }
    }

    private Path heard(String family, int end) {
        return folder.resolve("heard-" + family + "-" + STATIONS[end] + ".raw");
    }

    private Process speak(String family, int end) {
        return figure.station(STATIONS[end])
                .start(
                        List.of(
                                "gst-launch-1.0",
                                "-q",
                                "rtpbin",
                                "name=rtp",
                                "audiotestsrc",
                                "is-live=true",
                                "freq=" + TONES[end],
                                "samplesperbuffer=160",
                                "num-buffers=" + PACKETS,
                                "!",
                                "audio/x-raw,rate=8000,channels=1",
                                "!",
                                "mulawenc",
                                "!",
                                "rtppcmupay",
                                "min-ptime=20000000",
                                "max-ptime=20000000",
                                "!",
                                "rtp.send_rtp_sink_0",
                                "rtp.send_rtp_src_0",
                                "!",
                                "udpsink",
                                "host=127.0.0.1",
                                "port=" + local(family, 0),
                                "rtp.send_rtcp_src_0",
                                "!",
                                "udpsink",
                                "host=127.0.0.1",
                                "port=" + local(family, 1),
                                "sync=false",
                                "async=false"),
                        folder.resolve("speaker"));
    }

    private Process tcpdump(String device, Path file) throws InterruptedException {
        Path log = file.resolveSibling(file.getFileName() + ".log");
        Process process = figure.weir()
                .start(
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
                                "-w",
                                file.toString(),
                                "udp"),
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

    @Test
    @Order(1)
    void each_end_hears_the_other_for_as_long_as_it_spoke() throws IOException, InterruptedException {
        for (String family : List.of("ipv4", "ipv6")) {
            for (int end = 0; end < 2; end++) {
                Path file = heard(family, end);
                // The last packets may still be in the jitter buffer.
                Programs.await(file.getFileName() + " is whole", 5, () -> seconds(file) > SECONDS - 0.7);
                assertThat(seconds(file))
                        .as("seconds heard by %s, %s", STATIONS[end], family)
                        .isLessThan(SECONDS + 0.1);
                assertThat(tone(file))
                        .as("Hz heard by %s, %s", STATIONS[end], family)
                        .isCloseTo(TONES[1 - end], within(25.0));
            }
        }
    }

    private static double seconds(Path file) {
        return file.toFile().length() / 2.0 / RATE;
    }

    /** Zero crossings upwards in a second from the middle. */
    private static double tone(Path file) throws IOException {
        byte[] raw = Files.readAllBytes(file);
        var samples =
                java.nio.ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        int from = RATE;
        int crossings = 0;
        for (int k = from; k < from + RATE; k++) {
            crossings += samples.get(k) < 0 && samples.get(k + 1) >= 0 ? 1 : 0;
        }
        return crossings;
    }

    @Test
    @Order(2)
    void what_is_counted_agrees_with_tshark() {
        for (int end = 0; end < 2; end++) {
            String table = tshark(end);
            for (String family : List.of("ipv4", "ipv6")) {
                JsonNode side = Objects.requireNonNull(statistics.get(family)).required(end == 0 ? "a" : "b");
                JsonNode stream = side.required("stream");
                String[] fields = row(table, stream.required("ssrc").asString());
                String what = family + ", " + STATIONS[end] + ": " + stream + ", tshark: " + String.join(" ", fields);
                int lost = List.of(fields).indexOf("(0.0%)");
                assertThat(lost).as(what).isPositive();
                assertThat(stream.required("lost").asInt()).as(what).isZero();
                assertThat(stream.required("packets").asInt()).as(what).isEqualTo(Integer.parseInt(fields[lost - 2]));
                assertThat(stream.required("packets").asInt()).as(what).isBetween(PACKETS, PACKETS + 2);
                assertThat(stream.required("expected").asInt())
                        .as(what)
                        .isEqualTo(stream.required("packets").asInt());
                // The clocks differ: the kernel's at the device, and weir's at the start of a batch.
                assertThat(stream.required("jitterMs").asDouble())
                        .as(what)
                        .isBetween(0.0, Double.parseDouble(fields[lost + 6]) + 5);
                assertThat(stream.required("mos").asDouble()).as(what).isGreaterThan(4);
                assertThat(stream.required("payloadType").asInt()).isZero();
                assertThat(side.required("latched").required("port").asInt()).isEqualTo(STATION_PORT);
                assertThat(side.required("rtcpPackets").asInt())
                        .as("RTCP of " + what)
                        .isPositive();
                assertThat(side.required("rtcpLatched").required("port").asInt())
                        .isEqualTo(STATION_PORT + 1);
            }
        }
    }

    /** What tshark says of the streams that came from an end. */
    private String tshark(int end) {
        List<String> command =
                new ArrayList<>(List.of("tshark", "-r", captures.get(end).toString(), "-q", "-z", "rtp,streams"));
        for (JsonNode session : sessions.values()) {
            int port = session.required(end == 0 ? "a" : "b").required("rtp").asInt();
            command.addAll(List.of("-d", "udp.port==" + port + ",rtp"));
        }
        return Commands.run(command, "");
    }

    /** The row of a stream, split at blanks. */
    private static String[] row(String table, String ssrc) {
        return table.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).contains("0x" + ssrc))
                .findFirst()
                .orElseThrow(() -> new AssertionError(table))
                .strip()
                .split("\\s+");
    }

    @Test
    @Order(3)
    void a_call_that_is_over_ends_by_itself() throws InterruptedException {
        for (String family : List.of("ipv4", "ipv6")) {
            String path = "/" + session(family).required("id").asInt();
            Programs.await(
                    "the session has ended",
                    15,
                    () -> curl("", path).required("state").asString().equals("ended"));
            assertThat(curl("", path).required("ended").asString()).isEqualTo("idle");
        }
    }
}
