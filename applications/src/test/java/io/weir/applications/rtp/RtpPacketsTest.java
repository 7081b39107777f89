package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RtpPacketsTest {
    private static boolean isMedia(byte[] packet) {
        return RtpPackets.isMedia(MemorySegment.ofArray(packet), 0, packet.length, packet.length, false);
    }

    private static boolean isCompound(byte[] packet) {
        return RtpPackets.isCompound(MemorySegment.ofArray(packet), 0, packet.length, packet.length, false);
    }

    private static byte[] hex(String text) {
        return java.util.HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "plain, 80 00 0001 00000002 00000003 aabb, true",
        "without payload, 80 00 0001 00000002 00000003, true",
        "marker and dynamic type, 80 e0 0001 00000002 00000003 aa, true",
        "two contributing sources, 82 00 0001 00000002 00000003 00000004 00000005 aa, true",
        "extension, 90 00 0001 00000002 00000003 bede0001 10ff0000 aa, true",
        "extension without words, 90 00 0001 00000002 00000003 bede0000, true",
        "padding, a0 00 0001 00000002 00000003 aa 00 02, true",
        "padding only, a0 00 0001 00000002 00000003 00 00 00 04, true",
        "all of it, b1 00 0001 00000002 00000003 00000004 bede0001 10ff0000 aa 00 00 03, true",
        "version 0, 00 00 0001 00000002 00000003 aabb, false",
        "version 1, 40 00 0001 00000002 00000003 aabb, false",
        "version 3, c0 00 0001 00000002 00000003 aabb, false",
        "a STUN request, 00 01 0000 2112a442 00000003 00000004 00000005, false",
        "contributing sources that are not there, 83 00 0001 00000002 00000003 00000004 00000005, false",
        "an extension cut off, 90 00 0001 00000002 00000003 bede, false",
        "an extension that is longer than the packet, 90 00 0001 00000002 00000003 bede0002 10ff0000, false",
        "no padding where padding is announced, a0 00 0001 00000002 00000003 aa 00 00, false",
        "padding into the header, a0 00 0001 00000002 00000003 aa 00 04, false",
        "padding announced and nothing there, a0 00 0001 00000002 00000003, false"
    })
    void rtp_is_checked_as_rfc_3550_has_it(String name, String packet, boolean valid) {
        assertThat(isMedia(hex(packet))).as(name).isEqualTo(valid);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "empty receiver report, 80 c9 0001 00000001, true",
        "sender report, 80 c8 0006 00000001 00000000 00000000 00000000 00000000 00000000, true",
        "report and description, 80 c9 0001 00000001 81 ca 0002 00000001 01 00 00 00, true",
        "report and bye, 80 c9 0001 00000001 81 cb 0001 00000001, true",
        "padding in the last, 80 c9 0001 00000001 a1 cb 0002 00000001 00000004, true",
        "too short, 80 c9 0000, false",
        "version 1, 40 c9 0001 00000001, false",
        "padding in the first, a0 c9 0001 00000001, false",
        "a description first, 81 ca 0002 00000001 01 00 00 00, false",
        "a length beyond the packet, 80 c9 0002 00000001, false",
        "bytes behind the last, 80 c9 0001 00000001 0000, false",
        "words behind the last, 80 c9 0001 00000001 00000000, false",
        "version 0 in the second, 80 c9 0001 00000001 01 ca 0002 00000001 01 00 00 00, false",
        "the second too long, 80 c9 0001 00000001 81 ca 0003 00000001 01 00 00 00, false"
    })
    void rtcp_is_checked_as_rfc_3550_has_it(String name, String packet, boolean valid) {
        assertThat(isCompound(hex(packet))).as(name).isEqualTo(valid);
    }

    @Test
    void no_truncation_is_read_beyond_its_end() {
        byte[] rtp = hex("b2 00 0001 00000002 00000003 00000004 00000005 bede0002 10ff0000 00000000 aabb 00 00 03");
        for (int length = 0; length < rtp.length; length++) {
            byte[] cut = Arrays.copyOf(rtp, length);
            boolean whole = length >= 32 && (cut[length - 1] == 0 ? false : (cut[length - 1] & 0xff) <= length - 32);
            assertThat(isMedia(cut)).as("RTP, %d bytes", length).isEqualTo(whole);
        }
        byte[] rtcp = hex("80 c9 0001 00000001 81 ca 0002 00000001 01 00 00 00");
        for (int length = 0; length < rtcp.length; length++) {
            assertThat(isCompound(Arrays.copyOf(rtcp, length)))
                    .as("RTCP, %d bytes", length)
                    .isEqualTo(length == 8);
        }
        for (int length = 0; length < 2; length++) {
            assertThat(RtpPackets.isControl(MemorySegment.ofArray(new byte[length]), 0, length))
                    .isFalse();
        }
    }

    @Test
    void of_a_packet_in_pieces_no_more_than_the_first_piece_is_read() {
        byte[] packet = hex("b0 00 0001 00000002 00000003 bede0001 10ff0000 aa 00 00 03");
        for (int contiguous = 0; contiguous <= packet.length; contiguous++) {
            MemorySegment piece = MemorySegment.ofArray(Arrays.copyOf(packet, contiguous));
            assertThat(RtpPackets.isMedia(piece, 0, packet.length, contiguous, false))
                    .as("%d bytes", contiguous)
                    .isEqualTo(contiguous >= 16);
            assertThat(RtpPackets.isCompound(piece, 0, packet.length, contiguous, false))
                    .isFalse();
        }
    }

    @Test
    void rtcp_is_told_from_rtp_by_its_type() {
        for (int type = 0; type < 256; type++) {
            byte[] packet = {(byte) 0x80, (byte) type};
            assertThat(RtpPackets.isControl(MemorySegment.ofArray(packet), 0, 2))
                    .as("second byte %d", type)
                    .isEqualTo(type >= 192 && type <= 223);
        }
    }

    @Test
    void what_a_secure_profile_encrypts_is_not_looked_at() {
        byte[] rtp = hex("a0 00 0001 00000002 00000003 aa 00 99");
        assertThat(RtpPackets.isMedia(MemorySegment.ofArray(rtp), 0, rtp.length, rtp.length, true))
                .isTrue();
        byte[] rtcp = hex("80 c9 0001 00000001 deadbeefdeadbeef 80000001 0123456789abcdef0123");
        assertThat(RtpPackets.isCompound(MemorySegment.ofArray(rtcp), 0, rtcp.length, rtcp.length, true))
                .isTrue();
        assertThat(RtpPackets.isCompound(MemorySegment.ofArray(rtcp), 0, rtcp.length, rtcp.length, false))
                .isFalse();
        byte[] cut = Arrays.copyOf(rtcp, 11);
        assertThat(RtpPackets.isCompound(MemorySegment.ofArray(cut), 0, cut.length, cut.length, true))
                .isFalse();
    }

    @Test
    void the_fields_are_read_unsigned() {
        MemorySegment packet = MemorySegment.ofArray(hex("80 ff fffe fffffffd fffffffc"));
        assertThat(RtpPackets.payloadType(packet, 0)).isEqualTo(127);
        assertThat(RtpPackets.sequence(packet, 0)).isEqualTo(0xfffe);
        assertThat(RtpPackets.timestamp(packet, 0)).isEqualTo(0xfffffffd);
        assertThat(RtpPackets.source(packet, 0)).isEqualTo(0xfffffffc);
    }
}
