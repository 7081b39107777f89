package io.weir.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * The simulated workers of a lab server: requests queue for them in order, a background job may keep some of them busy, and
 * their utilisation is averaged exponentially over {@value #AVERAGE_SECONDS} s. For threads that may block.
 */
final class Workers {
    static final double AVERAGE_SECONDS = 1;

    private static final double NS_PER_SECOND = 1e9;

    private final int number;
    private final LongSupplier clockNs;
    private final Semaphore free;
    private final List<CountDownLatch> jobs = new ArrayList<>();
    private int busy;
    private int present;
    private long served;
    private double seconds;
    private double average;
    private long averagedNs;

    /**
     * What happened so far.
     *
     * @param cpu share of busy workers, 0..1
     * @param clients requests that wait or are served
     * @param served requests that were served
     * @param seconds sum of their execution times, waiting included
     */
    record Load(double cpu, int clients, long served, double seconds) {}

    Workers(int number, LongSupplier clockNs) {
        this.number = number;
        this.clockNs = clockNs;
        this.free = new Semaphore(number, true);
        this.averagedNs = clockNs.getAsLong();
    }

    /** Serves a request: waits for a worker, and keeps it while the work runs. */
    void serve(Work work) throws InterruptedException {
        long beginNs = clockNs.getAsLong();
        arrived();
        try {
            free.acquire();
            try {
                occupied(1);
                work.run();
            } finally {
                occupied(-1);
                free.release();
            }
        } finally {
            left(beginNs);
        }
    }

    /** What a worker does. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    private synchronized void arrived() {
        present++;
    }

    private synchronized void left(long beginNs) {
        present--;
        served++;
        seconds += (clockNs.getAsLong() - beginNs) / NS_PER_SECOND;
    }

    private synchronized void occupied(int change) {
        settle();
        busy += change;
    }

    /** Brings the average up to now; between two changes utilisation is constant, so that this is exact. */
    private void settle() {
        long nowNs = clockNs.getAsLong();
        double kept = Math.exp(-(nowNs - averagedNs) / NS_PER_SECOND / AVERAGE_SECONDS);
        average = average * kept + (double) busy / number * (1 - kept);
        averagedNs = nowNs;
    }

    /** Lets a background job occupy some workers, once they have finished what they do; 0 ends it. */
    synchronized void background(int workers) {
        int wanted = Math.clamp(workers, 0, number);
        while (jobs.size() < wanted) {
            CountDownLatch end = new CountDownLatch(1);
            jobs.add(end);
            Thread.ofVirtual().start(() -> occupy(end));
        }
        while (jobs.size() > wanted) {
            jobs.removeLast().countDown();
        }
    }

    private void occupy(CountDownLatch end) {
        try {
            free.acquire();
            try {
                occupied(1);
                end.await();
            } finally {
                occupied(-1);
                free.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The load at this time. */
    synchronized Load load() {
        settle();
        return new Load(average, present, served, seconds);
    }
}
