package io.weir.node.simulation;

import java.util.Arrays;

/**
 * A server with so many workers, each of which does one connection at a time, and one queue before them, first come first
 * served. What becomes of a connection is certain when it comes, so no event is needed for its end.
 */
final class SimulatedServer {
    /** The kernel's part of a handshake on an idle server. */
    private static final double HANDSHAKE = 0.0001;

    final String name;
    final int workers;
    private final double speed;
    private final double slowFrom;
    private final double[] free;
    private final DoubleHeap ends = new DoubleHeap();
    private final double[] busy;
    private final double[] offered;
    private final int[] accepted;

    /**
     * A server without connections.
     *
     * @param speed of each worker
     * @param slowFrom second from which on it is half as fast; infinity for never
     * @param seconds that the run takes
     */
    SimulatedServer(String name, int workers, double speed, double slowFrom, int seconds) {
        this.name = name;
        this.workers = workers;
        this.speed = speed;
        this.slowFrom = slowFrom;
        this.free = new double[workers];
        this.busy = new double[seconds];
        this.offered = new double[seconds];
        this.accepted = new int[seconds];
    }

    /** Work per second at a time. */
    double capacity(double now) {
        return workers * speed(now);
    }

    private double speed(double now) {
        return now < slowFrom ? speed : speed / 2;
    }

    /** Takes a connection and returns the second of its end. A worker keeps its speed until its connection ends. */
    double accept(double now, double work) {
        int worker = 0;
        for (int k = 1; k < free.length; k++) {
            if (free[k] < free[worker]) {
                worker = k;
            }
        }
        double start = Math.max(now, free[worker]);
        double end = start + work / speed(start);
        free[worker] = end;
        ends.add(end);
        int second = (int) now;
        offered[second] += work;
        accepted[second]++;
        for (int k = (int) start; k < busy.length && k < end; k++) {
            busy[k] += Math.min(end, k + 1) - Math.max(start, k);
        }
        return end;
    }

    /** Connections in work and in the queue. */
    int live(double now) {
        while (ends.least() <= now) {
            ends.removeLeast();
        }
        return ends.size();
    }

    /** Share of the workers that were busy in a second that is over. */
    double utilisation(int second) {
        return busy[second] / workers;
    }

    /** Connections that came in a second. */
    int accepted(int second) {
        return accepted[second];
    }

    /** Work that came per second, relative to the capacity: above 1 its queue grows. */
    double offeredLoad(int from, int to) {
        return Arrays.stream(offered, from, to).sum() / (to - from) / capacity(from);
    }

    /** From SYN to SYN-ACK: the busier the workers, the longer the kernel waits for a CPU. */
    double handshake(double now) {
        return HANDSHAKE * (1 + (double) live(now) / workers);
    }
}
