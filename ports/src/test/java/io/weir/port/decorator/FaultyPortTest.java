package io.weir.port.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultyPortTest {
    private static final int LENGTH = 60;

    private final PoolView pool = PacketStorage.checking(256, 2048, 1).view(0);
    private final FrameOwners owners = new FrameOwners(pool);
    private final ProcessorCounters counters = ProcessorCounters.standalone();
    private final MemoryWire wire = new MemoryWire(1, "ext0", 1, 1500, 1, 64);
    private final MemoryStation station = wire.station(pool);
    private final FrameBatch batch = new FrameBatch(64);

    private FaultyPort port(FaultSettings receive, FaultSettings transmit) {
        return new FaultyPort(wire.port(0, owners), owners, counters, 42, receive, transmit);
    }

    private static byte[] numbered(int number) {
        byte[] frame = new byte[LENGTH];
        frame[0] = (byte) number;
        return frame;
    }

    /** Injects frames 0.. and returns the first octets of what the port received. */
    private List<Integer> receive(FaultyPort port, int count) {
        for (int i = 0; i < count; i++) {
            station.inject(numbered(i));
        }
        List<Integer> numbers = new ArrayList<>();
        int received;
        do {
            batch.clear();
            received = port.receive(batch, 64);
            for (int i = 0; i < received; i++) {
                numbers.add(pool.frames().get(ValueLayout.JAVA_BYTE, batch.address[i]) & 0xff);
                pool.release(batch.address[i]);
            }
        } while (received > 0 || port.hasBacklog());
        return numbers;
    }

    private List<byte[]> transmit(FaultyPort port, int count) {
        for (int i = 0; i < count; i++) {
            long address = pool.acquire();
            pool.frames().asSlice(address, LENGTH).copyFrom(java.lang.foreign.MemorySegment.ofArray(numbered(i)));
            batch.add(address, LENGTH, 0, FrameBatch.STORAGE, 0);
        }
        batch.removeFirst(port.transmit(batch));
        port.maintain(0);
        List<byte[]> sent = new ArrayList<>();
        MemoryStation.@Nullable TransmittedFrame frame;
        while ((frame = station.collect()) != null) {
            sent.add(frame.bytes());
        }
        return sent;
    }

    @Test
    void without_faults_every_frame_passes_in_order() {
        FaultyPort port = port(FaultSettings.NONE, FaultSettings.NONE);

        assertThat(receive(port, 5)).containsExactly(0, 1, 2, 3, 4);
        assertThat(transmit(port, 5)).extracting(frame -> (int) frame[0]).containsExactly(0, 1, 2, 3, 4);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void a_lost_frame_is_counted_as_received_and_dropped_and_its_buffer_freed() {
        FaultyPort port = port(new FaultSettings(1, 0, 0, 0, 0), FaultSettings.NONE);

        assertThat(receive(port, 5)).isEmpty();

        assertThat(counters.dropped(DropReason.FAULT_INJECTED)).isEqualTo(5);
        assertThat(counters.value(Counter.PACKETS_RECEIVED)).isEqualTo(5);
        assertThat(port.injected(Fault.LOSS)).isEqualTo(5);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void a_duplicate_is_a_buffer_of_its_own_with_the_same_bytes() {
        FaultyPort port = port(new FaultSettings(0, 1, 0, 0, 0), new FaultSettings(0, 1, 0, 0, 0));

        assertThat(receive(port, 3)).containsExactly(0, 0, 1, 1, 2, 2);
        assertThat(transmit(port, 2)).extracting(frame -> (int) frame[0]).containsExactly(0, 0, 1, 1);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void a_reordered_frame_comes_after_the_one_that_follows_it() {
        FaultyPort port = port(new FaultSettings(0, 0, 1, 0, 0), FaultSettings.NONE);

        assertThat(receive(port, 5)).containsExactly(1, 0, 3, 2, 4);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void a_corrupted_frame_differs_in_one_bit() {
        FaultyPort port = port(FaultSettings.NONE, new FaultSettings(0, 0, 0, 1, 0));

        List<byte[]> sent = transmit(port, 1);

        int bits = 0;
        byte[] original = numbered(0);
        for (int i = 0; i < LENGTH; i++) {
            bits += Integer.bitCount((sent.get(0)[i] ^ original[i]) & 0xff);
        }
        assertThat(bits).isEqualTo(1);
    }

    @Test
    void a_truncated_frame_is_shorter_and_not_empty() {
        FaultyPort port = port(FaultSettings.NONE, new FaultSettings(0, 0, 0, 0, 1));

        assertThat(transmit(port, 20))
                .hasSize(20)
                .allSatisfy(frame -> assertThat(frame.length).isBetween(1, LENGTH - 1));
    }

    @Test
    void the_same_seed_does_the_same_harm() {
        FaultSettings mixed = new FaultSettings(0.2, 0.2, 0.2, 0.2, 0.2);

        List<Integer> first = receive(port(mixed, FaultSettings.NONE), 50);
        List<Integer> second = receive(port(mixed, FaultSettings.NONE), 50);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void every_buffer_returns_after_all_faults_in_both_directions() {
        FaultSettings mixed = new FaultSettings(0.2, 0.2, 0.2, 0.2, 0.2);
        FaultyPort port = port(mixed, mixed);
        for (int round = 0; round < 200; round++) {
            receive(port, 20);
            batch.clear();
            transmit(port, 20);
        }

        port.close();
        station.close();

        assertThat(pool.free()).isEqualTo(pool.capacity());
        for (Fault fault : Fault.values()) {
            assertThat(port.injected(fault)).as(fault.name()).isPositive();
        }
    }

    @Test
    void frames_the_port_behind_refuses_are_kept_and_further_ones_refused() {
        FaultyPort port = port(FaultSettings.NONE, new FaultSettings(0, 1, 0, 0, 0));

        assertThat(transmit(port, 40)).hasSize(64);
        wire.setUp(false);
        assertThat(transmit(port, 1)).isEmpty();
        assertThat(batch.size()).isEqualTo(1);
        pool.release(batch.address[0]);
        batch.clear();
        wire.setUp(true);
        assertThat(transmit(port, 0)).hasSize(16);
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void a_foreign_frame_that_must_wait_is_copied_and_given_back() {
        FaultyPort port = port(FaultSettings.NONE, new FaultSettings(0, 0, 1, 0, 0));
        long[] released = new long[1];
        owners.register(9, address -> released[0] = address);
        long foreign = pool.acquire();
        batch.add(foreign, LENGTH, 0, 9, 0);

        assertThat(port.transmit(batch)).isEqualTo(1);

        assertThat(released[0]).isEqualTo(foreign);
        pool.release(foreign);
        port.close();
        assertThat(pool.free()).isEqualTo(pool.capacity());
    }

    @Test
    void impossible_probabilities_are_refused() {
        assertThatThrownBy(() -> new FaultSettings(-0.1, 0, 0, 0, 0)).hasMessageContaining("-0.1");
        assertThatThrownBy(() -> new FaultSettings(0.6, 0.6, 0, 0, 0)).hasMessageContaining("1.2");
    }
}
