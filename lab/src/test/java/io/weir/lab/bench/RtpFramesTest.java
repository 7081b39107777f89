package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RtpFramesTest {
    private static final List<RtpFrames.Stream> STREAMS = List.of(
            new RtpFrames.Stream("10.50.0.2", 20_000, "10.50.0.1", 16_384),
            new RtpFrames.Stream("10.50.0.2", 20_001, "10.50.0.1", 16_388));

    @Test
    void a_packet_is_rtp_over_udp_over_ipv4() {
        ByteBuffer frame = ByteBuffer.wrap(
                RtpFrames.build(0x020000000001L, 0x02000000000aL, STREAMS).get(3));
        assertThat(frame.capacity()).isEqualTo(RtpFrames.FRAME_BYTES);
        assertThat(frame.getLong(0)).isEqualTo(0x02000000000a0200L);
        assertThat(frame.getShort(12)).isEqualTo((short) 0x0800);
        assertThat(frame.getShort(16)).isEqualTo((short) 200);
        assertThat(frame.getInt(26)).isEqualTo(0x0a320002);
        assertThat(frame.getInt(30)).isEqualTo(0x0a320001);
        assertThat(frame.getShort(34)).isEqualTo((short) 20_001);
        assertThat(frame.getShort(36)).isEqualTo((short) 16_388);
        assertThat(frame.getShort(38)).isEqualTo((short) 180);
        assertThat(frame.getShort(42)).isEqualTo((short) 0x8000);
        assertThat(frame.getShort(44)).isEqualTo((short) 1_024);
        assertThat(frame.getInt(46)).isEqualTo(160);
        assertThat(frame.getInt(50)).isEqualTo(2);
    }

    @Test
    void checksums_are_right() {
        for (byte[] bytes : RtpFrames.first(1, 2, STREAMS)) {
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            // RFC 1071: a sum that includes its checksum is all ones.
            assertThat(sum(frame, 14, 20, 0)).isEqualTo(0xffff);
            assertThat(sum(frame, 26, 188, 17 + 180)).isEqualTo(0xffff);
        }
    }

    @Test
    void a_stream_always_goes_forward() {
        List<byte[]> frames = RtpFrames.build(1, 2, STREAMS);
        assertThat(frames).hasSize(2 * RtpFrames.ROUND);
        Set<Integer> sequences = new HashSet<>();
        for (int k = 0; k < frames.size(); k += 2) {
            sequences.add(ByteBuffer.wrap(frames.get(k)).getShort(44) & 0xffff);
        }
        assertThat(sequences).hasSize(RtpFrames.ROUND).allMatch(sequence -> sequence % 1_024 == 0);
    }

    private static int sum(ByteBuffer frame, int from, int length, int start) {
        long sum = start;
        for (int i = from; i < from + length; i += 2) {
            sum += Short.toUnsignedInt(frame.getShort(i));
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (int) sum;
    }
}
