package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UdpFramesTest {
    private final List<byte[]> frames =
            UdpFrames.build(0x020000000001L, 0x02000000000aL, "10.50.0.2", "10.70.0.1", Lane.DISCARD_PORT);

    @Test
    void each_flow_has_one_frame_of_60_bytes_and_a_source_port_of_its_own() {
        Set<Short> ports = new HashSet<>();
        for (byte[] frame : frames) {
            assertThat(frame).hasSize(60);
            ports.add(ByteBuffer.wrap(frame).getShort(34));
        }
        assertThat(ports).hasSize(256);
    }

    @Test
    void addresses_ports_and_lengths_are_where_they_belong() {
        ByteBuffer frame = ByteBuffer.wrap(frames.getFirst());
        assertThat(frame.getLong(0)).isEqualTo(0x02000000000a0200L);
        assertThat(frame.getInt(8)).isEqualTo(1);
        assertThat(frame.getShort(12)).isEqualTo((short) 0x0800);
        assertThat(frame.getShort(16)).isEqualTo((short) 46);
        assertThat(frame.getInt(26)).isEqualTo(0x0a320002);
        assertThat(frame.getInt(30)).isEqualTo(0x0a460001);
        assertThat(frame.getShort(36)).isEqualTo((short) 9);
        assertThat(frame.getShort(38)).isEqualTo((short) 26);
    }

    @Test
    void checksums_are_right() {
        for (byte[] bytes : frames) {
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            // RFC 1071: a sum that includes its checksum is all ones.
            assertThat(sum(frame, 14, 20, 0)).isEqualTo(0xffff);
            assertThat(sum(frame, 26, 34, 17 + 26)).isEqualTo(0xffff);
        }
    }

    private static int sum(ByteBuffer frame, int from, int length, int start) {
        long sum = start;
        for (int i = 0; i < length; i += 2) {
            sum += frame.getShort(from + i) & 0xffff;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (int) sum;
    }

    @Test
    void received_packets_are_read_for_the_right_interface() {
        String table = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
               s1: 1111   22    0    0    0     0          0         0 1 2    0    0    0     0       0          0
              s11:123456789    4444    0    0    0     0          0         0 1 2    0    0    0     0       0          0
            """;
        assertThat(UdpFlood.receivedPackets(table, "s1")).isEqualTo(22);
        assertThat(UdpFlood.receivedPackets(table, "s11")).isEqualTo(4444);
        assertThatThrownBy(() -> UdpFlood.receivedPackets(table, "s2")).isInstanceOf(MeasurementException.class);
    }

    @Test
    void quantiles_are_values_that_were_measured() {
        long[] sorted = new long[1000];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = (i + 1) * 1000L;
        }
        assertThat(UdpPing.quantileUs(sorted, 0.5)).isEqualTo(500);
        assertThat(UdpPing.quantileUs(sorted, 0.999)).isEqualTo(999);
        assertThat(UdpPing.quantileUs(new long[] {7000}, 0.99)).isEqualTo(7);
    }
}
