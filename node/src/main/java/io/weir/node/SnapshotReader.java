package io.weir.node;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.map.Sides;
import io.weir.memory.server.ReportOutcome;
import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatusTable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node out of its shared memory, running or dead. What belongs to a generation of the configuration (names,
 * addresses, weights, shares) is read once for each generation; everything else, on every call. Not thread-safe.
 */
final class SnapshotReader {
    /** A control processor that has not said so for longer does not live. */
    static final int STALE_MS = 3000;

    private static final long[] NO_DELAYS = {};

    private final NodeMemory memory;
    private final InstantSource clock;
    private final CountersReader counters;
    private final ServerStatusTable statuses;
    private final ApplicationStates applications;
    private @Nullable ReadGeneration generation;

    SnapshotReader(NodeMemory memory, InstantSource clock) {
        this.memory = memory;
        this.clock = clock;
        this.counters = memory.countersReader();
        this.statuses = memory.serverStatus();
        this.applications = new ApplicationStates(memory.applications());
    }

    SnapshotReader(NodeMemory memory) {
        this(memory, InstantSource.system());
    }

    /** The node now. */
    NodeSnapshot read() {
        ReadGeneration current = current();
        ConfigurationImage image = current.image();
        long now = clock.millis();
        return new NodeSnapshot(
                memory.map().nodeName(),
                memory.map().ownerPid(),
                heartbeatAgeMs() < STALE_MS,
                now,
                Math.max(0, now - memory.map().createdAtEpochMs()),
                image.generation(),
                image.cause(),
                image.createdAtEpochMs(),
                processors(),
                interfaces(current),
                services(current),
                servers(current),
                drops(),
                counters(),
                memory.buffers(),
                memory.freeBuffers(),
                applications.views(memory.map().nowMs()));
    }

    /** Milliseconds since the control processor last said that it lives. */
    int heartbeatAgeMs() {
        return Math.max(0, memory.map().nowMs() - memory.map().heartbeatMs());
    }

    private ReadGeneration current() {
        long active = memory.configurationSides().active();
        ReadGeneration known = generation;
        if (known == null || known.image().generation() != Sides.generation(active)) {
            known = ReadGeneration.of(memory.configuration());
            generation = known;
        }
        return known;
    }

    private List<ProcessorView> processors() {
        Sides sides = memory.configurationSides();
        List<ProcessorView> views = new ArrayList<>();
        for (int k = 0; k < counters.processors(); k++) {
            long observed = sides.observed(k);
            boolean running = observed >= 0;
            views.add(new ProcessorView(
                    k,
                    running,
                    running ? Sides.generation(observed) : 0,
                    counters.value(Counter.BATCHES, k),
                    counters.value(Counter.PACKETS_BALANCED, k),
                    counters.value(Counter.PACKETS_ROUTED, k)));
        }
        return views;
    }

    private List<InterfaceView> interfaces(ReadGeneration current) {
        List<InterfaceView> views = new ArrayList<>();
        int id = 0;
        for (ReadGeneration.Face face : current.interfaces()) {
            id++;
            views.add(new InterfaceView(
                    id,
                    face.name(),
                    face.addresses(),
                    counters.value(InterfaceCounter.RECEIVED_PACKETS, id),
                    counters.value(InterfaceCounter.RECEIVED_BYTES, id),
                    counters.value(InterfaceCounter.TRANSMITTED_PACKETS, id),
                    counters.value(InterfaceCounter.TRANSMITTED_BYTES, id),
                    counters.value(InterfaceCounter.DROPPED_PACKETS, id)));
        }
        return views;
    }

    private List<ServiceView> services(ReadGeneration current) {
        List<ServiceView> views = new ArrayList<>();
        for (ReadGeneration.ServiceFacts s : current.services()) {
            List<MemberView> members = s.members();
            views.add(new ServiceView(
                    s.number(),
                    s.name(),
                    s.addresses(),
                    s.protocol(),
                    s.port(),
                    s.forwarding(),
                    s.algorithm(),
                    s.weights(),
                    counters.serviceLive(s.number()),
                    counters.serviceOpened(s.number()),
                    members));
        }
        return views;
    }

    private List<ServerView> servers(ReadGeneration current) {
        List<ServerView> views = new ArrayList<>();
        int nowMs = memory.map().nowMs();
        for (ReadGeneration.ServerFacts s : current.servers()) {
            int n = s.number();
            ServerStatus status = statuses.read(n);
            long handshakes = counters.serverHandshakes(n);
            long[] delays = handshakes == 0 ? NO_DELAYS : HandshakeDelays.of(counters, n);
            views.add(new ServerView(
                    n,
                    s.name(),
                    s.addresses(),
                    s.tags(),
                    status.health().name().toLowerCase(Locale.ROOT),
                    status.message(),
                    status.draining() ? "draining" : "enabled",
                    counters.serverLive(n),
                    counters.serverOpened(n),
                    counters.serverRefused(n),
                    counters.serverResets(n),
                    counters.serverRetransmittedSyns(n),
                    handshakes,
                    HandshakeDelays.quantile(delays, 0.5),
                    HandshakeDelays.quantile(delays, 0.99),
                    load(status, nowMs)));
        }
        return views;
    }

    private static @Nullable LoadView load(ServerStatus status, int nowMs) {
        if (status.source() == ServerStatus.LoadSource.NONE) {
            return null;
        }
        return new LoadView(
                status.source().name().toLowerCase(Locale.ROOT),
                // Both are of the map's clock, which wraps.
                Math.max(0, nowMs - (int) status.reportMs()),
                status.stale(),
                status.index(),
                status.clients(),
                status.cpu(),
                status.memory(),
                status.executionSeconds() < 0 ? ServerStatus.UNKNOWN : 1000 * status.executionSeconds(),
                status.requestsPerSecond());
    }

    private List<DropView> drops() {
        List<DropView> views = new ArrayList<>();
        for (DropReason reason : DropReason.values()) {
            long packets = counters.dropped(reason);
            if (packets != 0) {
                views.add(new DropView(reason.key(), reason.description(), packets));
            }
        }
        views.sort(Comparator.comparingLong(DropView::packets).reversed());
        return views;
    }

    private Map<String, Long> counters() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            values.put(counter.key(), counters.value(counter));
        }
        for (ReportOutcome outcome : ReportOutcome.values()) {
            values.put("reports-" + outcome.key(), statuses.reports(outcome));
        }
        return values;
    }
}
