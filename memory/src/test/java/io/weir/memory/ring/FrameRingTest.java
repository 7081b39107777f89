package io.weir.memory.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.AllocatedBytes;
import io.weir.memory.Together;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class FrameRingTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(FrameRing.bytes(4), 64);
    private final FrameRing ring = new FrameRing(memory);

    @Test
    void a_new_ring_is_empty() {
        assertThat(ring.capacity()).isEqualTo(4);
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.available(10)).isZero();
        assertThat(ring.free()).isEqualTo(4);
    }

    @Test
    void a_frame_comes_out_as_it_went_in() {
        assertThat(ring.offer(0x1_0000_0080L, 1514, 0x8000_0000_0000_0001L, 7, 255))
                .isTrue();
        assertThat(ring.available(10)).isEqualTo(1);
        assertThat(ring.address(0)).isEqualTo(0x1_0000_0080L);
        assertThat(ring.length(0)).isEqualTo(1514);
        assertThat(ring.offload(0)).isEqualTo(0x8000_0000_0000_0001L);
        assertThat(ring.owner(0)).isEqualTo(7);
        assertThat(ring.ingress(0)).isEqualTo(255);
        ring.consume(1);
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void a_full_ring_refuses_the_frame() {
        for (int k = 0; k < 4; k++) {
            assertThat(ring.offer(k, k, 0, 0, 0)).isTrue();
        }
        assertThat(ring.offer(4, 4, 0, 0, 0)).isFalse();
        assertThat(ring.size()).isEqualTo(4);
        assertThat(ring.available(10)).isEqualTo(4);
        ring.consume(1);
        assertThat(ring.offer(4, 4, 0, 0, 0)).isTrue();
        assertThat(ring.available(10)).isEqualTo(4);
        assertThat(ring.address(0)).isEqualTo(1);
        assertThat(ring.address(3)).isEqualTo(4);
    }

    @Test
    void no_more_than_the_limit_is_available() {
        ring.offer(1, 1, 0, 0, 0);
        ring.offer(2, 2, 0, 0, 0);
        assertThat(ring.available(1)).isEqualTo(1);
        assertThat(ring.available(0)).isZero();
        assertThat(ring.available(2)).isEqualTo(2);
    }

    @Test
    void order_is_kept_over_many_rounds() {
        long in = 0;
        long out = 0;
        for (int round = 0; round < 1000; round++) {
            for (int k = 0; k < 3; k++) {
                assertThat(ring.offer(in++, 0, 0, 0, 0)).isTrue();
            }
            int n = ring.available(3);
            assertThat(n).isEqualTo(3);
            for (int k = 0; k < n; k++) {
                assertThat(ring.address(k)).isEqualTo(out++);
            }
            ring.consume(n);
        }
    }

    @Test
    void memory_of_another_size_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new FrameRing(Arena.ofAuto().allocate(256 + 3 * 32, 64)))
                .withMessageContaining("352 bytes");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new FrameRing(Arena.ofAuto().allocate(64, 64)));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> FrameRing.bytes(6));
    }

    @Test
    void two_objects_over_the_same_memory_are_the_same_ring() {
        FrameRing other = new FrameRing(memory);
        ring.offer(5, 1, 0, 0, 0);
        assertThat(other.available(1)).isEqualTo(1);
        assertThat(other.address(0)).isEqualTo(5);
    }

    @Test
    void passing_frames_allocates_nothing() {
        assertThat(AllocatedBytes.of(() -> {
                    ring.offer(1, 2, 3, 4, 5);
                    int n = ring.available(4);
                    for (int k = 0; k < n; k++) {
                        if (ring.address(k) + ring.length(k) + ring.offload(k) + ring.owner(k) + ring.ingress(k)
                                != 15) {
                            throw new IllegalStateException();
                        }
                    }
                    ring.consume(n);
                }))
                .isZero();
    }

    @Test
    void every_frame_of_the_producer_reaches_the_consumer_once_and_whole() throws Exception {
        FrameRing shared = new FrameRing(Arena.ofAuto().allocate(FrameRing.bytes(64), 64));
        int frames = 2_000_000;
        long[] wrong = new long[1];
        Together.run(
                () -> {
                    for (int k = 0; k < frames; k++) {
                        while (!shared.offer(k, ~k, k * 3L, k + 1, k + 2)) {
                            Together.pause();
                        }
                    }
                    return null;
                },
                () -> {
                    int next = 0;
                    while (next < frames) {
                        int n = shared.available(32);
                        for (int k = 0; k < n; k++) {
                            boolean whole = shared.address(k) == next
                                    && shared.length(k) == ~next
                                    && shared.offload(k) == next * 3L
                                    && shared.owner(k) == next + 1
                                    && shared.ingress(k) == next + 2;
                            wrong[0] += whole ? 0 : 1;
                            next++;
                        }
                        shared.consume(n);
                        if (n == 0) {
                            Together.pause();
                        }
                    }
                    return null;
                });
        assertThat(wrong[0]).isZero();
        assertThat(shared.isEmpty()).isTrue();
    }
}
