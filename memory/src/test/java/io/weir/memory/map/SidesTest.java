package io.weir.memory.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.AllocatedBytes;
import io.weir.memory.Together;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SidesTest {
    private final Sides sides = new Sides(Arena.ofAuto().allocate(Sides.bytes(2), 64));

    @Test
    void zeros_are_generation_0_on_side_a_with_no_processor_running() {
        assertThat(sides.active()).isZero();
        assertThat(sides.processors()).isEqualTo(2);
        assertThat(sides.isRunning(0)).isFalse();
        assertThat(sides.observed(1)).isEqualTo(-1);
        assertThat(sides.isQuiescent()).isTrue();
    }

    @Test
    void a_flip_changes_the_side_and_counts_the_generation() {
        assertThat(sides.flip()).isEqualTo(1);
        assertThat(Sides.side(sides.active())).isEqualTo(Sides.B);
        assertThat(sides.flip()).isEqualTo(2);
        assertThat(Sides.side(sides.active())).isEqualTo(Sides.A);
        assertThat(Sides.generation(sides.active())).isEqualTo(2);
    }

    @Test
    void the_writer_waits_until_every_running_processor_has_observed_the_flip() {
        sides.pin(0);
        sides.pin(1);
        sides.flip();
        assertThat(sides.isQuiescent()).isFalse();
        sides.pin(0);
        assertThat(sides.isQuiescent()).isFalse();
        sides.pin(1);
        assertThat(sides.isQuiescent()).isTrue();
        assertThat(sides.observed(1)).isEqualTo(sides.active());
    }

    @Test
    void a_retired_processor_is_not_waited_for() {
        sides.pin(0);
        sides.pin(1);
        sides.flip();
        sides.pin(0);
        sides.retire(1);
        assertThat(sides.isQuiescent()).isTrue();
        assertThat(sides.isRunning(1)).isFalse();
    }

    @Test
    void observing_a_word_that_is_no_longer_active_is_reported_and_keeps_the_writer_waiting() {
        long old = sides.active();
        sides.flip();
        assertThat(sides.observe(0, old)).isFalse();
        assertThat(sides.isQuiescent()).isFalse();
        assertThat(sides.observe(0, sides.active())).isTrue();
        assertThat(sides.isQuiescent()).isTrue();
    }

    @Test
    void a_reader_without_a_line_learns_that_its_side_was_given_up() {
        long active = sides.active();
        assertThat(sides.isStill(active)).isTrue();
        sides.flip();
        assertThat(sides.isStill(active)).isFalse();
    }

    @Test
    void pinning_allocates_nothing() {
        assertThat(AllocatedBytes.of(() -> {
                    sides.flip();
                    sides.pin(0);
                    sides.isQuiescent();
                }))
                .isZero();
    }

    /** Each side holds one number many times; a reader must never see two different ones, also while it comes and goes. */
    @Test
    void no_reader_ever_sees_a_side_that_is_being_written() throws Exception {
        int words = 64;
        int flips = 20_000;
        MemorySegment[] side = {
            Arena.ofAuto().allocate(8L * words, 8), Arena.ofAuto().allocate(8L * words, 8)
        };
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger mixed = new AtomicInteger();
        AtomicInteger stale = new AtomicInteger();
        Together.run(
                () -> {
                    try {
                        for (int k = 1; k <= flips; k++) {
                            while (!sides.isQuiescent()) {
                                Together.pause();
                            }
                            MemorySegment backup = side[Sides.side(sides.active()) ^ 1];
                            for (int word = 0; word < words; word++) {
                                backup.set(ValueLayout.JAVA_LONG, 8L * word, k);
                            }
                            sides.flip();
                        }
                    } finally {
                        ended.set(true);
                    }
                    return null;
                },
                () -> read(0, 0, side, ended, mixed, stale),
                () -> read(1, 3, side, ended, mixed, stale));
        assertThat(mixed).hasValue(0);
        assertThat(stale).hasValue(0);
        assertThat(sides.active() >>> 1).isEqualTo(flips);
    }

    /** The writer never waits for a processor that is not running, so the two meet while it starts. */
    @Test
    void a_processor_that_starts_never_reads_a_side_that_is_being_written() throws Exception {
        int words = 8;
        MemorySegment[] side = {
            Arena.ofAuto().allocate(8L * words, 8), Arena.ofAuto().allocate(8L * words, 8)
        };
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger mixed = new AtomicInteger();
        AtomicInteger stale = new AtomicInteger();
        Together.run(
                () -> {
                    try {
                        for (int k = 1; k <= 2_000_000; k++) {
                            while (!sides.isQuiescent()) {
                                Thread.onSpinWait();
                            }
                            MemorySegment backup = side[Sides.side(sides.active()) ^ 1];
                            for (int word = 0; word < words; word++) {
                                backup.set(ValueLayout.JAVA_LONG, 8L * word, k);
                            }
                            sides.flip();
                        }
                    } finally {
                        ended.set(true);
                    }
                    return null;
                },
                () -> read(0, 1, side, ended, mixed, stale));
        assertThat(mixed).hasValue(0);
        assertThat(stale).hasValue(0);
    }

    private Void read(
            int processor,
            int retireEvery,
            MemorySegment[] side,
            AtomicBoolean ended,
            AtomicInteger mixed,
            AtomicInteger stale) {
        long batches = 0;
        while (!ended.get()) {
            long active = sides.pin(processor);
            MemorySegment read = side[Sides.side(active)];
            long first = read.get(ValueLayout.JAVA_LONG, 0);
            if (first != Sides.generation(active)) {
                stale.incrementAndGet();
            }
            for (long at = 8; at < read.byteSize(); at += 8) {
                if (read.get(ValueLayout.JAVA_LONG, at) != first) {
                    mixed.incrementAndGet();
                }
            }
            batches++;
            if (retireEvery != 0 && batches % retireEvery == 0) {
                sides.retire(processor);
            } else if (batches % 64 == 0) {
                Together.pause();
            }
        }
        sides.retire(processor);
        return null;
    }
}
