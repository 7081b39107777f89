package io.weir.control.resource;

import io.weir.control.configuration.LoadSourceConfiguration.AgentCheck;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks all servers that have a source of load again and again, each with a virtual thread of its own, at intervals that vary
 * by a tenth so that they do not march in step. A server that does not answer is logged once, and once when it answers again;
 * its last load grows old meanwhile. Safe for any number of threads.
 */
public final class LoadPollers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LoadPollers.class.getName());
    /** An exchange may take an interval, within these limits. */
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(5);
    private static final double JITTER = 0.1;

    private final TcpConnector connector;
    private final ResourceManager resources;
    private final ReportCounters counters;
    private final LongSupplier nowMs;
    private final Map<String, Poll> polls = new HashMap<>(); // guarded by itself
    private boolean closed;

    /** @param nowMs the clock of {@link ResourceManager#accept} */
    public LoadPollers(TcpConnector connector, ResourceManager resources, ReportCounters counters, LongSupplier nowMs) {
        this.connector = connector;
        this.resources = resources;
        this.counters = counters;
        this.nowMs = nowMs;
    }

    /**
     * From now on exactly these servers are asked; one that is as before goes on undisturbed.
     *
     * @throws IllegalArgumentException when a metric's name cannot be read; nothing is changed then
     */
    public void configure(List<PolledServer> servers) {
        synchronized (polls) {
            Map<String, Poll> wanted = new HashMap<>();
            for (PolledServer server : servers) {
                Poll running = polls.get(server.name());
                wanted.put(
                        server.name(),
                        running != null && running.server.equals(server) ? running : new Poll(server, poller(server)));
            }
            if (closed) {
                return;
            }
            polls.forEach((name, poll) -> {
                Poll next = wanted.get(name);
                if (next != poll) {
                    poll.stop();
                }
                if (poll.server.source() instanceof AgentCheck
                        && (next == null || !(next.server.source() instanceof AgentCheck))) {
                    resources.forgetWish(name);
                }
            });
            wanted.forEach((name, poll) -> {
                if (polls.get(name) != poll) {
                    poll.start();
                }
            });
            polls.clear();
            polls.putAll(wanted);
        }
    }

    private LoadPoller poller(PolledServer server) {
        long interval = server.source().interval().toMillis();
        Duration timeout =
                Duration.ofMillis(Math.clamp(interval, SHORTEST_TIMEOUT.toMillis(), LONGEST_TIMEOUT.toMillis()));
        return switch (server.source()) {
            case AgentCheck check -> new AgentCheckPoller(server, check, connector, resources, nowMs, timeout);
            case Prometheus page ->
                new PrometheusPoller(server, page, connector, resources, counters, nowMs, System::nanoTime, timeout);
        };
    }

    /** What is wrong at present, by server. */
    public SortedMap<String, String> faults() {
        SortedMap<String, String> faults = new TreeMap<>();
        synchronized (polls) {
            polls.forEach((name, poll) -> {
                String fault = poll.fault;
                if (fault != null) {
                    faults.put(name, fault);
                }
            });
        }
        return faults;
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        synchronized (polls) {
            closed = true;
            polls.values().forEach(Poll::stop);
            polls.clear();
        }
    }

    private static final class Poll {
        final PolledServer server;
        volatile @Nullable String fault;
        private final LoadPoller poller;
        private final Thread thread;

        Poll(PolledServer server, LoadPoller poller) {
            this.server = server;
            this.poller = poller;
            thread = Thread.ofVirtual().name("load-" + server.name()).unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        void stop() {
            thread.interrupt(); // closes a socket that is in use, too
        }

        private void run() {
            double interval = server.source().interval().toNanos();
            ThreadLocalRandom random = ThreadLocalRandom.current();
            try {
                // The first questions after a start or a change are spread over an interval.
                Thread.sleep(Duration.ofNanos((long) (interval * random.nextDouble())));
                while (true) {
                    ask();
                    Thread.sleep(Duration.ofNanos((long) (interval * (1 + JITTER * (2 * random.nextDouble() - 1)))));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // stopped
            }
        }

        private void ask() throws InterruptedException {
            try {
                poller.poll();
                if (fault != null) {
                    LOG.log(Level.INFO, "load of server " + server.name() + " is known again");
                }
                fault = null;
            } catch (IOException | RuntimeException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                String text = e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
                if (!text.equals(fault)) {
                    LOG.log(Level.WARNING, "load of server " + server.name() + ": " + text);
                }
                fault = text;
            }
        }
    }
}
