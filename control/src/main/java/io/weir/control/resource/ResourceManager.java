package io.weir.control.resource;

import io.weir.agent.report.AgentCheckText;
import io.weir.agent.report.LoadReport;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last word on each server's load with its age and source. Times are milliseconds of any clock that does not go
 * back, always the same one (in a node {@code MemoryMap.nowMs}). Safe for any number of threads; memory is bounded by the
 * number of known servers.
 */
public final class ResourceManager {
    private final ResourceListener listener;
    private final Map<String, ServerLoad> loads = new HashMap<>(); // guarded by itself, as what follows
    private final Set<String> stale = new HashSet<>();
    private @Nullable Set<String> known = Set.of(); // null: any
    private int most;

    /** Knows no server as yet. */
    public ResourceManager(ResourceListener listener) {
        this.listener = listener;
    }

    /** From now on exactly these servers are known; what was known of others is forgotten. */
    public void configure(Set<String> servers) {
        synchronized (loads) {
            known = Set.copyOf(servers);
            loads.keySet().retainAll(known);
            stale.retainAll(known);
        }
    }

    /** From now on any server is known, up to so many of them: for a process that only passes reports on. */
    public void configureAny(int mostServers) {
        synchronized (loads) {
            known = null;
            most = mostServers;
        }
    }

    /** Whether reports of this server are wanted. */
    public boolean isKnown(String server) {
        synchronized (loads) {
            return known == null ? loads.size() < most || loads.containsKey(server) : known.contains(server);
        }
    }

    /** Takes over new metrics; those of a server that is not known are ignored. */
    public void accept(LoadReport report, LoadSource source, long nowMs) {
        ServerLoad load;
        synchronized (loads) {
            if (!isKnown(report.server())) {
                return;
            }
            ServerLoad before = loads.get(report.server());
            load = new ServerLoad(report, source, nowMs, before == null ? AgentWish.NONE : before.wish());
            loads.put(report.server(), load);
        }
        listener.loadChanged(report.server(), load);
    }

    /**
     * Takes over the answer to an agent check. It says nothing of the metrics, so those of another source stay with their
     * age.
     */
    public void accept(String server, AgentCheckText text, long nowMs) {
        ServerLoad load;
        synchronized (loads) {
            if (!isKnown(server)) {
                return;
            }
            ServerLoad before = loads.get(server);
            AgentWish wish = (before == null ? AgentWish.NONE : before.wish()).with(text, nowMs);
            load = before == null || before.source() == LoadSource.HAPROXY
                    ? new ServerLoad(unknown(server), LoadSource.HAPROXY, nowMs, wish)
                    : new ServerLoad(before.report(), before.source(), before.receivedMs(), wish);
            loads.put(server, load);
        }
        listener.loadChanged(server, load);
    }

    /** Forgets what a server asked for, because it is not asked any more. */
    public void forgetWish(String server) {
        ServerLoad load = null;
        synchronized (loads) {
            ServerLoad before = loads.get(server);
            if (before == null || before.wish().equals(AgentWish.NONE)) {
                return;
            }
            load = new ServerLoad(before.report(), before.source(), before.receivedMs());
            loads.put(server, load);
        }
        listener.loadChanged(server, load);
    }

    private static LoadReport unknown(String server) {
        double unknown = LoadReport.UNKNOWN;
        return new LoadReport(server, unknown, unknown, unknown, unknown, unknown);
    }

    /** What is known of a server. */
    public Optional<ServerLoad> load(String server) {
        synchronized (loads) {
            return Optional.ofNullable(loads.get(server));
        }
    }

    /** What is known, by server. */
    public SortedMap<String, ServerLoad> loads() {
        synchronized (loads) {
            return new TreeMap<>(loads);
        }
    }

    /**
     * Tells the listener which servers became stale or fresh since the last call; to be called again and again, such as
     * before each decision of the master.
     *
     * @param limit age from which on metrics are not used
     */
    public void watch(long nowMs, Duration limit) {
        List<Runnable> news = new ArrayList<>();
        synchronized (loads) {
            loads.forEach((server, load) -> {
                if (load.isStale(nowMs, limit)) {
                    if (stale.add(server)) {
                        news.add(() -> listener.becameStale(server, load, load.ageMs(nowMs)));
                    }
                } else if (stale.remove(server)) {
                    news.add(() -> listener.becameFresh(server, load));
                }
            });
        }
        news.forEach(Runnable::run);
    }
}
