package io.weir.agent;

import io.weir.agent.report.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The load agent's loop: at each interval it reads the operating system, makes a report of that and of what applications
 * answered last, and hands it to all receivers. Applications and receivers have a thread each, because they may hang.
 */
public final class Agent implements AutoCloseable {
    private static final long STACK_BYTES = 256 * 1024;

    private final Collector collector;
    private final List<Receiver> receivers;
    private final long intervalNs;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** An agent; it closes collector and receivers with itself. */
    public Agent(AgentOptions options, Collector collector, List<Receiver> receivers) {
        this.collector = collector;
        this.receivers = List.copyOf(receivers);
        this.intervalNs = options.interval().toNanos();
    }

    /** Reports until the agent is closed. */
    public void run() {
        threads.add(Thread.currentThread());
        for (WatchedSource source : collector.applications()) {
            start(source.name(), () -> everyInterval(() -> source.poll(System.nanoTime())));
        }
        List<Outbox> outboxes = new ArrayList<>();
        for (Receiver receiver : receivers) {
            outboxes.add(new Outbox(receiver));
        }
        everyInterval(() -> {
            long nowNs = System.nanoTime();
            collector.pollSystem(nowNs);
            LoadReport report = collector.report(nowNs);
            outboxes.forEach(outbox -> outbox.put(report));
        });
    }

    private Thread start(String name, Runnable body) {
        Thread thread = new Thread(null, body, name, STACK_BYTES);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** Keeps the rhythm; what was missed while the body took longer than an interval is left out. */
    private void everyInterval(Runnable body) {
        long nextNs = System.nanoTime();
        while (!closed) {
            body.run();
            long nowNs = System.nanoTime();
            nextNs += intervalNs;
            if (nextNs - nowNs < 0) {
                nextNs = nowNs;
            }
            while (!closed && nextNs - System.nanoTime() > 0) {
                LockSupport.parkNanos(nextNs - System.nanoTime());
            }
        }
    }

    /** The last report that a receiver has not been sent: a slow one misses reports, it never gets old ones. */
    private final class Outbox {
        private final Receiver receiver;
        private final AtomicReference<@Nullable LoadReport> waiting = new AtomicReference<>();
        private final Thread thread;

        Outbox(Receiver receiver) {
            this.receiver = receiver;
            this.thread = start(receiver.name(), this::run);
        }

        void put(LoadReport report) {
            waiting.set(report);
            LockSupport.unpark(thread);
        }

        private void run() {
            while (!closed) {
                LoadReport report = waiting.getAndSet(null);
                if (report != null) {
                    receiver.send(report);
                } else {
                    LockSupport.park(this);
                }
            }
        }
    }

    /** Ends {@link #run} soon. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(LockSupport::unpark);
        receivers.forEach(Receiver::close);
        collector.close();
    }
}
