package io.weir.port.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.memory.ring.RingRegion;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.memory.MemoryPort;
import io.weir.port.memory.MemoryStation;
import io.weir.port.memory.MemoryWire;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A processor without a queue of an interface transmits through the one that has it; two views of one storage, one thread. */
class RelayTest {
    private static final int ID = 3;
    private static final int BUFFERS = 32;
    private static final int RING = 4;
    private static final int QUEUE = 2;

    private final PacketStorage storage = PacketStorage.checking(BUFFERS, 2048, 2);
    private final PoolView senderPool = storage.view(0);
    private final PoolView ownerPool = storage.view(1);
    private final FrameOwners senderOwners = new FrameOwners(senderPool);
    private final FrameOwners ownerOwners = new FrameOwners(ownerPool);
    private final ProcessorCounters senderCounters = ProcessorCounters.standalone();
    private final ProcessorCounters ownerCounters = ProcessorCounters.standalone();
    private final RingRegion rings =
            new RingRegion(Arena.ofAuto().allocate(RingRegion.bytes(2, 1, RING, 0), 128), 2, RING, 0);
    private final WakeUp wakeUp = new WakeUp(rings.doorbell(1));
    private final MemoryWire wire = new MemoryWire(ID, "ext0", 0x02_00_00_00_00_01L, 1500, 1, QUEUE);
    private final MemoryPort queue = wire.port(0, ownerOwners);
    private final MemoryStation station = wire.station(ownerPool);
    private final Relay relay = new Relay(ID, "ext0", rings.ring(0), wakeUp, queue.capabilities(), true);
    private final RelayPort sender = new RelayPort(relay, senderOwners, senderCounters);
    private final RelayOutlet outlet = new RelayOutlet(queue, List.of(relay), ownerOwners, ownerCounters, 8);
    private final FrameBatch batch = new FrameBatch(16);
    private final FrameBatch collected = new FrameBatch(16);

    @AfterEach
    void close() {
        wakeUp.close();
    }

    private void fill(int frames) {
        batch.clear();
        for (int k = 0; k < frames; k++) {
            long address = senderPool.acquire();
            senderPool.frames().set(ValueLayout.JAVA_BYTE, address, (byte) k);
            batch.add(address, 60 + k, 0, FrameBatch.STORAGE, 7);
        }
    }

    private void releaseFrom(int first) {
        for (int k = first; k < batch.size(); k++) {
            senderOwners.release(batch.address[k], batch.owner[k]);
        }
    }

    private void releaseCollected() {
        for (int k = 0; k < collected.size(); k++) {
            ownerOwners.release(collected.address[k], collected.owner[k]);
        }
        collected.clear();
    }

