package io.weir.port.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MemoryPortTest {
    private static final int ID = 3;
    private static final int SLOTS = 4;

    private final PoolView pool = PacketStorage.checking(16, 2048, 1).view(0);
    private final FrameOwners owners = new FrameOwners(pool);
    private final MemoryWire wire = new MemoryWire(ID, "ext0", 0x02_00_00_00_00_01L, 1500, 2, SLOTS);
    private final MemoryPort port = wire.port(0, owners);
    private final MemoryStation station = wire.station(pool);
    private final FrameBatch batch = new FrameBatch(8);

    private static byte[] frame(int seed, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) seed);
        return bytes;
    }

    @Test
    void an_injected_frame_is_received_with_its_bytes_and_offload() {
        byte[] frame = frame(7, 60);
        long offload = Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, 16);
        assertThat(station.inject(0, frame, offload)).isTrue();

        assertThat(port.receive(batch, 8)).isEqualTo(1);

        assertThat(pool.frames().asSlice(batch.address[0], batch.length[0]).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(frame);
        assertThat(batch.offload[0]).isEqualTo(offload);
        assertThat(batch.owner[0]).isEqualTo(FrameBatch.STORAGE);
        assertThat(batch.ingress[0]).isEqualTo(ID);
    }

    @Test
    void a_frame_passes_from_receive_to_transmit_without_a_copy() {
        station.inject(frame(1, 60));
        port.receive(batch, 8);
        long address = batch.address[0];

        assertThat(port.transmit(batch)).isEqualTo(1);

        FrameBatch collected = new FrameBatch(8);
        assertThat(station.collect(collected, 8)).isEqualTo(1);
        assertThat(collected.address[0]).isEqualTo(address);
        assertThat(pool.free()).isEqualTo(15);
    }

    @Test
    void a_full_ring_accepts_only_what_fits_and_leaves_the_rest_with_the_caller() {
        for (int i = 0; i < 6; i++) {
            batch.add(pool.acquire(), 60, 0, FrameBatch.STORAGE, 0);
        }

        assertThat(port.transmit(batch)).isEqualTo(SLOTS);

        batch.removeFirst(SLOTS);
        assertThat(port.transmit(batch)).isZero();
        assertThat(station.collect()).isNotNull();
        assertThat(port.transmit(batch)).isEqualTo(1);
    }

    @Test
    void a_full_receive_ring_refuses_an_injected_frame_and_frees_its_buffer() {
        for (int i = 0; i < SLOTS; i++) {
            assertThat(station.inject(frame(i, 60))).isTrue();
        }

        assertThat(station.inject(frame(9, 60))).isFalse();

        assertThat(pool.free()).isEqualTo(pool.capacity() - SLOTS);
    }

    @Test
    void receive_respects_the_limit_and_the_room_in_the_batch() {
        for (int i = 0; i < SLOTS; i++) {
            station.inject(frame(i, 60));
        }
        FrameBatch small = new FrameBatch(3);

        assertThat(port.receive(small, 2)).isEqualTo(2);
        assertThat(port.hasBacklog()).isTrue();
        assertThat(port.receive(small, 8)).isEqualTo(1);
        assertThat(port.receive(small, 8)).isZero();
        small.clear();
        assertThat(port.receive(small, 8)).isEqualTo(1);
        assertThat(port.hasBacklog()).isFalse();
    }

    @Test
    void a_frame_of_another_owner_is_copied_and_given_back_at_once() {
        long foreign = pool.acquire();
        pool.frames().set(ValueLayout.JAVA_BYTE, foreign, (byte) 42);
        long[] released = new long[1];
        owners.register(5, address -> released[0] = address);
        batch.add(foreign, 60, 0, 5, 0);

        assertThat(port.transmit(batch)).isEqualTo(1);

        assertThat(released[0]).isEqualTo(foreign);
        MemoryStation.TransmittedFrame sent = Objects.requireNonNull(station.collect());
        assertThat(sent.bytes()).hasSize(60).startsWith(42);
    }

    @Test
    void a_frame_of_another_owner_is_refused_when_no_buffer_is_free() {
        owners.register(5, address -> {
            throw new AssertionError("released although refused");
        });
        long foreign = pool.acquire();
        while (pool.free() > 0) {
            pool.acquire();
        }
        batch.add(foreign, 60, 0, 5, 0);

        assertThat(port.transmit(batch)).isZero();
        assertThat(station.collect()).isNull();
    }

    @Test
    void handles_receive_from_their_own_queue_and_all_transmit() {
        MemoryPort second = wire.port(1, owners);
        station.inject(1, frame(2, 60), Offload.NONE);

        assertThat(port.receive(batch, 8)).isZero();
        assertThat(second.receive(batch, 8)).isEqualTo(1);

        assertThat(second.transmit(batch)).isEqualTo(1);
        assertThat(station.collect()).isNotNull();
    }

    @Test
    void a_port_that_is_down_neither_receives_nor_accepts() {
        station.inject(frame(1, 60));
        wire.setUp(false);
        batch.add(pool.acquire(), 60, 0, FrameBatch.STORAGE, 0);

        assertThat(port.isUp()).isFalse();
        assertThat(port.receive(new FrameBatch(8), 8)).isZero();
        assertThat(port.transmit(batch)).isZero();
    }

    @Test
    void closing_the_station_frees_every_frame_on_the_way() {
        station.inject(frame(1, 60));
        station.inject(1, frame(1, 60), Offload.NONE);
        batch.add(pool.acquire(), 60, 0, FrameBatch.STORAGE, 0);
        port.transmit(batch);

        station.close();

        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void two_threads_pass_every_frame_in_order() throws InterruptedException {
        int count = 50_000;
        MemoryWire busy = new MemoryWire(1, "bench", 0, 1500, 1, 256);
        MemoryStation source = busy.station(pool);
        MemoryPort sink = busy.port(0, owners);
        Thread producer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < count; i++) {
                while (!source.inject(0, i, i & 0x7ff, ~(long) i)) {
                    Thread.onSpinWait();
                }
            }
        });

        long expected = 0;
        while (expected < count) {
            batch.clear();
            sink.receive(batch, 8);
            for (int i = 0; i < batch.size(); i++, expected++) {
                assertThat(batch.address[i]).isEqualTo(expected);
                assertThat(batch.length[i]).isEqualTo((int) expected & 0x7ff);
                assertThat(batch.offload[i]).isEqualTo(~expected);
            }
        }
        producer.join();
        assertThat(sink.hasBacklog()).isFalse();
    }

    @Test
    void receiving_and_transmitting_allocates_nothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        FrameBatch far = new FrameBatch(8);
        for (int i = 0; i < 3; i++) {
            far.add(pool.acquire(), 60, 0, FrameBatch.STORAGE, 0);
        }
        turn(far, 1000);

        long before = threads.getCurrentThreadAllocatedBytes();
        turn(far, 100_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // The measuring call itself may allocate a little.
        assertThat(allocated).isLessThan(1000);
    }

    /** Sends the frames round: station, port, station. */
    private void turn(FrameBatch far, int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < far.size(); i++) {
                station.inject(0, far.address[i], far.length[i], far.offload[i]);
            }
            batch.clear();
            port.receive(batch, 8);
            port.transmit(batch);
            far.clear();
            station.collect(far, 8);
        }
        assertThat(far.size()).isEqualTo(3);
    }
}
