package io.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clockNs = new AtomicLong();
    private final Workers workers = new Workers(2, clockNs::get);

    private Thread serve(Workers.Work work) {
        return Thread.ofVirtual().start(() -> {
            try {
                workers.serve(work);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void more_requests_than_workers_wait() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        List<Thread> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(serve(() -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                started.countDown();
                end.await();
                now.decrementAndGet();
            }));
        }
        started.await();
        while (workers.load().clients() < 5) {
            Thread.onSpinWait();
        }
        clockNs.set(3 * SECOND);
        end.countDown();
        for (Thread request : requests) {
            request.join();
        }
        assertThat(most).hasValue(2);
        assertThat(workers.load().clients()).isZero();
        assertThat(workers.load().served()).isEqualTo(5);
        assertThat(workers.load().seconds()).as("waiting is part of it").isEqualTo(15);
    }

    @Test
    void utilisation_is_averaged_over_a_second() throws InterruptedException {
        workers.serve(() -> {
            clockNs.set(SECOND);
            assertThat(workers.load().cpu()).isCloseTo(0.5 * (1 - Math.exp(-1)), within(1e-9));
            clockNs.set(20 * SECOND);
            assertThat(workers.load().cpu()).isCloseTo(0.5, within(1e-6));
        });
        clockNs.set(21 * SECOND);
        assertThat(workers.load().cpu()).isCloseTo(0.5 * Math.exp(-1), within(1e-6));
    }

    @Test
    void a_background_job_takes_workers_and_gives_them_back() throws InterruptedException {
        workers.background(100);
        double cpu = 0;
        while (cpu < 0.99) {
            clockNs.addAndGet(SECOND);
            cpu = workers.load().cpu();
        }
        CountDownLatch served = new CountDownLatch(1);
        Thread request = serve(served::countDown);
        assertThat(served.getCount()).isEqualTo(1);
        workers.background(1);
        request.join();
        assertThat(served.getCount()).isZero();
        workers.background(0);
        while (cpu > 0.01) {
            clockNs.addAndGet(SECOND);
            cpu = workers.load().cpu();
        }
        assertThat(workers.load().served()).as("a job is no request").isEqualTo(1);
    }

    @Test
    void capacities_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new Capacity(0, Duration.ZERO)).hasMessage("workers: 0 is not within 1..10000");
        assertThatThrownBy(() -> new Capacity(1, Duration.ofMillis(-1)))
                .hasMessage("service time: PT-0.001S is negative");
        assertThat(new Capacity(4, Duration.ofMillis(20)).requestsPerSecond()).isEqualTo(200);
    }
}
