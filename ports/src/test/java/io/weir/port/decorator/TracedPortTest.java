package io.weir.port.decorator;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import io.weir.port.pcap.PcapReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracedPortTest {
    @TempDir
    Path directory;

    private final PoolView pool = PacketStorage.checking(32, 2048, 1).view(0);
    private final FrameOwners owners = new FrameOwners(pool);
    private final MemoryWire wire = new MemoryWire(1, "ext0", 1, 1500, 1, 4);
    private final MemoryStation station = wire.station(pool);
    private final FrameBatch batch = new FrameBatch(16);
    private long timeNs = 1_700_000_000_000_000_000L;

    @AfterEach
    void every_buffer_is_back() {
        for (int i = 0; i < batch.size(); i++) {
            pool.release(batch.address[i]);
        }
        station.close();
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    private Path file() {
        return directory.resolve("trace.pcapng");
    }

    private TracedPort port(long maximumBytes) throws IOException {
        return new TracedPort(wire.port(0, owners), owners, file(), maximumBytes, () -> timeNs++);
    }

    /** Direction and length of each recorded frame. */
    private List<String> recorded() throws IOException {
        List<String> lines = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(file())) {
            while (reader.next()) {
                lines.add(reader.direction() + " " + reader.capturedLength());
            }
        }
        return lines;
    }

    private void queue(int... lengths) {
        for (int length : lengths) {
            batch.add(pool.acquire(), length, 0, FrameBatch.STORAGE, 0);
        }
    }

    @Test
    void received_and_transmitted_frames_are_recorded_with_their_direction() throws IOException {
        try (TracedPort port = port(1 << 20)) {
            station.inject(new byte[61]);
            port.receive(batch, 16);
            batch.removeFirst(port.transmit(batch));
            queue(62);
            batch.removeFirst(port.transmit(batch));
        }

        assertThat(recorded()).containsExactly("INBOUND 61", "OUTBOUND 61", "OUTBOUND 62");
    }

    @Test
    void a_frame_the_port_refuses_is_not_recorded() throws IOException {
        try (TracedPort port = port(1 << 20)) {
            queue(60, 61, 62, 63, 64, 65);
            assertThat(port.transmit(batch)).isEqualTo(4);
            batch.removeFirst(4);
        }

        assertThat(recorded()).containsExactly("OUTBOUND 60", "OUTBOUND 61", "OUTBOUND 62", "OUTBOUND 63");
    }

    @Test
    void recording_ends_at_the_greatest_size_and_the_traffic_goes_on() throws IOException {
        try (TracedPort port = port(300)) {
            queue(60, 60, 60);
            assertThat(port.transmit(batch)).isEqualTo(3);
            batch.clear();
            assertThat(port.unrecorded()).isEqualTo(1);
        }

        assertThat(recorded()).hasSize(2);
        assertThat(Files.size(file())).isLessThanOrEqualTo(300);
    }

    @Test
    void what_is_recorded_is_in_the_file_before_the_port_is_closed() throws IOException {
        try (TracedPort port = port(1 << 20)) {
            station.inject(new byte[61]);
            port.receive(batch, 16);

            assertThat(recorded()).containsExactly("INBOUND 61");
        }
    }

    @Test
    void an_empty_batch_and_full_frames_are_recorded_as_they_are() throws IOException {
        try (TracedPort port = port(1L << 30)) {
            assertThat(port.transmit(batch)).isZero();
            queue(1900, 1900, 1900);
            assertThat(port.transmit(batch)).isEqualTo(3);
            batch.clear();
        }

        assertThat(recorded()).hasSize(3);
    }

    @Test
    void it_is_the_port_behind_in_everything_else() throws IOException {
        try (TracedPort port = port(1 << 20)) {
            assertThat(port.id()).isEqualTo(1);
            assertThat(port.name()).isEqualTo("ext0");
            assertThat(port.capabilities()).isEqualTo(wire.capabilities());
            wire.setUp(false);
            assertThat(port.isUp()).isFalse();
        }
    }

    @Test
    void what_is_recorded_is_whole_and_has_its_checksum() throws IOException {
        byte[] frame = new byte[5_000];
        new java.util.Random(1).nextBytes(frame);
        frame[40] = 1;
        frame[41] = 2;
        try (TracedPort port = port(1 << 20)) {
            station.inject(0, frame, Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, 6));
            port.receive(batch, 16);
            batch.removeFirst(port.transmit(batch));
        }

        try (PcapReader reader = PcapReader.open(file())) {
            for (int k = 0; k < 2; k++) {
                assertThat(reader.next()).isTrue();
                byte[] recorded = reader.bytes();
                assertThat(Arrays.copyOf(recorded, 40)).isEqualTo(Arrays.copyOf(frame, 40));
                assertThat(Arrays.copyOfRange(recorded, 42, 5_000)).isEqualTo(Arrays.copyOfRange(frame, 42, 5_000));
                int stated = (recorded[40] & 0xff) << 8 | (recorded[41] & 0xff);
                assertThat(stated).isEqualTo(checksum(frame, 34));
            }
        }
    }

    /** RFC 1071, two bytes at a time. */
    private static int checksum(byte[] frame, int from) {
        int sum = 0;
        for (int i = from; i < frame.length; i += 2) {
            sum += (frame[i] & 0xff) << 8 | (frame[i + 1] & 0xff);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}
