package io.weir.lab;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The capacity of a lab server: so many requests are worked on at a time, each for so long, and the others wait in the
 * order they came. The work is slept, not computed, so that servers of any size fit on a small machine; the utilisation
 * that is told is that of the workers, not of the machine.
 */
final class Workers {
    private static final long WINDOW_NS = 1_000_000_000L;
    private static final long LOOK_NS = 50_000_000L;

    private final int count;
    private final long serviceMs;
    private final Semaphore free;
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong executionNs = new AtomicLong();
    /** Serializes who occupies and releases. */
    private final Object job = new Object();

    /** Workers taken by the job in the background. */
    private int taken;

    /** Guarded by this, as the next three. */
    private final ArrayDeque<Look> looks = new ArrayDeque<>();

    private int busy;
    private long changedNs = System.nanoTime();
    /** Integral of busy workers over time. */
    private double work;

    private record Look(long atNs, double work) {}

    /**
     * @param count workers, at least 1
     * @param serviceMs how long a worker takes for a request, in milliseconds
     */
    Workers(int count, long serviceMs) {
        if (count < 1 || serviceMs < 0) {
            throw new LabException(count + " workers of " + serviceMs + " ms: one worker and 0 ms at least");
        }
        this.count = count;
        this.serviceMs = serviceMs;
        this.free = new Semaphore(count, true);
        looks.add(new Look(changedNs, 0));
    }

    /** Does the work of one request, after waiting for a worker. */
    void work() throws InterruptedException {
        long startNs = System.nanoTime();
        clients.incrementAndGet();
        try {
            free.acquire();
            change(1);
            try {
                Thread.sleep(serviceMs);
            } finally {
                change(-1);
                free.release();
            }
        } finally {
            clients.decrementAndGet();
            requests.incrementAndGet();
            executionNs.addAndGet(System.nanoTime() - startNs);
        }
    }

    /** Occupies some workers, each as it becomes free, until called with 0; returns how many. */
    int occupy(int wanted) {
        int bounded = Math.clamp(wanted, 0, count);
        Thread.ofVirtual().name("busy").start(() -> {
            synchronized (job) {
                for (; taken < bounded; taken++) {
                    free.acquireUninterruptibly();
                    change(1);
                }
                for (; taken > bounded; taken--) {
                    change(-1);
                    free.release();
                }
            }
        });
        return bounded;
    }

    private synchronized void change(int by) {
        look();
        busy += by;
    }

    /** Adds up to now; keeps looks of the last second and one before. */
    private long look() {
        long now = System.nanoTime();
        work += (double) busy * (now - changedNs);
        changedNs = now;
        if (now - looks.getLast().atNs() >= LOOK_NS) {
            looks.addLast(new Look(now, work));
            while (looks.size() > 2 && now - second().atNs() >= WINDOW_NS) {
                looks.removeFirst();
            }
        }
        return now;
    }

    private Look second() {
        var all = looks.iterator();
        all.next();
        return all.next();
    }

    /** Share of busy workers, averaged over the last second, 0..1. */
    synchronized double utilisation() {
        long now = look();
        Look first = looks.getFirst();
        long elapsed = now - first.atNs();
        return elapsed <= 0 ? (double) busy / count : (work - first.work()) / elapsed / count;
    }

    /** Requests that wait or are worked on. */
    int clients() {
        return clients.get();
    }

    /** All there is to know, in Prometheus' text format. */
    String metrics() {
        return String.format(
                Locale.ROOT,
                """
                # TYPE lab_cpu_utilisation gauge
                lab_cpu_utilisation %.4f
                # TYPE lab_clients gauge
                lab_clients %d
                # TYPE lab_requests_total counter
                lab_requests_total %d
                # TYPE lab_execution_seconds summary
                lab_execution_seconds_sum %.6f
                lab_execution_seconds_count %d
                """,
                utilisation(),
                clients.get(),
                requests.get(),
                executionNs.get() / 1e9,
                requests.get());
    }
}
