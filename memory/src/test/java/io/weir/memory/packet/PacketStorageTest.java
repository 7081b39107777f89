package io.weir.memory.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.AllocatedBytes;
import io.weir.memory.Together;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class PacketStorageTest {
    @Test
    void every_buffer_is_handed_out_once_then_none() {
        PacketStorage storage = PacketStorage.checking(300, 2048, 1);
        PoolView view = storage.view(0);
        Set<Long> addresses = new HashSet<>();
        for (int k = 0; k < 300; k++) {
            long address = view.acquire();
            assertThat(address % 2048).isEqualTo(BufferPool.HEADROOM);
            assertThat(address).isLessThan(300 * 2048L);
            addresses.add(address);
        }
        assertThat(addresses).hasSize(300).doesNotContain(BufferPool.ABSENT);
        assertThat(view.acquire()).isEqualTo(BufferPool.ABSENT);
        assertThat(view.free()).isZero();
        assertThat(view.capacity()).isEqualTo(300);
        addresses.forEach(view::release);
        assertThat(view.free()).isEqualTo(300);
    }

    @Test
    void any_address_within_a_buffer_gives_it_back() {
        PoolView view = PacketStorage.checking(2, 2048, 1).view(0);
        long address = view.acquire();
        view.release(address - BufferPool.HEADROOM);
        long again = view.acquire();
        assertThat(again).isEqualTo(address);
        view.release(again + view.frameCapacity() - 1);
        assertThat(view.free()).isEqualTo(2);
    }

    @Test
    void a_frame_may_fill_its_buffer_to_the_last_byte() {
        PacketStorage storage = PacketStorage.checking(3, 512, 1);
        PoolView view = storage.view(0);
        for (long address = view.acquire(); address != BufferPool.ABSENT; address = view.acquire()) {
            storage.frames().set(ValueLayout.JAVA_BYTE, address + view.frameCapacity() - 1, (byte) 1);
        }
        assertThat(view.frameCapacity()).isEqualTo(512 - BufferPool.HEADROOM);
    }

    @Test
    void a_buffer_released_twice_is_reported_when_checking() {
        PoolView view = PacketStorage.checking(4, 2048, 1).view(0);
        long address = view.acquire();
        view.release(address);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> view.release(address))
                .withMessageContaining("not held");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> view.release(1 << 20))
                .withMessageContaining("not in the storage");
    }

    @Test
    void an_address_outside_of_the_storage_is_counted_and_left_alone() {
        MemorySegment frames = Arena.ofAuto().allocate(8 * 2048, 4096);
        MemorySegment pool = Arena.ofAuto().allocate(PacketStorage.poolBytes(4, 1), 64);
        PoolView view = PacketStorage.create(frames, 4 * 2048, 4, 2048, pool, 1).view(0);
        view.release(4 * 2048 - 1);
        view.release(8 * 2048);
        view.release(0);
        assertThat(view.foreign()).isEqualTo(3);
        assertThat(view.free()).isEqualTo(4);
        assertThat(view.acquire()).isGreaterThan(4 * 2048);
    }

    @Test
    void what_one_view_releases_another_can_acquire() {
        PacketStorage storage = PacketStorage.checking(4 * FreePool.CHUNK, 2048, 2);
        PoolView receiver = storage.view(0);
        PoolView sender = storage.view(1);
        ArrayDeque<Long> flying = new ArrayDeque<>();
        for (int k = 0; k < 100_000; k++) {
            long address = receiver.acquire();
            assertThat(address).isNotEqualTo(BufferPool.ABSENT);
            flying.add(address);
            if (flying.size() > 10) {
                sender.release(flying.remove());
            }
        }
        assertThat(storage.free() + flying.size()).isEqualTo(storage.buffers());
    }

    @Test
    void a_view_that_ends_leaves_its_buffers_to_the_others() {
        PacketStorage storage = PacketStorage.checking(2 * FreePool.CHUNK, 2048, 2);
        PoolView first = storage.view(0);
        first.release(first.acquire());
        PoolView second = storage.view(1);
        int before = drain(second);
        first.flush();
        assertThat(before).isEqualTo(FreePool.CHUNK);
        assertThat(drain(second)).isEqualTo(FreePool.CHUNK);
        assertThat(storage.free()).isZero();
    }

    @Test
    void impossible_sizes_are_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PacketStorage.checking(4, 1000, 1))
                .withMessageContaining("1000 is not a power of two");
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> PacketStorage.checking(4, 128, 1));
        MemorySegment tooSmall = Arena.ofAuto().allocate(64, 64);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PacketStorage.create(MemorySegment.NULL, 0, 4, 2048, tooSmall, 1))
                .withMessageContaining("free pool");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PacketStorage.checking(4, 2048, 1).view(1));
    }

    @Test
    void acquiring_and_releasing_allocates_nothing() {
        MemorySegment frames = Arena.ofAuto().allocate(512 * 512, 4096);
        MemorySegment pool = Arena.ofAuto().allocate(PacketStorage.poolBytes(512, 2), 64);
        PacketStorage storage = PacketStorage.create(frames, 0, 512, 512, pool, 2);
        PoolView receiver = storage.view(0);
        PoolView sender = storage.view(1);
        assertThat(AllocatedBytes.of(() -> sender.release(receiver.acquire()))).isZero();
        assertThat(storage.free()).isEqualTo(512);
    }

    /** The checking storage throws when a buffer is handed out twice; at the end all must be free. */
    @Test
    void threads_never_share_a_buffer_and_lose_none() throws Exception {
        PacketStorage storage = PacketStorage.checking(1000, 256, 3);
        Together.run(churn(storage, 0), churn(storage, 1), churn(storage, 2));
        assertThat(storage.free()).isEqualTo(1000);
        PoolView any = storage.view(0);
        storage.view(1).flush();
        storage.view(2).flush();
        assertThat(drain(any)).isEqualTo(1000);
    }

    @Test
    void a_chunk_that_came_back_to_the_top_is_not_taken_with_its_old_link() {
        FreePool pool = new FreePool(Arena.ofAuto().allocate(FreePool.bytes(3, 1), 64), 1);
        for (int buffer = 1; buffer <= 3; buffer++) {
            give(pool, buffer);
        }
        // One thread has begun to pop 3, with 2 below it ...
        long top = pool.top();
        int below = pool.below((int) top);
        assertThat(below).isEqualTo(2);
        // ... while another pops 3 and 2 and pushes 3 again: 2 is not free.
        pool.take(FreePool.cache(0));
        pool.take(FreePool.cache(0));
        give(pool, 3);
        assertThat((int) pool.top()).isEqualTo((int) top);
        assertThat(pool.replaceTop(top, below)).isFalse();
        assertThat(pool.below(3)).isEqualTo(1);
    }

    private static void give(FreePool pool, int buffer) {
        pool.memory().set(ValueLayout.JAVA_INT, FreePool.cacheSlot(FreePool.cache(0), 0), buffer);
        pool.give(FreePool.cache(0), 1, 1);
    }

    private static Callable<Void> churn(PacketStorage storage, int number) {
        return () -> {
            PoolView view = storage.view(number);
            Random random = new Random(number);
            long[] held = new long[600];
            int count = 0;
            for (int k = 0; k < 300_000; k++) {
                // Long runs of one kind, so that caches fill and empty and chunks move.
                boolean take = (k / 500 + random.nextInt(3)) % 3 != 0;
                if (take && count < held.length) {
                    long address = view.acquire();
                    if (address != BufferPool.ABSENT) {
                        storage.frames().set(ValueLayout.JAVA_LONG, address, number);
                        held[count++] = address;
                    }
                } else if (count > 0) {
                    long address = held[--count];
                    if (storage.frames().get(ValueLayout.JAVA_LONG, address) != number) {
                        throw new IllegalStateException("another thread wrote to buffer at " + address);
                    }
                    view.release(address);
                }
            }
            while (count > 0) {
                view.release(held[--count]);
            }
            return null;
        };
    }

    private static int drain(PoolView view) {
        int count = 0;
        while (view.acquire() != BufferPool.ABSENT) {
            count++;
        }
        return count;
    }
}
