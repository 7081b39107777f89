package io.weir.node;

import io.weir.control.health.HealthEvent;
import io.weir.control.health.HealthState;
import io.weir.management.model.NodeSnapshot.ApplicationView;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.application.ApplicationDescription;
import io.weir.memory.application.ApplicationState;
import io.weir.memory.application.ApplicationTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** How the network applications of a node are, all its processors taken together; read from the shared memory. */
final class ApplicationStates {
    /** An application that has not returned for so long holds up its processor. */
    private static final int HANGING_MS = 2000;

    private final ApplicationTable table;

    ApplicationStates(ApplicationTable table) {
        this.table = table;
    }

    static boolean hangs(ApplicationBlock block, int nowMs) {
        return block.insideMs(nowMs) > HANGING_MS;
    }

    /** All applications. */
    List<ApplicationView> views(int nowMs) {
        List<ApplicationView> views = new ArrayList<>();
        for (int k = 0; k < table.size(); k++) {
            views.add(view(k, nowMs));
        }
        return views;
    }

    private ApplicationView view(int application, int nowMs) {
        ApplicationDescription description = table.description(application);
        Map<String, Long> counts = new LinkedHashMap<>();
        for (ApplicationCount count : ApplicationCount.values()) {
            if (count != ApplicationCount.PACKETS) {
                counts.put(count.key(), sum(application, block -> block.value(count), false));
            }
        }
        long packets = sum(application, block -> block.value(ApplicationCount.PACKETS), false);
        long nanos = sum(application, block -> block.value(ApplicationCount.NANOSECONDS), false);
        Map<String, Long> counters = new LinkedHashMap<>();
        for (int k = 0; k < description.counters().size(); k++) {
            int counter = k;
            counters.put(description.counters().get(k), sum(application, block -> block.counter(counter), true));
        }
        Map<String, Long> drops = new LinkedHashMap<>();
        for (int k = 0; k < description.dropReasons().size(); k++) {
            int reason = k;
            drops.put(description.dropReasons().get(k), sum(application, block -> block.dropped(reason), false));
        }
        return new ApplicationView(
                description.name(),
                description.type(),
                state(application),
                reason(application, nowMs),
                table.processors(),
                running(application),
                description.fallback(),
                description.budgetNanos() / 1000,
                packets,
                packets == 0 ? -1 : (double) nanos / packets,
                counts,
                counters,
                drops);
    }

    /** Over the switching processors, and if wanted the control processor. */
    private long sum(int application, ToLongFunction<ApplicationBlock> value, boolean withControl) {
        long sum = 0;
        for (int processor = 0; processor < table.processors() + (withControl ? 1 : 0); processor++) {
            sum += value.applyAsLong(table.block(application, processor));
        }
        return sum;
    }

    private int running(int application) {
        return (int) sum(application, block -> block.state() == ApplicationState.RUNNING ? 1 : 0, false);
    }

    private String state(int application) {
        if (sum(application, block -> block.state() == ApplicationState.STOPPED ? 1 : 0, false) > 0) {
            return "stopped";
        }
        return running(application) == table.processors() ? "running" : "starting";
    }

    /** Why it does not run on all switching processors; empty when it does. */
    private String reason(int application, int nowMs) {
        List<String> reasons = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (int processor = 0; processor < table.processors(); processor++) {
            ApplicationBlock block = table.block(application, processor);
            if (block.state() == ApplicationState.STOPPED) {
                reasons.add(block.reason());
                places.add(String.valueOf(processor));
            } else if (hangs(block, nowMs)) {
                reasons.add("has not returned for " + block.insideMs(nowMs) + " ms");
                places.add(String.valueOf(processor));
            }
        }
        if (reasons.isEmpty()) {
            return "";
        }
        boolean isEverywhere = places.size() == table.processors()
                && reasons.stream().distinct().count() == 1;
        return isEverywhere || table.processors() == 1
                ? reasons.getFirst()
                : (places.size() == 1 ? "on switching processor " : "on switching processors ")
                        + String.join(", ", places) + ": " + reasons.getFirst();
    }

    /**
     * The health of a server that is an application.
     *
     * @param server name of the server
     */
    HealthEvent health(String server, int application, int nowMs) {
        String reason = reason(application, nowMs);
        boolean isUp = reason.isEmpty() && running(application) == table.processors();
        String message = isUp
                ? "application runs on all switching processors"
                : "application " + (reason.isEmpty() ? "is starting" : reason);
        return new HealthEvent(server, isUp ? HealthState.UP : HealthState.DOWN, message);
    }
}
