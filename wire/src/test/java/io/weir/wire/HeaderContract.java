package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tests that every protocol passes, around one example whose bytes come from scapy. */
abstract class HeaderContract<V extends HeaderView> {
    /** Neither all zeros nor all ones: what setters and emit leave out shows. */
    static final byte FILL = (byte) 0xa5;

    private static final int MARGIN = 16;
    final Arena arena = Arena.ofConfined();

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /** Header and what follows it. */
    abstract byte[] example();

    /** The value of the example. */
    abstract HeaderValue value();

    abstract V wrap(MemorySegment memory, long offset, int length);

    abstract HeaderValue parse(byte[] bytes);

    /** Asserts every field of the example. */
    abstract void assertFields(V view);

    /** Writes every field of the example, checksum included. */
    abstract void writeFields(V view);

    /** The fewest bytes of the example that make a valid view. */
    int minimumLength() {
        return value().headerLength();
    }

    /** Where a checksum is that emit leaves 0, or -1. */
    int openChecksumOffset() {
        return -1;
    }

    /** A native segment of just these bytes: reading beyond them throws. */
    MemorySegment exactly(byte[] bytes) {
        MemorySegment memory = arena.allocate(Math.max(bytes.length, 1)).asSlice(0, bytes.length);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    V exampleView() {
        return wrap(exactly(example()), 0, example().length);
    }

    @Test
    void accessors_read_every_field() {
        V view = exampleView();

        assertThat(view.isValid()).isTrue();
        assertFields(view);
    }

    @Test
    void setters_write_every_bit_of_the_header() {
        byte[] bytes = example();
        Arrays.fill(bytes, 0, value().headerLength(), FILL);
        MemorySegment memory = exactly(bytes);

        writeFields(wrap(memory, 0, bytes.length));

        assertThat(Octets.of(memory.toArray(ValueLayout.JAVA_BYTE))).isEqualTo(Octets.of(example()));
    }

    @Test
    void parse_makes_the_value() {
        assertThat(parse(example())).isEqualTo(value());
    }

    @Test
    void emit_writes_every_bit_of_the_header_and_nothing_else() {
        int length = value().headerLength();
        byte[] memory = new byte[MARGIN + length + MARGIN];
        Arrays.fill(memory, FILL);
        byte[] expected = memory.clone();
        System.arraycopy(example(), 0, expected, MARGIN, length);
        if (openChecksumOffset() >= 0) {
            Arrays.fill(expected, MARGIN + openChecksumOffset(), MARGIN + openChecksumOffset() + 2, (byte) 0);
        }

        int emitted = value().emit(MemorySegment.ofArray(memory), MARGIN);

        assertThat(emitted).isEqualTo(length);
        assertThat(Octets.of(memory)).isEqualTo(Octets.of(expected));
    }

    @Test
    void no_impossible_length_is_valid() {
        for (int length = 0; length < minimumLength(); length++) {
            byte[] cut = Arrays.copyOf(example(), length);
            assertThat(wrap(exactly(cut), 0, length).isValid())
                    .as("%d bytes", length)
                    .isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> parse(cut));
        }
        assertThat(wrap(exactly(example()), 0, -1).isValid()).isFalse();
        assertThat(wrap(exactly(example()), 0, Integer.MIN_VALUE).isValid()).isFalse();
        assertThat(wrap(exactly(Arrays.copyOf(example(), minimumLength())), 0, minimumLength())
                        .isValid())
                .isTrue();
    }

    /** The example with one byte replaced is not valid. */
    void assertInvalidWith(int offset, int value) {
        byte[] bytes = example();
        bytes[offset] = (byte) value;
        assertThat(wrap(exactly(bytes), 0, bytes.length).isValid()).isFalse();
    }

    /** The tests of a header with a checksum. */
    abstract static class Checksummed<V extends HeaderView> extends HeaderContract<V> {
        abstract boolean isChecksumCorrect(V view);

        abstract int checksumOffset();

        abstract void fillChecksum(V view);

        /** Bytes of the example that the checksum covers. */
        int coveredLength() {
            return example().length;
        }

        @Test
        void every_flipped_bit_makes_the_checksum_wrong() {
            assertThat(isChecksumCorrect(exampleView())).isTrue();
            for (int bit = 0; bit < coveredLength() * 8; bit++) {
                byte[] bytes = example();
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                V view = wrap(exactly(bytes), 0, bytes.length);
                assertThat(view.isValid() && isChecksumCorrect(view))
                        .as("bit %d", bit)
                        .isFalse();
            }
        }

        @Test
        void a_checksum_of_zero_is_wrong_and_filling_it_makes_it_right() {
            byte[] bytes = example();
            bytes[checksumOffset()] = 0;
            bytes[checksumOffset() + 1] = 0;
            V view = wrap(exactly(bytes), 0, bytes.length);

            assertThat(isChecksumCorrect(view)).isFalse();
            fillChecksum(view);
            assertThat(isChecksumCorrect(view)).isTrue();
            assertThat(Octets.of(view.memory(), view.offset(), bytes.length)).isEqualTo(Octets.of(example()));
        }
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