    @Test
    void a_frame_leaves_by_the_queue_of_another_processor_without_a_copy() {
        fill(2);

        assertThat(sender.transmit(batch)).isEqualTo(2);
        assertThat(outlet.hasBacklog()).isTrue();
        assertThat(outlet.drain()).isEqualTo(2);

        station.collect(collected, 8);
        assertThat(collected.address[0]).isEqualTo(batch.address[0]);
        assertThat(collected.length[1]).isEqualTo(61);
        assertThat(outlet.hasBacklog()).isFalse();
        releaseCollected();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    @Test
    void a_full_queue_keeps_frames_in_the_ring_and_a_full_ring_refuses_them() {
        fill(QUEUE + RING + 3);

        int first = sender.transmit(batch);
        assertThat(first).isEqualTo(RING);
        assertThat(outlet.drain()).isEqualTo(QUEUE);
        batch.removeFirst(first);
        assertThat(sender.transmit(batch)).isEqualTo(QUEUE);
        assertThat(outlet.drain()).isZero();

        // What was refused stays with the sender, who drops and counts it; nobody else counts.
        assertThat(ownerCounters.dropped(DropReason.TRANSMIT_RING_FULL)).isZero();
        releaseFrom(QUEUE);
        station.collect(collected, 8);
        releaseCollected();
        assertThat(outlet.drain()).isEqualTo(QUEUE);
        station.collect(collected, 8);
        releaseCollected();
        outlet.drain();
        station.collect(collected, 8);
        releaseCollected();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    @Test
    void a_frame_of_a_receive_ring_is_copied_and_its_slot_given_back_at_once() {
        AtomicInteger released = new AtomicInteger();
        long foreign = senderPool.acquire();
        senderPool.frames().asSlice(foreign, 100).fill((byte) 5);
        senderOwners.register(9, address -> released.incrementAndGet());
        batch.add(foreign, 100, 0, 9, 7);

        assertThat(sender.transmit(batch)).isEqualTo(1);

        assertThat(released).hasValue(1);
        outlet.drain();
        station.collect(collected, 8);
        assertThat(collected.owner[0]).isEqualTo(FrameBatch.STORAGE);
        assertThat(collected.address[0]).isNotEqualTo(foreign);
        assertThat(senderPool.frames().get(ValueLayout.JAVA_BYTE, collected.address[0] + 99))
                .isEqualTo((byte) 5);
        releaseCollected();
        senderPool.release(foreign);
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    @Test
    void a_long_frame_of_a_receive_ring_becomes_a_chain() {
        senderOwners.register(9, address -> {});
        // Two neighbouring buffers stand for a slot longer than a buffer.
        long foreign = storage.base() + 2048L * 3;
        batch.add(foreign, 3000, 0, 9, 7);

        assertThat(sender.transmit(batch)).isEqualTo(1);

        outlet.drain();
        station.collect(collected, 8);
        assertThat(collected.owner[0]).isEqualTo(FrameBatch.CHAIN);
        assertThat(ownerPool.chain().total(collected.address[0])).isEqualTo(3000);
        releaseCollected();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    @Test
    void without_a_free_buffer_a_copy_is_dropped_and_counted_once() {
        AtomicInteger released = new AtomicInteger();
        senderOwners.register(9, address -> released.incrementAndGet());
        while (senderPool.acquire() != BufferPool.ABSENT) {
            // all are taken
        }
        batch.add(2048, 100, 0, 9, 7);

        assertThat(sender.transmit(batch)).isEqualTo(1);

        assertThat(released).hasValue(1);
        assertThat(senderCounters.dropped(DropReason.NO_BUFFER, 7)).isEqualTo(1);
        assertThat(outlet.drain()).isZero();
    }

    @Test
    void an_interface_that_is_down_refuses_new_frames_and_drops_those_under_way() {
        fill(3);
        sender.transmit(batch);
        wire.setUp(false);

        assertThat(outlet.drain()).isEqualTo(3);
        outlet.maintain();

        assertThat(ownerCounters.dropped(DropReason.INTERFACE_DOWN, 7)).isEqualTo(3);
        assertThat(storage.free()).isEqualTo(BUFFERS);
        fill(1);
        assertThat(sender.isUp()).isFalse();
        assertThat(sender.transmit(batch)).isZero();
        wire.setUp(true);
        outlet.maintain();
        assertThat(sender.transmit(batch)).isEqualTo(1);
        outlet.close();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }

    @Test
    void the_owner_is_woken_only_when_it_sleeps() {
        try (var polling = new io.weir.linux.Polling(1)) {
            polling.add(wakeUp.descriptor(), io.weir.linux.Polling.READABLE);
            fill(1);
            sender.transmit(batch);
            assertThat(polling.await(0)).as("awake").isZero();

            wakeUp.announceSleep();
            fill(1);
            sender.transmit(batch);
            assertThat(polling.await(0)).as("asleep").isEqualTo(1);
            wakeUp.awake();
            wakeUp.drain();
            assertThat(polling.await(0)).as("drained").isZero();
        }
        outlet.close();
        assertThat(storage.free()).isEqualTo(BUFFERS);
    }
}
