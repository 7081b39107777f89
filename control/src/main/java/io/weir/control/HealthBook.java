package io.weir.control;

import io.weir.control.health.HealthEvent;
import io.weir.control.health.HealthState;
import io.weir.control.master.policy.MemberSituation;
import io.weir.memory.server.ServerStatus.Health;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What health checks have found, by server, and since when. Not thread-safe. */
final class HealthBook {
    /**
     * What is known of a server.
     *
     * @param upSinceMs when it came up after it had been down or was new, when that is known
     * @param isUpAlways it did not come up while it was watched
     */
    record Entry(HealthState state, String message, long upSinceMs, boolean isUpAlways) {
        static final Entry NEW_NODE = new Entry(HealthState.UNCHECKED, "", 0, true);
        static final Entry NEW_SERVER = new Entry(HealthState.UNCHECKED, "", 0, false);

        /** As the shared memory and the master name it: a server with a check that has not ended yet is starting. */
        Health health() {
            return switch (state) {
                case UNCHECKED -> Health.STARTING;
                case UP -> Health.UP;
                case DOWN -> Health.DOWN;
            };
        }

        long upForMs(long nowMs) {
            return isUpAlways ? MemberSituation.ALWAYS_UP : Math.max(0, nowMs - upSinceMs);
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private boolean hasStarted;

    /**
     * Servers that have a check now. Those of the first configuration are taken to have been up always, so that a node does
     * not start slowly; those that come later start slowly.
     */
    void configure(Set<String> checked) {
        entries.keySet().retainAll(checked);
        for (String server : checked) {
            entries.putIfAbsent(server, hasStarted ? Entry.NEW_SERVER : Entry.NEW_NODE);
        }
        hasStarted = true;
    }

    /** Takes an event; returns whether the server's state changed. */
    boolean accept(HealthEvent event, long nowMs) {
        Entry before = entries.get(event.server());
        if (before == null) {
            return false;
        }
        boolean hasChanged = before.state() != event.state();
        boolean cameUp = hasChanged && event.state() == HealthState.UP;
        boolean isFirst = before.state() == HealthState.UNCHECKED;
        entries.put(
                event.server(),
                new Entry(
                        event.state(),
                        event.message(),
                        cameUp ? nowMs : before.upSinceMs(),
                        before.isUpAlways() && (!hasChanged || isFirst) && event.state() != HealthState.DOWN));
        return hasChanged;
    }

    /** What is known of a server; null when it has no check and is no application. */
    @Nullable
    Entry of(String server) {
        return entries.get(server);
    }

    boolean isDown(String server) {
        Entry entry = entries.get(server);
        return entry != null && entry.state() == HealthState.DOWN;
    }
}
