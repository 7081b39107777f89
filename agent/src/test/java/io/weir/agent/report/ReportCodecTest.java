package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReportCodecTest {
    private static final ReportKey KEY = new ReportKey(7, new byte[32]);
    private static final LoadReport REPORT = new LoadReport("web-1", 12, 0.5, 0.25, 0.004, 900);

    @Test
    void a_report_comes_back_as_it_was() {
        byte[] bytes = encoded(REPORT);

        assertThat(bytes).hasSize(73 + 5 + 32);
        assertThat(ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key))
                .isEqualTo(new ReportCodec.Authentic(new ReportDatagram(REPORT, 7, 0x5e55L, 3, 1_700_000_000_000L)));
    }

    @Test
    void the_bytes_are_those_of_the_drawing() {
        byte[] bytes = encoded(REPORT);

        // Made with Python's struct and hmac, so that both readings of the drawing agree.
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("574c52010007001f0000000000005e5500000000000000030000018bcfe56800"
                        + "40280000000000003fe00000000000003fd00000000000003f70624dd2f1a9fc408c200000000000"
                        + "057765622d31"
                        + "e7c9958532cda6aa7cbd65dfc4b9b5ba81c165fc56939ea3b31b7654709bca96");
    }

    @Test
    void unknown_metrics_stay_unknown_whatever_their_fields_hold() {
        LoadReport cpuOnly = new LoadReport("é", -1, 0.5, -1, -1, -1);
        byte[] bytes = encoded(cpuOnly);
        Arrays.fill(bytes, 32, 40, (byte) 0xff);
        sign(bytes);

        assertThat(decoded(bytes)).isEqualTo(cpuOnly);
    }

    @Test
    void a_metric_of_minus_one_that_is_said_to_be_known_is_not_taken_for_an_unknown_one() {
        byte[] bytes = encoded(new LoadReport("a", -1, 0.5, -1, -1, -1));
        bytes[7] |= 1;
        ByteBuffer.wrap(bytes).putDouble(32, -1);
        sign(bytes);

        assertThat(AbsurdValues.in(decoded(bytes))).contains("clients");
    }

    @Test
    void a_report_truncated_at_any_length_is_refused() {
        byte[] bytes = encoded(REPORT);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(ReportCodec.decode(bytes, 0, length, ReportCodecTest::key))
                    .as("first %d bytes", length)
                    .isInstanceOf(ReportCodec.Refused.class);
        }
        assertThat(ReportCodec.decode(
                        Arrays.copyOf(bytes, bytes.length + 1), 0, bytes.length + 1, ReportCodecTest::key))
                .isInstanceOf(ReportCodec.Refused.class);
    }

    @Test
    void any_flipped_bit_is_refused() {
        byte[] bytes = encoded(REPORT);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key))
                    .as("bit %d", bit)
                    .isInstanceOf(ReportCodec.Refused.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void lengths_of_an_authentic_sender_are_not_believed_either() {
        for (int length = 0; length < 256; length++) {
            byte[] bytes = encoded(REPORT);
            bytes[72] = (byte) length;
            sign(bytes);
            assertThat(ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key))
                    .as("name of %d bytes", length)
                    .isInstanceOf(length == 5 ? ReportCodec.Authentic.class : ReportCodec.Refused.class);
        }
    }

    @Test
    void names_that_are_not_text_are_refused_with_a_reason() {
        byte[] bytes = encoded(REPORT);
        bytes[74] = (byte) 0xc0;
        sign(bytes);
        assertThat(ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key))
                .isEqualTo(new ReportCodec.Refused(ReportOutcome.MALFORMED, "the server name is not UTF-8"));
        bytes[74] = 0x1b;
        sign(bytes);
        assertThat(ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key))
                .isEqualTo(new ReportCodec.Refused(
                        ReportOutcome.MALFORMED, "the server name has a control character, U+001B"));
    }

    @Test
    void a_report_inside_a_larger_array_is_found_at_its_offset() {
        byte[] bytes = encoded(REPORT);
        byte[] larger = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, larger, 11, bytes.length);

        assertThat(ReportCodec.decode(larger, 11, bytes.length, ReportCodecTest::key))
                .isInstanceOf(ReportCodec.Authentic.class);
    }

    @Test
    void another_key_with_the_same_number_and_an_unknown_number_are_told_apart() {
        byte[] bytes = encoded(REPORT);
        byte[] secret = new byte[32];
        secret[31] = 1;
        ReportKey other = new ReportKey(7, secret);

        assertThat(ReportCodec.decode(bytes, 0, bytes.length, id -> other))
                .isEqualTo(new ReportCodec.Refused(
                        ReportOutcome.BAD_AUTHENTICATION, "its authentication code is not that of key 7"));
        assertThat(ReportCodec.decode(bytes, 0, bytes.length, id -> null))
                .isEqualTo(new ReportCodec.Refused(ReportOutcome.UNKNOWN_KEY, "key 7 is not configured"));
    }

    @Test
    void names_that_do_not_fit_are_refused_when_written() {
        byte[] into = new byte[ReportCodec.MAX_BYTES];
        String longest = "x".repeat(63);
        assertThat(ReportCodec.encode(named(longest), KEY, 1, 1, 1, into)).isEqualTo(ReportCodec.MAX_BYTES);
        for (String name : new String[] {"", longest + "x", "a\nb", "\ud800"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ReportCodec.encode(named(name), KEY, 1, 1, 1, into))
                    .withMessageContaining("name");
        }
    }

    private static @Nullable ReportKey key(int id) {
        return id == 7 ? KEY : null;
    }

    private static LoadReport named(String server) {
        return new LoadReport(server, 1, 0, 0, 0, 0);
    }

    private static LoadReport decoded(byte[] bytes) {
        ReportCodec.Authentic authentic =
                (ReportCodec.Authentic) ReportCodec.decode(bytes, 0, bytes.length, ReportCodecTest::key);
        return authentic.datagram().report();
    }

    private static byte[] encoded(LoadReport report) {
        byte[] bytes = new byte[ReportCodec.MAX_BYTES];
        return Arrays.copyOf(bytes, ReportCodec.encode(report, KEY, 0x5e55L, 3, 1_700_000_000_000L, bytes));
    }

    private static void sign(byte[] bytes) {
        byte[] code = KEY.sign(bytes, 0, bytes.length - 32);
        System.arraycopy(code, 0, bytes, bytes.length - 32, 32);
    }
}
