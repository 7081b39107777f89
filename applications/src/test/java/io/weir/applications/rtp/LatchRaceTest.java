package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Processors that latch the same side at once, and others that read. */
class LatchRaceTest {
    private static final int READS = 2_000_000;

    @Test
    void an_address_is_never_put_together_of_two() throws InterruptedException {
        MemorySegment memory = Arena.ofAuto().allocate(24, 8);
        Latches.prepare(memory, 0, 1);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong latched = new AtomicLong();
        List<Thread> writers = new ArrayList<>();
        for (int k = 1; k <= 2; k++) {
            int first = k;
            writers.add(Thread.ofPlatform().start(() -> {
                for (int port = first; !done.get(); port = port + 2 & 0xffff) {
                    if (Latches.latch(memory, 0, 1, ~(long) port, port, port)) {
                        latched.incrementAndGet();
                    }
                }
            }));
        }
        long whole = 0;
        for (int k = 0; k < READS || whole == 0; k++) {
            long word = Latches.latched(memory, 0, 1);
            long upper = Latches.upper(memory, 0);
            long lower = Latches.lower(memory, 0);
            if (word != Latches.NONE && Latches.isUnchanged(memory, 0, word)) {
                whole++;
                if (lower != Latches.port(word) || upper != ~lower) {
                    done.set(true);
                    throw new AssertionError(Long.toHexString(word) + ": " + upper + ", " + lower);
                }
            }
        }
        done.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(latched.get()).isPositive();
    }

    @Test
    void a_processor_of_the_session_before_cannot_latch() {
        MemorySegment memory = Arena.ofAuto().allocate(24, 8);
        Latches.prepare(memory, 0, 1);
        assertThat(Latches.latch(memory, 0, 1, 0, 7, 7)).isTrue();
        Latches.prepare(memory, 0, 2);
        assertThat(Latches.latched(memory, 0, 1)).isEqualTo(Latches.NONE);
        assertThat(Latches.latched(memory, 0, 2)).isEqualTo(Latches.NONE);
        assertThat(Latches.latch(memory, 0, 1, 0, 8, 8)).isFalse();
        assertThat(Latches.latch(memory, 0, 2, 0, 9, 9)).isTrue();
        assertThat(Latches.lower(memory, 0)).isEqualTo(9);
    }
}
