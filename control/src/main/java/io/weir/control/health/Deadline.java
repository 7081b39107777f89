package io.weir.control.health;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The end of a check: then what the check waits for is closed, whatever it waits for, so that a server that drips one byte
 * now and then holds it up no longer than one that is silent.
 */
final class Deadline implements AutoCloseable {
    private final Duration timeout;
    private final long startNs = System.nanoTime();
    private final Future<?> ending;
    private final List<Closeable> things = new ArrayList<>();
    private boolean over;
    private boolean ended;

    Deadline(ScheduledExecutorService clock, Duration timeout) {
        this.timeout = timeout;
        this.ending = clock.schedule(this::end, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Has this closed when the time is over, or at once when it is over already. */
    synchronized void closes(Closeable thing) {
        things.add(thing);
        if (over) {
            close(thing);
        }
    }

    private synchronized void end() {
        if (!ended) {
            over = true;
            things.forEach(Deadline::close);
        }
    }

    private static void close(Closeable thing) {
        try {
            thing.close();
        } catch (IOException e) {
            // it was to be closed, and is
        }
    }

    /** Whether the time was over while the check was under way. */
    synchronized boolean isOver() {
        return over;
    }

    /** Time since the check began. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNs);
    }

    /** Time that is left, at least zero. */
    Duration left() {
        Duration left = timeout.minus(elapsed());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The check has ended; closes what it used. */
    @Override
    public synchronized void close() {
        ended = true;
        ending.cancel(false);
        things.reversed().forEach(Deadline::close);
        things.clear();
    }
}
