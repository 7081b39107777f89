package io.weir.port.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.linux.Polling;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.memory.ring.FrameRing;
import io.weir.memory.ring.RingRegion;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.relay.WakeUp;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A switching processor's end of the host interface; the test is the daemon at the other end of the rings. */
class HostPortTest {
    private static final int ID = 5;
    private static final int BUFFERS = 64;
    private static final int RING = 8;
    private static final long LINK_ADDRESS = 0x02_00_00_00_00_01L;

    private final PacketStorage storage = PacketStorage.checking(BUFFERS, 2048, 2);
    private final PoolView pool = storage.view(0);
    private final PoolView daemonPool = storage.view(1);
    private final FrameOwners owners = new FrameOwners(pool);
    private final ProcessorCounters counters = ProcessorCounters.standalone();
    private final RingRegion rings =
            new RingRegion(Arena.ofAuto().allocate(RingRegion.bytes(1, 0, RING, RING), 128), 1, RING, RING);
    private final WakeUp daemon = new WakeUp(rings.daemonDoorbell());
    private final WakeUp processor = new WakeUp(rings.doorbell(0));
    private final FrameRing toHost = rings.toHost(0);
    private final FrameRing fromHost = rings.fromHost(0);
    private final HostLink link = new HostLink(ID, "weir0", LINK_ADDRESS, 1500, daemon);
    private final HostPort port = new HostPort(link, new HostLane(toHost, fromHost, processor), owners, counters, 25);
    private final FrameBatch batch = new FrameBatch(16);

    @BeforeEach
    void start() {
        link.setUp(true);
    }

    @AfterEach
    void every_buffer_is_free_again() {
        for (int count = toHost.available(RING); count > 0; count = toHost.available(RING)) {
            for (int k = 0; k < count; k++) {
                new FrameOwners(daemonPool).release(toHost.address(k), toHost.owner(k));
            }
            toHost.consume(count);
        }
        assertThat(storage.free()).isEqualTo(BUFFERS);
        daemon.close();
        processor.close();
    }

    private void fill(int frames) {
        batch.clear();
        for (int k = 0; k < frames; k++) {
            batch.add(pool.acquire(), 60 + k, 7L << k, FrameBatch.STORAGE, 3);
        }
    }

    private void releaseFrom(int first) {
        for (int k = first; k < batch.size(); k++) {
            owners.release(batch.address[k], batch.owner[k]);
        }
    }

    @Test
    void the_host_is_an_interface_that_takes_open_checksums_and_long_segments() {
        assertThat(port.id()).isEqualTo(ID);
        assertThat(port.name()).isEqualTo("weir0");
        assertThat(port.capabilities().driver()).isEqualTo("tap");
        assertThat(port.capabilities().linkAddress()).isEqualTo(LINK_ADDRESS);
        assertThat(port.capabilities().mtu()).isEqualTo(1500);
        assertThat(port.capabilities().checksumOffload()).isTrue();
        assertThat(port.capabilities().segmentationOffload()).isTrue();
    }

    @Test
    void frames_for_the_host_are_in_the_ring_as_they_were_transmitted() {
        fill(3);

        assertThat(port.transmit(batch)).isEqualTo(3);

        assertThat(toHost.available(9)).isEqualTo(3);
        for (int k = 0; k < 3; k++) {
            assertThat(toHost.address(k)).isEqualTo(batch.address[k]);
            assertThat(toHost.length(k)).isEqualTo(60 + k);
            assertThat(toHost.offload(k)).isEqualTo(7L << k);
            assertThat(toHost.ingress(k)).isEqualTo(3);
        }
    }

    @Test
    void frames_of_the_host_are_received_with_their_offload_and_the_hosts_id() {
        long one = daemonPool.acquire();
        long two = daemonPool.acquire();
        fromHost.offer(one, 100, 9L, FrameBatch.STORAGE, ID);
        fromHost.offer(two, 200, 0L, FrameBatch.STORAGE, ID);
        assertThat(port.hasBacklog()).isTrue();

        assertThat(port.receive(batch, 1)).isEqualTo(1);
        assertThat(port.receive(batch, 9)).isEqualTo(1);

        assertThat(batch.offload[0]).isEqualTo(9L);
        assertThat(batch.length[1]).isEqualTo(200);
        assertThat(batch.ingress[1]).isEqualTo(ID);
        assertThat(port.hasBacklog()).isFalse();
        assertThat(fromHost.free()).isEqualTo(RING);
        releaseFrom(0);
    }

