package io.weir.control.health;

import io.weir.control.network.ControlNetwork;
import io.weir.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Checks servers, each at its interval, and tells a listener after every check what is known of the server.
 *
 * <p>A server has at most one check under way, and all servers together a bounded number of them; a check that is due while
 * the bound is reached starts when another one ends. The first check of a server is somewhere in its first interval. A server
 * with addresses of both families is up only when both answer; they are asked at the same time. How results become a state
 * is drawn in {@code ServerHealth}: the first result decides, then it takes {@code rise} or {@code fall} in a row.
 *
 * <p>The listener is called by the threads of the checks: one server's events in their order, those of different servers at
 * the same time. It must be quick and thread-safe. A check that ends while its server is removed or changed tells nothing.
 */
public final class HealthChecker implements AutoCloseable {
    /** Checks under way at the same time, each with a socket or a process. */
    public static final int MOST_CHECKS = 512;

    private static final System.Logger LOG = System.getLogger(HealthChecker.class.getName());

    private final Prober prober;
    private final Consumer<HealthEvent> listener;
    private final LongSupplier clockNs;
    private final CheckTimes times;
    private final Executor executor;
    private final int mostChecks;
    private final Runnable ending;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // below: guarded by the lock
    private final Map<String, Entry> entries = new HashMap<>();
    private final PriorityQueue<Due> queue = new PriorityQueue<>((a, b) -> Long.compare(a.ns - b.ns, 0));
    private int running;
    private boolean closed;

    /** A server that is checked, or was and has a check under way. */
    private static final class Entry {
        CheckedServer server;
        ServerHealth health = new ServerHealth();
        /** Counts configurations of the server: results for an earlier one are not for this one. */
        int version;

        long dueNs;
        boolean running;
        boolean removed;

        Entry(CheckedServer server) {
            this.server = server;
        }
    }

    /** When a server is to be checked; void when the server has changed meanwhile. */
    private record Due(Entry entry, int version, long ns) {
        boolean isVoid() {
            return entry.removed || entry.running || entry.version != version || entry.dueNs != ns;
        }
    }

    /** A check that has to be made now. */
    private record Start(Entry entry, CheckedServer server, int version, long startedNs) {}

    /**
     * A checker whose time passes when {@link #runDue} is called.
     *
     * @param executor runs the checks, which block
     */
    HealthChecker(
            Prober prober,
            Consumer<HealthEvent> listener,
            LongSupplier clockNs,
            RandomGenerator random,
            Executor executor,
            int mostChecks,
            Runnable ending) {
        this.prober = prober;
        this.listener = listener;
        this.clockNs = clockNs;
        this.times = new CheckTimes(random);
        this.executor = executor;
        this.mostChecks = mostChecks;
        this.ending = ending;
    }

