package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {

    /** RFC 1071 §4.1 word by word: an independent, slow second opinion. */
    private static int reference(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int octet = bytes[from + i] & 0xff;
            sum += (i & 1) == 0 ? octet << 8 : octet;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static int checksum(byte[] bytes, int from, int length) {
        return Checksum.swap(Checksum.finish(Checksum.sum(MemorySegment.ofArray(bytes), from, length)));
    }

    @Test
    void the_example_of_rfc_1071_comes_out() {
        byte[] bytes = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};

        assertThat(checksum(bytes, 0, 8)).isEqualTo(~0xddf2 & 0xffff);
    }

    @Test
    void every_length_and_alignment_agrees_with_a_word_by_word_sum() {
        byte[] bytes = new byte[300];
        new Random(1071).nextBytes(bytes);
        for (int from = 0; from < 9; from++) {
            for (int length = 0; length <= 280; length++) {
                assertThat(checksum(bytes, from, length))
                        .as("%d bytes at %d", length, from)
                        .isEqualTo(reference(bytes, from, length));
            }
        }
    }

    @Test
    void carries_are_not_lost_in_64_kilobytes_of_ones() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);

        assertThat(checksum(bytes, 0, bytes.length)).isEqualTo(reference(bytes, 0, bytes.length));
        assertThat(checksum(bytes, 0, 0)).isEqualTo(0xffff);
        assertThat(checksum(bytes, 0, -1)).isEqualTo(0xffff);
    }

    @Test
    void an_incremental_update_equals_a_full_sum() {
        Random random = new Random(1624);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[40];
            random.nextBytes(bytes);
            if (random.nextInt(4) == 0) {
                Arrays.fill(bytes, 0, 32, random.nextBoolean() ? (byte) 0xff : 0);
            }
            MemorySegment memory = MemorySegment.ofArray(bytes);
            int before = Checksum.finish(Checksum.sum(memory, 0, 40));
            byte[] changed = bytes.clone();
            int words = 1 << random.nextInt(4);
            for (int b = 0; b < 2 * words; b++) {
                changed[b] = random.nextInt(3) == 0 ? 0 : (byte) random.nextInt();
            }
            MemorySegment after = MemorySegment.ofArray(changed);

            int updated = switch (words) {
                case 1 -> Checksum.update16(before, raw16(bytes), raw16(changed));
                case 2 -> Checksum.update32(before, (int) raw(bytes, 0, 4), (int) raw(changed, 0, 4));
                case 4 ->
                    Checksum.update(
                            before,
                            Checksum.difference32((int) raw(bytes, 0, 4), (int) raw(changed, 0, 4))
                                    + Checksum.difference32((int) raw(bytes, 4, 4), (int) raw(changed, 4, 4)));
                default ->
                    Checksum.update128(
                            before, raw(bytes, 0, 8), raw(bytes, 8, 8), raw(changed, 0, 8), raw(changed, 8, 8));
            };

            assertThat(updated).isEqualTo(Checksum.finish(Checksum.sum(after, 0, 40)));
        }
    }

    @Test
    void the_counterexample_of_rfc_1624_is_right() {
        // RFC 1624 §4: HC = 0xdd2f, m = 0x5555, m' = 0x3285 gives 0x0000, where RFC 1141 gave 0xffff.
        int updated = Checksum.update16(Checksum.swap(0xdd2f), Checksum.swap(0x5555), Checksum.swap(0x3285));

        assertThat(updated).isZero();
    }

    @Test
    void a_udp_checksum_of_zero_stays_zero_and_no_other_becomes_zero() {
        assertThat(Checksum.updateUdp(0, Checksum.difference32(1, 2))).isZero();
        assertThat(Checksum.updateUdp(
                        Checksum.swap(0xdd2f), Checksum.difference16(Checksum.swap(0x5555), Checksum.swap(0x3285))))
                .isEqualTo(0xffff);
        assertThat(Checksum.finishUdp(0xffff)).isEqualTo(0xffff);
    }

    @Test
    void a_partial_checksum_is_updated_without_inversion() {
        int from = Ipv4Address.parse("10.0.0.1").raw();
        int to = Ipv4Address.parse("192.168.7.9").raw();
        int newTo = Ipv4Address.parse("10.255.3.4").raw();
        int partial = Checksum.fold(Checksum.pseudoHeader4(from, to, IpProtocol.TCP, 1234));

        int updated = Checksum.updatePartial(partial, Checksum.difference32(to, newTo));

        assertThat(updated).isEqualTo(Checksum.fold(Checksum.pseudoHeader4(from, newTo, IpProtocol.TCP, 1234)));
    }

    private static int raw16(byte[] bytes) {
        return (int) raw(bytes, 0, 2);
    }

    private static long raw(byte[] bytes, int at, int length) {
        long raw = 0;
        for (int i = length - 1; i >= 0; i--) {
            raw = raw << 8 | (bytes[at + i] & 0xff);
        }
        return raw;
    }
}
