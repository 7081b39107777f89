package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RtpStreamTest {
    private static final int TICK = 125 << 16; // 8000 Hz
    private static final int SAMPLES = 160;
    private static final int PACKET_US = 20_000;

    private final MemorySegment memory = Arena.ofAuto().allocate(160, 8);
    private int micros = -50_000; // wraps soon

    private void arrive(int sequence, int timestamp, int ssrc, int afterUs) {
        micros += afterUs;
        MemorySegment packet = MemorySegment.ofArray(Call.rtp(sequence & 0xffff, timestamp, ssrc, new byte[20]));
        RtpStream.receive(memory, 0, packet, 0, 32, micros, TICK);
    }

    private void arrive(int sequence) {
        arrive(sequence, sequence * SAMPLES, 1, PACKET_US);
    }

    private void arriveFrom(int first, int last) {
        for (int sequence = first; sequence <= last; sequence++) {
            arrive(sequence);
        }
    }

    private RtpStream.Report report() {
        return RtpStream.report(memory, 0);
    }

    @Test
    void a_steady_stream_has_neither_loss_nor_jitter() {
        arriveFrom(1, 100);
        assertThat(report()).isEqualTo(new RtpStream.Report(1, 100, 3_200, 100, 0, 0, 0, 0, 1, 0, 0));
    }

    @Test
    void a_source_counts_from_two_packets_in_sequence_on() {
        arrive(1);
        assertThat(RtpStream.isValid(memory, 0)).isFalse();
        arrive(3);
        assertThat(RtpStream.isValid(memory, 0)).isFalse();
        arrive(4);
        assertThat(RtpStream.isValid(memory, 0)).isTrue();
        assertThat(report().expected()).isEqualTo(2);
        assertThat(report().lost()).isZero();
    }

    @Test
    void sequence_numbers_roll_over() {
        arriveFrom(65_000, 65_000 + 3 * 65_536);
        assertThat(report().expected()).isEqualTo(3 * 65_536 + 1);
        assertThat(report().lost()).isZero();
        assertThat(report().jitterMs()).isZero();
    }

    @Test
    void what_is_missing_was_lost_also_across_the_rollover() {
        arriveFrom(65_530, 65_534);
        arriveFrom(65_538, 65_547); // 3 missing
        assertThat(report().expected()).isEqualTo(18);
        assertThat(report().lost()).isEqualTo(3);
        assertThat(report().lostShare()).isCloseTo(3 / 18.0, within(1e-9));
    }

    @Test
    void a_late_packet_is_not_lost() {
        arriveFrom(65_530, 65_535);
        arriveFrom(65_538, 65_540);
        arrive(65_537);
        arrive(65_536);
        assertThat(report().lost()).isZero();
        assertThat(report().reordered()).isEqualTo(2);
        assertThat(report().duplicates()).isZero();
    }

    @Test
    void duplicates_are_counted_and_make_the_loss_negative_as_rfc_3550_has_it() {
        arriveFrom(1, 10);
        arrive(10);
        arrive(5);
        arrive(5);
        assertThat(report().duplicates()).isEqualTo(3);
        assertThat(report().reordered()).isZero();
        assertThat(report().lost()).isEqualTo(-3);
        assertThat(report().lostShare()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2999, 2998, 0", "3000, 0, 1", "40000, 0, 1", "65425, 0, 1"})
    void a_gap_is_loss_up_to_a_limit_and_a_restart_beyond(int ahead, int lost, int restarts) {
        arriveFrom(1, 10);
        arriveFrom(10 + ahead, 20 + ahead);
        assertThat(report().lost()).isEqualTo(lost);
        assertThat(report().restarts()).isEqualTo(restarts);
        assertThat(report().expected()).isEqualTo(restarts == 1 ? 21 : 10 + ahead + 10);
    }

    @Test
    void a_single_stray_sequence_number_is_no_restart() {
        arriveFrom(1, 10);
        arrive(30_000);
        arriveFrom(11, 20);
        assertThat(report().restarts()).isZero();
        assertThat(report().expected()).isEqualTo(20);
        assertThat(report().lost()).isZero();
    }

    @Test
    void another_source_begins_anew_and_what_was_counted_stays() {
        arriveFrom(1, 10);
        arriveFrom(12, 20); // one lost
        arrive(60_000, 5, 2, 33_333);
        arrive(60_001, 5 + SAMPLES, 2, PACKET_US);
        arrive(60_002, 5 + 2 * SAMPLES, 2, PACKET_US);
        RtpStream.Report report = report();
        assertThat(report.ssrc()).isEqualTo(2);
        assertThat(report.sources()).isEqualTo(2);
        assertThat(report.packets()).isEqualTo(22);
        assertThat(report.expected()).isEqualTo(23);
        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.jitterMs()).isZero();
    }

    @Test
    void a_stray_source_changes_nothing() {
        arriveFrom(1, 10);
        arrive(500, 1, 9, PACKET_US);
        arrive(11, 11 * SAMPLES, 1, 0);
        assertThat(report().ssrc()).isEqualTo(1);
        assertThat(report().sources()).isEqualTo(1);
        assertThat(report().expected()).isEqualTo(11);
        assertThat(report().jitterMs()).isZero();
    }

    @Test
    void jitter_is_that_of_rfc_3550() {
        int[] spacings = {20_000, 25_000, 15_000, 20_125, 19_000, 60_000, 100, 20_000, 21_000, 20_500};
        arrive(1);
        double jitter = 0;
        for (int k = 0; k < spacings.length; k++) {
            arrive(2 + k, (2 + k) * SAMPLES, 1, spacings[k]);
            jitter += (Math.abs(spacings[k] - PACKET_US) - jitter) / 16;
            assertThat(report().jitterMs()).as("packet %d", k).isCloseTo(jitter / 1_000, within(0.002));
        }
    }

    @Test
    void a_jump_of_the_timestamp_is_no_jitter() {
        arriveFrom(1, 10);
        arrive(11, 1_000_000_000, 1, PACKET_US);
        arrive(12, 1_000_000_000 + SAMPLES, 1, PACKET_US);
        arrive(13, -5, 1, PACKET_US);
        arrive(14, -5 + SAMPLES, 1, PACKET_US); // over 0
        assertThat(report().jitterMs()).isZero();
    }

    @Test
    void packets_of_one_timestamp_are_measured_once() {
        arriveFrom(1, 10);
        for (int k = 0; k < 5; k++) {
            arrive(11 + k, 11 * SAMPLES, 1, PACKET_US); // a telephone event
        }
        arrive(16, 16 * SAMPLES, 1, PACKET_US);
        assertThat(report().jitterMs()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // computed elsewhere from the formulae: 93.2 - 0.024 (20 + 2 J) - Ie,eff
        "PCMU, 0, 0, 4.400",
        "PCMU, 0.01, 0, 4.316",
        "PCMU, 0.05, 10, 3.883",
        "G729, 0, 0, 4.087",
        "PCMU, 1, 0, 1.165",
        "G723, 1, 3000, 1.000",
        "OPUS, 0.2, 100, 2.118"
    })
    void the_opinion_score_follows_the_e_model(Codec codec, double lost, double jitterMs, double score) {
        assertThat(CallQuality.meanOpinionScore(codec, lost, jitterMs)).isCloseTo(score, within(0.0006));
    }
}
