package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.ReportOutcome;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;

class ReportReceiverTest {
    private final ReceivedReports received = new ReceivedReports(1000);

    @Test
    void every_outcome_is_counted_and_only_accepted_reports_move_anything() throws Exception {
        byte[] good = ReceivedReports.report(ReceivedReports.ALL, "web-1", 5);
        byte[] forged = ReceivedReports.report(ReceivedReports.ALL, "web-1", 6);
        forged[40] ^= 1;
        receive(good);
        receive(good);
        receive(forged);
        receive(ReceivedReports.report(ReceivedReports.ALL, "web-9", 1));
        receive(ReceivedReports.report(ReceivedReports.WEB, "db-1", 1));
        receive(new byte[20]);

        assertThat(received.tally.toString())
                .isEqualTo(
                        "accepted 1, bad-authentication 1, replayed 1, malformed 1, unknown-server 1, not-permitted 1");
        assertThat(received.next().report().clients()).isEqualTo(5);
        assertThat(received.resources.loads()).containsOnlyKeys("web-1");
    }

    @Test
    void a_report_that_was_overtaken_does_not_replace_the_newer_one() throws Exception {
        receive(ReceivedReports.report(ReceivedReports.ALL, "web-1", 9));
        receive(ReceivedReports.report(ReceivedReports.ALL, "web-1", 8));

        assertThat(received.tally.of(ReportOutcome.ACCEPTED)).isEqualTo(2);
        assertThat(received.resources.load("web-1").orElseThrow().report().clients())
                .isEqualTo(9);
    }

    @Test
    void a_flood_is_refused_before_it_costs_anything_and_leaves_room_for_others() throws Exception {
        InetAddress attacker = InetAddress.getByName("192.0.2.66");
        byte[] junk = ReceivedReports.report(ReceivedReports.ALL, "web-1", 1);
        junk[50] ^= 1;
        for (int i = 0; i < 100_000; i++) {
            received.receiver.receive(junk, 0, junk.length, attacker, LoadSource.AGENT);
        }
        // A quarter of the rate is looked at.
        assertThat(received.tally.of(ReportOutcome.BAD_AUTHENTICATION)).isEqualTo(250);
        assertThat(received.tally.of(ReportOutcome.RATE_LIMITED)).isEqualTo(99_750);

        assertThat(receive(ReceivedReports.report(ReceivedReports.ALL, "web-1", 2)))
                .isEqualTo(ReportOutcome.ACCEPTED);
    }

    @Test
    void the_rate_recovers_with_time_and_can_be_changed() throws Exception {
        received.receiver.limit(4);
        assertThat(receive(new byte[1])).isEqualTo(ReportOutcome.MALFORMED);
        assertThat(receive(new byte[1])).isEqualTo(ReportOutcome.RATE_LIMITED);
        received.nanos += 999_000_000L;
        assertThat(receive(new byte[1])).isEqualTo(ReportOutcome.RATE_LIMITED);
        received.nanos += 2_000_000L;
        assertThat(receive(new byte[1])).isEqualTo(ReportOutcome.MALFORMED);
    }

    @Test
    void the_whole_rate_bounds_all_sources_together() throws Exception {
        for (int i = 0; i < 50_000; i++) {
            InetAddress source = InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
            received.receiver.receive(new byte[1], 0, 1, source, LoadSource.AGENT);
        }
        assertThat(received.tally.of(ReportOutcome.MALFORMED)).isEqualTo(1000);
    }

    @Test
    void datagrams_arrive_over_both_families() throws Exception {
        long sequence = 0;
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(address, 0));
            received.receiver.listen(channel);
            try (DatagramChannel sender = DatagramChannel.open()) {
                send(sender, channel, new byte[500]);
                send(sender, channel, ReceivedReports.report(ReceivedReports.WEB, "web-1", ++sequence));
            }
            ServerLoad load = received.next();
            assertThat(load.report().clients()).isEqualTo((double) sequence);
            assertThat(load.source()).isEqualTo(LoadSource.AGENT);
        }
        assertThat(received.tally.of(ReportOutcome.MALFORMED)).isEqualTo(2);
        received.receiver.close();
    }

    private static void send(DatagramChannel sender, DatagramChannel to, byte[] bytes) throws IOException {
        sender.send(ByteBuffer.wrap(bytes), to.getLocalAddress());
    }

    private ReportOutcome receive(byte[] bytes) {
        return received.receiver
                .receive(bytes, 0, bytes.length, InetAddress.getLoopbackAddress(), LoadSource.AGENT)
                .outcome();
    }
}
