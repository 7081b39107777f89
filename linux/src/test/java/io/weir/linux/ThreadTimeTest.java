package io.weir.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadTimeTest {
    @Test
    void it_passes_while_the_thread_works_and_not_while_it_waits() throws InterruptedException {
        ThreadTime time = new ThreadTime();
        long before = time.nanos();
        long wall = System.nanoTime();
        long work = 0;
        while (time.nanos() - before < TimeUnit.MILLISECONDS.toNanos(5)) {
            work += work * 31 + 7;
        }
        assertThat(System.nanoTime() - wall)
                .as("wall time, at least (%d)", work)
                .isGreaterThanOrEqualTo(4_000_000L);
        before = time.nanos();
        Thread.sleep(20);
        assertThat(time.nanos() - before).isBetween(0L, TimeUnit.MILLISECONDS.toNanos(10));
    }
}
