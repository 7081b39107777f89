package io.weir.port.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcapReaderTest {
    static final byte[] FRAME = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private static ByteBuffer buffer(boolean bigEndian) {
        return ByteBuffer.allocate(1 << 16).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private static ByteBuffer classic(boolean bigEndian, int magic, int linkType) {
        return buffer(bigEndian)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(linkType);
    }

    private static ByteBuffer section(boolean bigEndian) {
        return buffer(bigEndian)
                .putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1)
                .putInt(28);
    }

    /** An interface description with if_tsresol. */
    private static void addInterface(ByteBuffer buffer, int linkType, int snapLength, int resolution) {
        buffer.putInt(1)
                .putInt(32)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(snapLength)
                .putShort((short) 9)
                .putShort((short) 1)
                .put((byte) resolution)
                .put(new byte[3])
                .putInt(0)
                .putInt(32);
    }

    private static void addEnhancedPacket(ByteBuffer buffer, int index, long ticks, byte[] frame, int original) {
        int padded = (frame.length + 3) & ~3;
        buffer.putInt(6)
                .putInt(32 + padded)
                .putInt(index)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(frame.length)
                .putInt(original)
                .put(frame)
                .put(new byte[padded - frame.length])
                .putInt(32 + padded);
    }

    private static PcapReader read(byte[] file) throws IOException {
        return PcapReader.read(new ByteArrayInputStream(file), "test.pcap");
    }

    private static List<byte[]> readAll(byte[] file) throws IOException {
        List<byte[]> packets = new ArrayList<>();
        try (PcapReader reader = read(file)) {
            while (reader.next()) {
                packets.add(reader.bytes());
            }
        }
        return packets;
    }

    @ParameterizedTest
    @CsvSource({"true,0xa1b2c3d4,1000", "false,0xa1b2c3d4,1000", "true,0xa1b23c4d,1", "false,0xa1b23c4d,1"})
    void classic_pcap_is_read_in_both_byte_orders_and_resolutions(boolean bigEndian, long magic, int fractionNs)
            throws IOException {
        ByteBuffer file = classic(bigEndian, (int) magic, 1);
        file.putInt(0xf0000000)
                .putInt(123_456)
                .putInt(FRAME.length)
                .putInt(FRAME.length)
                .put(FRAME);

        try (PcapReader reader = read(bytes(file))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.bytes()).isEqualTo(FRAME);
            assertThat(reader.timestampNs()).isEqualTo(0xf0000000L * 1_000_000_000L + 123_456L * fractionNs);
            assertThat(reader.isTruncated()).isFalse();
            assertThat(reader.offset()).isEqualTo(24);
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void a_packet_cut_by_the_snap_length_is_flagged() throws IOException {
        ByteBuffer file = classic(false, 0xa1b2c3d4, 1);
        file.putLong(0).putInt(FRAME.length).putInt(1500).put(FRAME);

        try (PcapReader reader = read(bytes(file))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.isTruncated()).isTrue();
            assertThat(reader.originalLength()).isEqualTo(1500);
            assertThat(reader.capturedLength()).isEqualTo(FRAME.length);
        }
    }

    @Test
    void a_link_type_other_than_ethernet_is_named() {
        assertThatThrownBy(() -> read(bytes(classic(false, 0xa1b2c3d4, 113))))
                .isInstanceOf(PcapException.class)
                .hasMessage("test.pcap: byte 20: link type 113 is not Ethernet (1)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pcapng_is_read_in_both_byte_orders(boolean bigEndian) throws IOException {
        ByteBuffer file = section(bigEndian);
        addInterface(file, 1, 0, 9);
        file.putInt(0x0bad).putInt(16).putInt(0xdeadbeef).putInt(16); // unknown block
        addEnhancedPacket(file, 0, 1_700_000_000_123_456_789L, FRAME, FRAME.length);

        try (PcapReader reader = read(bytes(file))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.bytes()).isEqualTo(FRAME);
            assertThat(reader.timestampNs()).isEqualTo(1_700_000_000_123_456_789L);
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void a_simple_packet_is_as_long_as_the_snap_length_allows() throws IOException {
        ByteBuffer file = section(false);
        addInterface(file, 1, 10, 6);
        file.putInt(3)
                .putInt(28)
                .putInt(FRAME.length)
                .put(FRAME, 0, 10)
                .putShort((short) 0)
                .putInt(28);

        try (PcapReader reader = read(bytes(file))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.bytes()).isEqualTo(java.util.Arrays.copyOf(FRAME, 10));
            assertThat(reader.isTruncated()).isTrue();
        }
    }

    @Test
    void a_second_section_may_change_the_byte_order_and_forgets_the_interfaces() throws IOException {
        ByteBuffer first = section(false);
        addInterface(first, 1, 0, 6);
        addEnhancedPacket(first, 0, 1, FRAME, FRAME.length);
        ByteBuffer second = section(true);
        addEnhancedPacket(second, 0, 1, FRAME, FRAME.length);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(bytes(first));
        both.writeBytes(bytes(second));

        try (PcapReader reader = read(both.toByteArray())) {
            assertThat(reader.next()).isTrue();
            assertThatThrownBy(reader::next).hasMessageContaining("interface 0 is not one of the 0 described");
        }
    }

    @Test
    void an_interface_of_another_link_type_is_refused_only_when_it_has_a_packet() throws IOException {
        ByteBuffer file = section(false);
        addInterface(file, 1, 0, 6);
        addInterface(file, 276, 0, 6);
        addEnhancedPacket(file, 0, 1, FRAME, FRAME.length);
        addEnhancedPacket(file, 1, 1, FRAME, FRAME.length);

        try (PcapReader reader = read(bytes(file))) {
            assertThat(reader.next()).isTrue();
            assertThatThrownBy(reader::next)
                    .isInstanceOf(PcapException.class)
                    .hasMessageContaining("link type 276 is not Ethernet");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5000,3,5000000000", // milliseconds... 10^-3 s
        "5000000,6,5000000000",
        "5000000000,9,5000000000",
        "5000000000000,12,5000000000",
        "5,0,5000000000",
        "5,128,5000000000", // 2^-0 s
        "5120,138,5000000000", // 2^-10 s
        "21474836480,160,5000000000", // 2^-32 s
        "3,255,0"
    })
    void time_resolutions_of_ten_and_of_two_become_nanoseconds(long ticks, int resolution, long expectedNs) {
        assertThat(PcapngFormat.nanoseconds(ticks, resolution)).isEqualTo(expectedNs);
    }

    @Test
    void impossible_lengths_are_refused_at_their_byte() {
        ByteBuffer record = classic(false, 0xa1b2c3d4, 1);
        record.putLong(0).putInt(0x7fffffff).putInt(0x7fffffff);
        assertThatThrownBy(() -> readAll(bytes(record)))
                .isInstanceOf(PcapException.class)
                .hasMessageContaining("byte 24: captured length 2147483647 is more than 262144");

        ByteBuffer block = section(false);
        block.putInt(6).putInt(0x7ffffffc);
        assertThatThrownBy(() -> readAll(bytes(block)))
                .isInstanceOf(PcapException.class)
                .hasMessageContaining("byte 28: block length 2147483644");

        ByteBuffer packet = section(false);
        addInterface(packet, 1, 0, 6);
        packet.putInt(6).putInt(32).putInt(0).putLong(0).putInt(-4).putInt(-4).putInt(32);
        assertThatThrownBy(() -> readAll(bytes(packet)))
                .isInstanceOf(PcapException.class)
                .hasMessageContaining("captured length 4294967292");
    }

    @Test
    void every_truncation_of_a_good_file_ends_cleanly_or_with_the_byte_of_the_end() throws IOException {
        ByteBuffer ng = section(true);
        addInterface(ng, 1, 0, 6);
        addEnhancedPacket(ng, 0, 1, FRAME, FRAME.length);
        ByteBuffer old = classic(true, 0xa1b2c3d4, 1);
        old.putLong(0).putInt(FRAME.length).putInt(FRAME.length).put(FRAME);
        for (byte[] file : List.of(bytes(ng), bytes(old))) {
            assertThat(readAll(file)).hasSize(1);
            for (int length = 0; length < file.length; length++) {
                byte[] cut = java.util.Arrays.copyOf(file, length);
                try {
                    assertThat(readAll(cut)).isEmpty();
                } catch (PcapException e) {
                    assertThat(e.offset()).isLessThanOrEqualTo(length);
                }
            }
        }
    }

    @Test
    void any_bytes_give_packets_or_a_pcap_exception() throws IOException {
        ByteBuffer ng = section(false);
        addInterface(ng, 1, 0, 6);
        for (int i = 0; i < 5; i++) {
            addEnhancedPacket(ng, 0, i, FRAME, FRAME.length + i);
        }
        ByteBuffer old = classic(false, 0xa1b23c4d, 1);
        for (int i = 0; i < 5; i++) {
            old.putLong(i).putInt(FRAME.length).putInt(FRAME.length).put(FRAME);
        }
        List<byte[]> seeds = List.of(bytes(ng), bytes(old));
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] file = seeds.get(round & 1).clone();
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            try {
                for (byte[] packet : readAll(file)) {
                    assertThat(packet.length).isLessThanOrEqualTo(file.length);
                }
            } catch (PcapException e) {
                assertThat(e.offset()).isBetween(0L, (long) file.length);
            }
        }
    }
}
