package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.agent.report.ReportVerifier.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Any bytes from the network: no exception, and nothing believed that is not authentic. Runs over its corpus in an ordinary
 * build; {@code .ci/fuzz} searches for more.
 */
class ReportFuzzTest {
    private static final ReportKey KEY = new ReportKey(1, new byte[32]);
    private static final long NOW_MS = 1_700_000_000_000L;

    @FuzzTest(maxDuration = "60s")
    void any_bytes_are_a_report_or_refused_with_a_reason(byte[] data) {
        Verdict forged = verify(data);
        assertThat(forged.outcome()).isNotEqualTo(ReportOutcome.ACCEPTED);
        assertThat(forged.reason()).isNotEmpty();

        // The same bytes from somebody who has the key: the content is as wild, but authentic.
        byte[] signed = signed(data);
        Verdict verdict = verify(signed);
        assertThat(verdict.reason()).isNotEmpty();
        if (verdict.outcome() == ReportOutcome.ACCEPTED) {
            LoadReport report = Objects.requireNonNull(verdict.datagram()).report();
            assertThat(report.cpu()).isLessThanOrEqualTo(1);
            assertThat(AbsurdValues.in(report)).isNull();
            for (int i = 0; i < signed.length; i++) {
                signed[i] ^= (byte) (1 << i % 8);
                assertThat(verify(signed).outcome()).isNotEqualTo(ReportOutcome.ACCEPTED);
                signed[i] ^= (byte) (1 << i % 8);
            }
        }
        if (ReportCodec.decode(signed, 0, signed.length, id -> KEY) instanceof ReportCodec.Authentic(var datagram)
                && AbsurdValues.in(datagram.report()) == null) {
            byte[] again = new byte[ReportCodec.MAX_BYTES];
            ReportKey key = new ReportKey(Math.max(1, datagram.keyId()), KEY.secret());
            int length = ReportCodec.encode(
                    datagram.report(), key, datagram.session(), datagram.sequence(), datagram.timeMs(), again);
            assertThat(length).isEqualTo(signed.length);
            assertThat(ReportCodec.decode(again, 0, length, id -> key))
                    .isEqualTo(new ReportCodec.Authentic(new ReportDatagram(
                            datagram.report(), key.id(), datagram.session(), datagram.sequence(), datagram.timeMs())));
        }
    }

    @FuzzTest(maxDuration = "60s")
    void any_agent_check_text_is_understood_within_its_limits(byte[] data) {
        AgentCheckText text = AgentCheckText.parse(data, data.length);
        assertThat(text.weightPercent().orElse(0)).isBetween(0, 25_600);
        assertThat(text.maxConnections().orElse(0)).isNotNegative();
        assertThat(text.message())
                .hasSizeLessThanOrEqualTo(AgentCheckText.MAX_MESSAGE)
                .matches("[ -~]*");
        assertThat(text.warning()).hasSizeLessThan(200).matches("[ -~]*");
    }

    @FuzzTest(maxDuration = "60s")
    void any_prometheus_page_gives_numbers_and_named_faults(byte[] data) {
        PrometheusSelector plain = PrometheusSelector.parse("a");
        PrometheusSelector labelled = PrometheusSelector.parse("a{b=\"c\"}");
        PrometheusText text = PrometheusText.parse(data, data.length, Set.of(plain, labelled));
        assertThat(text.faults()).hasSizeLessThanOrEqualTo(PrometheusText.MAX_FAULTS);
        assertThat(text.faults()).allMatch(fault -> fault.startsWith("line "));
        if (text.value(labelled).isPresent()) {
            assertThat(text.value(plain)).isPresent();
        }
        String selector = new String(data, StandardCharsets.UTF_8);
        try {
            assertThat(PrometheusSelector.parse(selector).name()).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("does not select a metric");
        }
    }

    private static Verdict verify(byte[] data) {
        return new ReportVerifier(
                        List.of(new Permission(KEY, Set.of())),
                        Duration.ofDays(20_000),
                        server -> true,
                        4,
                        () -> NOW_MS)
                .verify(data, 0, data.length);
    }

    /** The bytes with what a forger without the key cannot make right: magic, key id, code. */
    private static byte[] signed(byte[] data) {
        byte[] signed = Arrays.copyOf(data, Math.clamp(data.length, ReportCodec.MIN_BYTES, ReportCodec.MAX_BYTES));
        System.arraycopy(new byte[] {'W', 'L', 'R', 1, 0, 1}, 0, signed, 0, 6);
        byte[] code = KEY.sign(signed, 0, signed.length - ReportKey.CODE_BYTES);
        System.arraycopy(code, 0, signed, signed.length - code.length, code.length);
        return signed;
    }
}