    /** Starts a checker without servers, on virtual threads. */
    public static HealthChecker start(ControlNetwork network, Consumer<HealthEvent> listener) {
        NetworkProber prober = new NetworkProber(network);
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("health-check-", 0).factory());
        HealthChecker checker = new HealthChecker(
                prober, listener, System::nanoTime, RandomGenerator.getDefault(), threads, MOST_CHECKS, () -> {
                    threads.shutdownNow();
                    prober.close();
                });
        Thread.ofVirtual().name("health-checker").start(checker::run);
        return checker;
    }

    /**
     * Checks these servers from now on and no others. What is as before goes on undisturbed; a server with other addresses
     * begins as unchecked; one whose check alone has changed keeps its state.
     *
     * @throws IllegalArgumentException when two have the same name
     */
    public void configure(List<CheckedServer> servers) {
        Set<String> names = new HashSet<>();
        for (CheckedServer server : servers) {
            if (!names.add(server.name())) {
                throw new IllegalArgumentException("server " + server.name() + " stands twice in the list of checks");
            }
        }
        lock.lock();
        try {
            long now = clockNs.getAsLong();
            for (Entry entry : List.copyOf(entries.values())) {
                if (!names.contains(entry.server.name())) {
                    remove(entry);
                }
            }
            for (CheckedServer server : servers) {
                put(server, now);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void remove(Entry entry) {
        entry.removed = true;
        // one with a check under way stays, so that a server that comes back does not get a second one beside it
        if (!entry.running) {
            entries.remove(entry.server.name());
        }
    }

    private void put(CheckedServer server, long now) {
        Entry entry = entries.get(server.name());
        if (entry == null) {
            entry = new Entry(server);
            entries.put(server.name(), entry);
        } else if (entry.removed || !entry.server.addresses().equals(server.addresses())) {
            entry.health = new ServerHealth();
        } else if (entry.server.equals(server)) {
            return;
        } else {
            entry.health.recount();
        }
        entry.removed = false;
        entry.server = server;
        entry.version++;
        schedule(entry, times.first(now, server.check()));
    }

    private void schedule(Entry entry, long ns) {
        entry.dueNs = ns;
        if (!entry.running) {
            queue.add(new Due(entry, entry.version, ns));
        }
    }

    /** The state of every server that is checked. */
    public Map<String, HealthState> states() {
        lock.lock();
        try {
            Map<String, HealthState> states = new HashMap<>();
            entries.forEach((name, entry) -> {
                if (!entry.removed) {
                    states.put(name, entry.health.state());
                }
            });
            return states;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<Start> starts = new ArrayList<>();
        while (true) {
            starts.clear();
            lock.lock();
            try {
                long waitNs = takeDue(starts);
                if (closed) {
                    return;
                }
                if (starts.isEmpty()) {
                    var _ = changed.awaitNanos(waitNs);
                }
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
            starts.forEach(this::execute);
        }
    }

    /** Starts the checks that are due and returns how long nothing else will be; for tests, which have no thread for it. */
    long runDue() {
        List<Start> starts = new ArrayList<>();
        lock.lock();
        try {
            long waitNs = takeDue(starts);
            if (starts.isEmpty()) {
                return waitNs;
            }
        } finally {
            lock.unlock();
        }
        starts.forEach(this::execute);
        return runDue();
    }

    private long takeDue(List<Start> starts) {
        long now = clockNs.getAsLong();
        while (running < mostChecks) {
            Due due = queue.peek();
            if (due == null) {
                break;
            }
            boolean isVoid = due.isVoid();
            if (!isVoid && due.ns - now > 0) {
                return due.ns - now;
            }
            queue.remove();
            if (!isVoid) {
                due.entry.running = true;
                running++;
                starts.add(new Start(due.entry, due.entry.server, due.version, now));
            }
        }
        return Long.MAX_VALUE;
    }

    private void execute(Start start) {
        try {
            executor.execute(() -> check(start));
        } catch (RejectedExecutionException e) {
            // closed meanwhile
            again(start);
        }
    }

    private void check(Start start) {
        ProbeResult result = null;
        try {
            result = probeAll(start.server());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "check of server " + start.server().name(),
                    e);
            result = ProbeResult.bad("the check itself failed: " + e);
        }
        HealthEvent event = ended(start, result);
        if (event != null) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "telling of " + event, e);
            }
        }
        again(start);
    }

    private ProbeResult probeAll(CheckedServer server) throws InterruptedException {
        List<IpAddress> addresses = server.addresses();
        if (addresses.size() == 1) {
            return prober.probe(server, addresses.getFirst());
        }
        @Nullable ProbeResult[] results = new ProbeResult[addresses.size()];
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < results.length; i++) {
            int at = i;
            others.add(Thread.ofVirtual().name("health-check").start(() -> {
                try {
                    results[at] = prober.probe(server, addresses.get(at));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        try {
            results[0] = prober.probe(server, addresses.getFirst());
            for (Thread other : others) {
                other.join();
            }
        } finally {
            others.forEach(Thread::interrupt);
        }
        for (int i = 0; i < results.length; i++) {
            ProbeResult one = results[i];
            if (one == null || !one.good()) {
                return ProbeResult.bad(
                        addresses.get(i) + ": " + (one == null ? "the check itself failed" : one.message()));
            }
        }
        return Objects.requireNonNull(results[0]);
    }

    /** Takes the result of a check; null when there is none. Returns what to tell, or null. */
    private @Nullable HealthEvent ended(Start start, @Nullable ProbeResult result) {
        lock.lock();
        try {
            Entry entry = start.entry();
            boolean isForNow = !closed && !entry.removed && entry.version == start.version();
            if (!isForNow || result == null) {
                return null;
            }
            var check = entry.server.check();
            HealthState state = entry.health.record(result.good(), check.rise(), check.fall());
            return new HealthEvent(entry.server.name(), state, result.message());
        } finally {
            lock.unlock();
        }
    }

    /** After the listener knows: a server's events are told in their order. */
    private void again(Start start) {
        lock.lock();
        try {
            Entry entry = start.entry();
            entry.running = false;
            running--;
            if (entry.removed) {
                entries.remove(entry.server.name(), entry);
            } else if (entry.version == start.version()) {
                schedule(entry, times.next(start.startedNs(), entry.server.check()));
            } else {
                schedule(entry, entry.dueNs);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends; checks under way are interrupted and tell nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ending.run();
    }
}
