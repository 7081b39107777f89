package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.application.ApplicationControl.Answer;
import io.weir.application.Claim;
import io.weir.application.Settings;
import io.weir.application.testing.TestNode;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten thousand streams at once: five thousand calls. */
class RtpScaleTest {
    private static final int CALLS = 5_000;
    private static final int STREAMS = 2 * CALLS;
    private static final int ROUNDS = 50;
    private static final long ROUND_US = 20_000;
    private static final int STATION = 0x0a000000; // 10.0.0.0
    private static final int RELAY = 0xc633640a; // 198.51.100.10
    private static final long RELAY6 = 0x10;
    private static final int PORT = 4_000;
    /** Rounds that must pass without a byte; before them code is interpreted and compiled. */
    private static final int WINDOW = 5;

    private final TestNode node;
    private final int[] ports = new int[STREAMS];
    private final ManyPackets packets = new ManyPackets();
    private long relayed;
    private long dropped;

    RtpScaleTest() throws Exception {
        node = TestNode.of(
                new RtpRelayProvider(),
                Settings.of(Map.of("sessions", Integer.toString(CALLS))),
                new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 10_000, 10_000 + 2 * STREAMS - 1),
                new Claim(InetAddress.ofLiteral("2001:db8::10"), Claim.UDP, 10_000, 10_000 + 2 * STREAMS - 1));
    }

    private Answer request(String method, String path, String body) {
        return Objects.requireNonNull(node.control()).handle(method, path, body);
    }

    private void begin(int version) {
        for (int call = 0; call < CALLS; call++) {
            Answer answer = request("POST", "sessions", "{\"family\":\"ipv" + version + "\"}");
            assertThat(answer.status()).isEqualTo(201);
            var session = Call.json(answer);
            ports[2 * call] = Call.number(Call.object(session, "a"), "rtp").intValue();
            ports[2 * call + 1] = Call.number(Call.object(session, "b"), "rtp").intValue();
        }
    }

    /** A packet of each stream; of every hundredth stream, one in ten is missing. */
    private void round(int version, int round) {
        for (int stream = 0; stream < STREAMS; ) {
            packets.clear(1_000_000 + round * ROUND_US);
            while (stream < STREAMS && packets.size() < ManyPackets.MOST) {
                if (stream % 100 != 0 || round % 10 != 5) {
                    int sequence = 65_500 + stream + round;
                    int timestamp = sequence * 160;
                    if (version == 4) {
                        packets.add4(STATION + stream, PORT, RELAY, ports[stream], sequence, timestamp, stream);
                    } else {
                        packets.add6(0x1_0000L + stream, PORT, RELAY6, ports[stream], sequence, timestamp, stream);
                    }
                }
                stream++;
            }
            node.application().receive(packets);
            for (int row = 0; row < packets.size(); row++) {
                if (packets.fate[row] == PORT) {
                    relayed++;
                } else {
                    dropped++;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void ten_thousand_streams_are_relayed_and_counted(int version) {
        begin(version);
        assertThat(request("POST", "sessions", "{}").status()).isEqualTo(409);
        for (int round = 0; round < ROUNDS; round++) {
            round(version, round);
        }
        // Lost on probation: the first of each stream; and the second of the sides that are heard first.
        assertThat(dropped).isEqualTo(STREAMS + CALLS);
        assertThat(relayed).isEqualTo((long) STREAMS * ROUNDS - STREAMS / 100 * (ROUNDS / 10) - dropped);
        SessionTable table = new SessionTable(node.context().shared(), CALLS);
        for (int stream = 0; stream < STREAMS; stream++) {
            long side = SessionTable.side(table.session(stream / 2), stream % 2);
            RtpStream.Report report = RtpStream.report(table.memory(), side + SessionTable.STREAM);
            int lost = stream % 100 == 0 ? ROUNDS / 10 : 0;
            assertThat(report.ssrc()).isEqualTo(stream);
            assertThat(report.expected()).isEqualTo(ROUNDS);
            assertThat(report.lost()).isEqualTo(lost);
            assertThat(report.packets()).isEqualTo(ROUNDS - lost);
            assertThat(report.jitterMs()).isZero();
        }
        assertThat(request("GET", "sessions", "").json()).contains("\"id\":" + CALLS);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void no_packet_costs_the_heap_a_byte(int version) {
        begin(version);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int without = 0;
        for (int round = 0; round < 400 && without < WINDOW; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            round(version, round);
            node.application().timer(packets);
            without = threads.getCurrentThreadAllocatedBytes() == before ? without + 1 : 0;
        }
        assertThat(without).isEqualTo(WINDOW);
        assertThat(relayed).isGreaterThan(STREAMS);
    }
}
