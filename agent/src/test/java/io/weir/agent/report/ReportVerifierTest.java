package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.agent.report.ReportVerifier.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportVerifierTest {
    private static final long START_MS = 1_700_000_000_000L;
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final ReportKey ALL = new ReportKey(1, new byte[32]);
    private static final ReportKey WEB = new ReportKey(2, new byte[40]);

    private long nowMs = START_MS;
    private final Set<String> servers = new HashSet<>(Set.of("web-1", "web-2", "db-1"));
    private final ReportVerifier verifier = verifier(8);

    private ReportVerifier verifier(int senders) {
        return new ReportVerifier(
                List.of(new Permission(ALL, Set.of()), new Permission(WEB, Set.of("web-1", "web-2"))),
                WINDOW,
                servers::contains,
                senders,
                () -> nowMs);
    }

    @Test
    void a_fresh_report_is_accepted_and_the_newest() {
        Verdict verdict = verify(report("web-1", 1, 1, nowMs));

        assertThat(verdict.outcome()).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(verdict.newest()).isTrue();
        assertThat(Objects.requireNonNull(verdict.datagram()).report())
                .isEqualTo(new LoadReport("web-1", 1, 0.5, 0.5, 0.1, 10));
    }

    @Test
    void a_report_is_taken_once() {
        byte[] report = report("web-1", 1, 1, nowMs);

        assertThat(verify(report).outcome()).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(verify(report).outcome()).isEqualTo(ReportOutcome.REPLAYED);
        assertThat(verify(report).reason()).contains("number 1 of server web-1");
    }

    @Test
    void reports_that_overtook_each_other_are_accepted_but_only_the_newest_moves_anything() {
        verify(report("web-1", 1, 10, nowMs + 10));
        Verdict late = verify(report("web-1", 1, 9, nowMs + 9));

        assertThat(late.outcome()).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(late.newest()).isFalse();
        assertThat(verify(report("web-1", 1, 9, nowMs + 9)).outcome()).isEqualTo(ReportOutcome.REPLAYED);
        assertThat(verify(report("web-1", 1, 11, nowMs + 11)).newest()).isTrue();
    }

    @Test
    void what_is_older_than_the_sequence_window_counts_as_seen() {
        verify(report("web-1", 1, 100, nowMs));

        assertThat(outcome("web-1", 1, 37, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, 36, nowMs)).isEqualTo(ReportOutcome.REPLAYED);
        // The window moves on by more than its width.
        assertThat(outcome("web-1", 1, 1000, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, 100, nowMs)).isEqualTo(ReportOutcome.REPLAYED);
    }

    @Test
    void sequence_numbers_are_unsigned_up_to_the_last_one() {
        assertThat(outcome("web-1", 1, Long.MAX_VALUE, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, Long.MIN_VALUE, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, -1, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, 0, nowMs)).isEqualTo(ReportOutcome.REPLAYED);
        assertThat(outcome("web-1", 1, -2, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, -1, nowMs)).isEqualTo(ReportOutcome.REPLAYED);
    }

    @Test
    void times_outside_the_window_are_refused_on_both_sides() {
        nowMs += 100_000;
        assertThat(outcome("web-1", 1, 1, nowMs - 30_000)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, 2, nowMs - 30_001)).isEqualTo(ReportOutcome.OUTSIDE_WINDOW);
        assertThat(outcome("web-1", 1, 3, nowMs + 30_000)).isEqualTo(ReportOutcome.ACCEPTED);
        assertThat(outcome("web-1", 1, 4, nowMs + 30_001)).isEqualTo(ReportOutcome.OUTSIDE_WINDOW);
        for (long time : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(outcome("web-1", 1, 5, time)).isEqualTo(ReportOutcome.OUTSIDE_WINDOW);
        }
    }

    @Test
    void reports_from_before_the_start_may_be_replays_and_are_refused() {
        assertThat(outcome("web-1", 1, 1, START_MS - 1)).isEqualTo(ReportOutcome.OUTSIDE_WINDOW);
        assertThat(outcome("web-1", 1, 1, START_MS)).isEqualTo(ReportOutcome.ACCEPTED);
    }

    @Test
    void a_restarted_sender_counts_anew_and_its_old_session_cannot_be_replayed() {
        List<byte[]> old = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            old.add(report("web-1", 1, i, nowMs + i));
            verify(old.getLast());
        }
        nowMs += 1000;
        assertThat(verify(report("web-1", 2, 1, nowMs)).newest()).isTrue();

        assertThat(old)
                .allSatisfy(report -> assertThat(verify(report).outcome()).isEqualTo(ReportOutcome.REPLAYED));
    }

    @Test
    void a_report_of_the_old_session_that_arrives_late_moves_nothing() {
        verify(report("web-1", 1, 1, nowMs));
        byte[] withheld = report("web-1", 1, 2, nowMs + 1);
        nowMs += 1000;
        verify(report("web-1", 2, 1, nowMs));

        assertThat(verify(withheld).newest()).isFalse();
    }

    @Test
    void sessions_that_were_forgotten_cannot_be_replayed_either() {
        List<byte[]> all = new ArrayList<>();
        Random random = new Random(4);
        for (int session = 1; session <= 3 * ReplayWindow.SESSIONS; session++) {
            for (int i = 1; i <= 5; i++) {
                all.add(report("web-1", session, random.nextInt(1000), nowMs));
                nowMs += 1 + random.nextInt(100);
                if (verify(all.getLast()).outcome() != ReportOutcome.ACCEPTED) {
                    all.removeLast();
                }
            }
        }
        assertThat(all.size()).isGreaterThan(30);

        assertThat(all)
                .allSatisfy(report -> assertThat(verify(report).outcome()).isEqualTo(ReportOutcome.REPLAYED));
    }

    @Test
    void any_order_of_anything_is_never_accepted_twice() {
        Random random = new Random(0xa5);
        List<byte[]> reports = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            reports.add(report("web-1", random.nextInt(7), random.nextInt(90), nowMs + random.nextInt(20_000)));
        }
        Set<Integer> accepted = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(reports.size());
            if (verify(reports.get(number)).outcome() == ReportOutcome.ACCEPTED) {
                assertThat(accepted.add(number)).isTrue();
            }
        }
        assertThat(accepted.size()).isGreaterThan(20);
    }

    @Test
    void a_sender_whose_clock_was_set_back_is_believed_again_at_once() {
        verify(report("web-1", 1, 1, nowMs + 20_000));

        assertThat(verify(report("web-1", 1, 2, nowMs)).newest()).isTrue();
        assertThat(verify(report("web-1", 2, 1, nowMs + 1)).newest()).isTrue();
    }

    @Test
    void two_senders_for_one_server_do_not_shut_each_other_out() {
        for (int i = 1; i < 50; i++) {
            nowMs += 100;
            assertThat(verify(report("web-1", 1, i, nowMs)).newest()).isTrue();
            nowMs += 100;
            assertThat(verify(report("web-1", 2, i, nowMs)).newest()).isTrue();
        }
    }

    @Test
    void a_key_speaks_for_its_servers_only() {
        assertThat(outcome(WEB, "web-2", 1, 1, nowMs)).isEqualTo(ReportOutcome.ACCEPTED);
        Verdict verdict = verify(report(WEB, "db-1", 1, 1, nowMs));
        assertThat(verdict.outcome()).isEqualTo(ReportOutcome.NOT_PERMITTED);
        assertThat(verdict.reason()).isEqualTo("key 2 may not speak for server db-1");
    }

    @Test
    void unknown_keys_forged_codes_and_unknown_servers_are_told_apart() {
        assertThat(outcome(new ReportKey(9, new byte[32]), "web-1", 1, 1, nowMs))
                .isEqualTo(ReportOutcome.UNKNOWN_KEY);
        byte[] forged = report("web-1", 1, 1, nowMs);
        forged[33] ^= 1;
        assertThat(verify(forged).outcome()).isEqualTo(ReportOutcome.BAD_AUTHENTICATION);
        assertThat(outcome("web-9", 1, 1, nowMs)).isEqualTo(ReportOutcome.UNKNOWN_SERVER);
        assertThat(verify(new byte[300]).outcome()).isEqualTo(ReportOutcome.MALFORMED);
    }

    @Test
    void values_no_server_can_have_are_absurd() {
        double[] never = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.5, -2, 1e30};
        int sequence = 0;
        for (double value : never) {
            for (LoadReport report : List.of(
                    new LoadReport("web-1", value, 0, 0, 0, 0),
                    new LoadReport("web-1", 0, value, 0, 0, 0),
                    new LoadReport("web-1", 0, 0, value, 0, 0),
                    new LoadReport("web-1", 0, 0, 0, value, 0),
                    new LoadReport("web-1", 0, 0, 0, 0, value))) {
                Verdict verdict = verify(report(ALL, report, 1, ++sequence, nowMs));
                assertThat(verdict.outcome()).as("%s", report).isEqualTo(ReportOutcome.ABSURD);
                assertThat(verdict.reason()).contains("web-1").contains(Double.toString(value));
            }
        }
        LoadReport tooMuch = new LoadReport("web-1", 0, 1.01, 0, 0, 0);
        assertThat(verify(report(ALL, tooMuch, 1, ++sequence, nowMs)).outcome()).isEqualTo(ReportOutcome.ABSURD);
    }

    @Test
    void a_utilisation_above_one_by_rounding_is_one() {
        LoadReport report = new LoadReport("web-1", 0, 1.0000001, 1.0005, 0, 0);

        Verdict verdict = verify(report(ALL, report, 1, 1, nowMs));
        assertThat(Objects.requireNonNull(verdict.datagram()).report())
                .isEqualTo(new LoadReport("web-1", 0, 1, 1, 0, 0));
    }

    @Test
    void the_number_of_remembered_senders_is_bounded_and_a_silent_one_gives_way() {
        ReportVerifier small = verifier(2);
        byte[] first = report("web-1", 1, 1, nowMs);
        assertThat(small.verify(first, 0, first.length).outcome()).isEqualTo(ReportOutcome.ACCEPTED);
        byte[] second = report("web-2", 1, 1, nowMs + 5);
        assertThat(small.verify(second, 0, second.length).outcome()).isEqualTo(ReportOutcome.ACCEPTED);
        byte[] third = report("db-1", 1, 1, nowMs + 6);
        assertThat(small.verify(third, 0, third.length).outcome()).isEqualTo(ReportOutcome.RATE_LIMITED);

        nowMs += 30_001;
        byte[] later = report("db-1", 1, 2, nowMs);
        assertThat(small.verify(later, 0, later.length).outcome()).isEqualTo(ReportOutcome.ACCEPTED);

        // Our own clock is set back: the forgotten sender's report is inside the window again, but not a second time.
        nowMs -= 30_001;
        assertThat(small.verify(first, 0, first.length).outcome()).isNotEqualTo(ReportOutcome.ACCEPTED);
    }

    @Test
    void unknown_servers_and_forgers_take_no_place() {
        ReportVerifier small = verifier(1);
        for (int i = 0; i < 10; i++) {
            byte[] unknown = report("x" + i, 1, 1, nowMs);
            small.verify(unknown, 0, unknown.length);
        }
        byte[] known = report("web-1", 1, 1, nowMs);
        assertThat(small.verify(known, 0, known.length).outcome()).isEqualTo(ReportOutcome.ACCEPTED);
    }

    @Test
    void new_keys_take_effect_without_forgetting_what_was_seen() {
        byte[] seen = report("web-1", 1, 1, nowMs);
        verify(seen);
        verifier.configure(List.of(new Permission(ALL, Set.of("web-1"))), WINDOW);

        assertThat(verify(seen).outcome()).isEqualTo(ReportOutcome.REPLAYED);
        assertThat(outcome("db-1", 1, 1, nowMs)).isEqualTo(ReportOutcome.NOT_PERMITTED);
        assertThat(outcome(WEB, "web-1", 1, 1, nowMs)).isEqualTo(ReportOutcome.UNKNOWN_KEY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier.configure(
                        List.of(new Permission(ALL, Set.of()), new Permission(ALL, Set.of())), WINDOW))
                .withMessageContaining("key 1 is there twice");
    }

    @Test
    void a_session_of_the_sender_counts_by_itself() {
        ReportSession session = new ReportSession(ALL);
        byte[] bytes = new byte[ReportCodec.MAX_BYTES];
        for (int i = 0; i < 3; i++) {
            int length = session.encode(new LoadReport("web-1", 1, 1, 1, 1, 1), nowMs, bytes);
            assertThat(verifier.verify(bytes, 0, length).newest()).isTrue();
        }
    }

    private ReportOutcome outcome(String server, long session, long sequence, long timeMs) {
        return outcome(ALL, server, session, sequence, timeMs);
    }

    private ReportOutcome outcome(ReportKey key, String server, long session, long sequence, long timeMs) {
        return verify(report(key, server, session, sequence, timeMs)).outcome();
    }

    private Verdict verify(byte[] report) {
        return verifier.verify(report, 0, report.length);
    }

    private static byte[] report(String server, long session, long sequence, long timeMs) {
        return report(ALL, server, session, sequence, timeMs);
    }

    private static byte[] report(ReportKey key, String server, long session, long sequence, long timeMs) {
        return report(key, new LoadReport(server, 1, 0.5, 0.5, 0.1, 10), session, sequence, timeMs);
    }

    private static byte[] report(ReportKey key, LoadReport report, long session, long sequence, long timeMs) {
        byte[] bytes = new byte[ReportCodec.MAX_BYTES];
        return Arrays.copyOf(bytes, ReportCodec.encode(report, key, session, sequence, timeMs, bytes));
    }
}
