package io.weir.memory.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameChainTest {
    private static final int PIECE = 512 - BufferPool.HEADROOM;

    private final PacketStorage storage = PacketStorage.checking(8, 512, 1);
    private final PoolView pool = storage.view(0);
    private final FrameChain chain = pool.chain();
    private final byte[] frame = bytes(3 * PIECE + 17);

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private long store() {
        return chain.store(MemorySegment.ofArray(frame), 0, frame.length);
    }

    private byte[] read(long address) {
        byte[] bytes = new byte[chain.total(address)];
        chain.copyTo(address, bytes.length, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    @Test
    void a_frame_longer_than_a_buffer_lies_in_full_buffers_and_a_rest() {
        long first = store();

        assertThat(chain.length(first)).isEqualTo(PIECE);
        assertThat(chain.length(chain.next(first))).isEqualTo(PIECE);
        assertThat(chain.total(first)).isEqualTo(frame.length);
        assertThat(read(first)).isEqualTo(frame);
        assertThat(pool.free()).isEqualTo(4);
    }

    @Test
    void a_frame_of_exactly_two_buffers_has_no_empty_piece() {
        long first = chain.store(MemorySegment.ofArray(frame), 0, 2 * PIECE);

        assertThat(chain.next(chain.next(first))).isEqualTo(FrameChain.LAST);
        assertThat(pool.free()).isEqualTo(6);
    }

    @Test
    void release_gives_every_buffer_back_once() {
        long first = store();
        chain.release(first);

        assertThat(pool.free()).isEqualTo(8);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> chain.release(first));
    }

    @Test
    void without_enough_buffers_none_is_kept() {
        long one = store();
        pool.acquire();

        assertThat(store()).isEqualTo(BufferPool.ABSENT);
        assertThat(chain.duplicate(one)).isEqualTo(BufferPool.ABSENT);
        assertThat(pool.free()).isEqualTo(3);
    }

    @Test
    void a_duplicate_shares_nothing() {
        long one = store();
        long other = chain.duplicate(one);
        storage.frames().set(ValueLayout.JAVA_BYTE, chain.locate(one, 2 * PIECE + 5), (byte) ~frame[2 * PIECE + 5]);

        assertThat(read(other)).isEqualTo(frame);
        assertThat(read(one)).isNotEqualTo(frame);
        chain.release(one);
        chain.release(other);
        assertThat(pool.free()).isEqualTo(8);
    }

    @Test
    void a_shorter_frame_gives_back_what_it_no_longer_needs() {
        for (int length : new int[] {frame.length, 3 * PIECE + 1, 3 * PIECE, PIECE + 1, PIECE, 1}) {
            long first = store();
            chain.shorten(first, length);

            assertThat(read(first)).isEqualTo(Arrays.copyOf(frame, length));
            assertThat(pool.free()).isEqualTo(8 - (length + PIECE - 1) / PIECE);
            chain.release(first);
        }
    }

    @Test
    void bytes_skipped_at_the_front_are_gone() {
        long first = chain.skip(store(), 4);

        assertThat(read(first)).isEqualTo(Arrays.copyOfRange(frame, 4, frame.length));
        chain.release(first);
        assertThat(pool.free()).isEqualTo(8);
    }

    @Test
    void a_byte_is_found_in_its_piece() {
        long first = store();
        for (int offset : new int[] {0, PIECE - 1, PIECE, 2 * PIECE, frame.length - 1}) {
            assertThat(storage.frames().get(ValueLayout.JAVA_BYTE, chain.locate(first, offset)))
                    .isEqualTo(frame[offset]);
        }
    }

    @Test
    void copies_end_with_the_frame_or_the_limit() {
        long first = store();
        MemorySegment target = MemorySegment.ofArray(new byte[frame.length]);

        assertThat(chain.copyTo(first, PIECE + 3, target, 0)).isEqualTo(PIECE + 3);
        assertThat(chain.copyTo(first, frame.length + 1, target, 0)).isEqualTo(frame.length);
    }
}