    @Test
    void a_full_ring_refuses_frames_and_they_stay_with_the_caller() {
        fill(RING + 3);

        assertThat(port.transmit(batch)).isEqualTo(RING);

        releaseFrom(RING);
        assertThat(counters.dropped(DropReason.TRANSMIT_RING_FULL)).isZero();
    }

    @Test
    void it_is_congested_when_less_than_the_reserved_share_of_the_ring_is_free() {
        // 25 % of 8 frames are 2
        for (int used = 0; used <= RING; used++) {
            assertThat(port.isCongested()).as("%d of %d", used, RING).isEqualTo(RING - used < 2);
            fill(1);
            releaseFrom(port.transmit(batch));
        }
        toHostTakes(1);
        assertThat(port.isCongested()).isTrue();
        toHostTakes(1);
        assertThat(port.isCongested()).isFalse();
    }

    private void toHostTakes(int count) {
        assertThat(toHost.available(count)).isEqualTo(count);
        for (int k = 0; k < count; k++) {
            daemonPool.release(toHost.address(k));
        }
        toHost.consume(count);
    }

    @Test
    void a_port_without_a_reserved_share_is_never_congested() {
        HostPort open = new HostPort(link, new HostLane(toHost, fromHost, processor), owners, counters, 0);
        fill(RING);
        open.transmit(batch);

        assertThat(open.isCongested()).isFalse();
    }

    @Test
    void an_impossible_share_is_refused() {
        HostLane lane = new HostLane(toHost, fromHost, processor);
        assertThatThrownBy(() -> new HostPort(link, lane, owners, counters, 101))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reserved share: 101 % is not in 0..100");
    }

    @Test
    void a_frame_of_a_receive_ring_is_copied_and_a_long_one_becomes_a_chain() {
        AtomicInteger released = new AtomicInteger();
        owners.register(9, address -> released.incrementAndGet());
        long foreign = storage.base() + 2048L * 3;
        batch.add(foreign, 100, 0, 9, 3);
        batch.add(foreign, 3000, 0, 9, 3);

        assertThat(port.transmit(batch)).isEqualTo(2);

        assertThat(released).hasValue(2);
        assertThat(toHost.available(9)).isEqualTo(2);
        assertThat(toHost.owner(0)).isEqualTo(FrameBatch.STORAGE);
        assertThat(toHost.owner(1)).isEqualTo(FrameBatch.CHAIN);
        assertThat(daemonPool.chain().total(toHost.address(1))).isEqualTo(3000);
    }

    @Test
    void without_a_free_buffer_a_copy_is_dropped_and_counted_once() {
        AtomicInteger released = new AtomicInteger();
        owners.register(9, address -> released.incrementAndGet());
        long[] taken = new long[BUFFERS];
        for (int k = 0; k < BUFFERS; k++) {
            taken[k] = pool.acquire();
        }
        assertThat(pool.acquire()).isEqualTo(BufferPool.ABSENT);
        batch.add(2048, 100, 0, 9, 3);

        assertThat(port.transmit(batch)).isEqualTo(1);

        assertThat(released).hasValue(1);
        assertThat(counters.dropped(DropReason.NO_BUFFER, 3)).isEqualTo(1);
        assertThat(counters.value(InterfaceCounter.TRANSMIT_ERRORS, ID)).isEqualTo(1);
        for (long buffer : taken) {
            pool.release(buffer);
        }
    }

    @Test
    void while_the_device_is_down_nothing_is_accepted() {
        link.setUp(false);
        fill(2);

        assertThat(port.isUp()).isFalse();
        assertThat(port.transmit(batch)).isZero();

        releaseFrom(0);
    }

    @Test
    void the_daemon_is_woken_only_when_it_sleeps() {
        try (Polling polling = new Polling(1)) {
            polling.add(daemon.descriptor(), Polling.READABLE);
            fill(1);
            port.transmit(batch);
            assertThat(polling.await(0)).as("awake").isZero();

            daemon.announceSleep();
            fill(1);
            port.transmit(batch);
            assertThat(polling.await(0)).as("asleep").isEqualTo(1);
        }
    }
}
