package io.weir.port.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PcapPortTest {
    private final PoolView pool = PacketStorage.checking(4, 2048, 1).view(0);
    private final FrameOwners owners = new FrameOwners(pool);
    private final ProcessorCounters counters = ProcessorCounters.standalone();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final FrameBatch batch = new FrameBatch(8);

    private PcapPort port(byte @Nullable [] capture, OutputStream out) throws IOException {
        PcapReader reader = capture == null ? null : PcapReader.read(new ByteArrayInputStream(capture), "in.pcap");
        return new PcapPort(2, "ext0", 1, 1500, owners, counters, reader, PcapWriter.write(out), () -> 1_000_000_000L);
    }

    private static byte[] capture(int... lengths) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PcapWriter writer = PcapWriter.write(bytes)) {
            for (int length : lengths) {
                writer.write(5_000_000_000L, new byte[length]);
            }
        }
        return bytes.toByteArray();
    }

    private List<Integer> writtenLengths() throws IOException {
        List<Integer> lengths = new ArrayList<>();
        try (PcapReader reader = PcapReader.read(new ByteArrayInputStream(written.toByteArray()), "out.pcap")) {
            while (reader.next()) {
                lengths.add(reader.capturedLength());
            }
        }
        return lengths;
    }

    @Test
    void what_is_received_from_a_capture_is_written_when_transmitted() throws IOException {
        PcapPort port = port(capture(60, 61), written);
        assertThat(port.receive(batch, 8)).isEqualTo(2);
        assertThat(batch.ingress[0]).isEqualTo(2);
        assertThat(port.receivedTimestampNs()).isEqualTo(5_000_000_000L);

        assertThat(port.transmit(batch)).isEqualTo(2);
        port.close();

        assertThat(writtenLengths()).containsExactly(60, 61);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void the_end_of_the_capture_is_the_end_of_the_backlog() throws IOException {
        PcapPort port = port(capture(60), written);
        assertThat(port.hasBacklog()).isTrue();
        assertThat(port.receive(batch, 1)).isEqualTo(1);
        assertThat(port.receive(batch, 1)).isZero();
        assertThat(port.atEnd()).isTrue();
        assertThat(port.isUp()).isTrue();
    }

    @Test
    void a_packet_waits_in_the_file_until_a_buffer_is_free() throws IOException {
        PcapPort port = port(capture(60, 61, 62, 63, 64, 65), written);
        assertThat(port.receive(batch, 8)).isEqualTo(4);
        assertThat(pool.acquire()).isEqualTo(BufferPool.ABSENT);
        pool.release(batch.address[0]);
        batch.clear();

        assertThat(port.receive(batch, 8)).isEqualTo(1);

        assertThat(batch.length[0]).isEqualTo(64);
    }

    @Test
    void truncated_and_oversized_packets_are_counted_and_passed_over() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PcapWriter writer = PcapWriter.write(bytes)) {
            writer.write(0, MemorySegment.ofArray(new byte[60]), 0, 60, 1500);
            writer.write(0, new byte[9000]);
            writer.write(0, new byte[64]);
        }
        PcapPort port = port(bytes.toByteArray(), written);

        assertThat(port.receive(batch, 8)).isEqualTo(1);

        assertThat(batch.length[0]).isEqualTo(64);
        assertThat(counters.dropped(DropReason.FRAME_TRUNCATED, 2)).isEqualTo(1);
        assertThat(counters.dropped(DropReason.FRAME_TOO_LONG, 2)).isEqualTo(1);
        assertThat(counters.value(Counter.PACKETS_RECEIVED)).isEqualTo(2);
    }

    @Test
    void a_malformed_capture_takes_the_port_down_after_the_good_packets() throws IOException {
        byte[] whole = capture(60, 61);
        PcapPort port = port(Arrays.copyOf(whole, whole.length - 1), written);

        assertThat(port.receive(batch, 8)).isEqualTo(1);

        assertThat(port.isUp()).isFalse();
        assertThat(port.failure()).isInstanceOf(PcapException.class).hasMessageStartingWith("in.pcap: byte ");
        assertThat(port.receive(batch, 8)).isZero();
    }

    @Test
    void a_disk_that_is_full_refuses_the_frame_and_takes_the_port_down() throws IOException {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        PcapPort port = port(null, full);
        int accepted = 0;
        for (int i = 0; i < 100 && port.isUp(); i++) {
            batch.clear();
            batch.add(pool.acquire(), 1900, 0, FrameBatch.STORAGE, 0);
            accepted = port.transmit(batch);
        }

        assertThat(accepted).isZero();
        assertThat(port.isUp()).isFalse();
        pool.release(batch.address[0]);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }
}
