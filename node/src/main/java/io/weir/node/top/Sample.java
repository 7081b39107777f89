package io.weir.node.top;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What there is to show at one moment: the node now, the node a moment earlier for rates, and the generations seen so far.
 * Rates are per second; unknown ones are NaN.
 */
public final class Sample {
    private final NodeSnapshot now;
    private final Life life;
    private final List<SeenGeneration> generations;
    private final double seconds;
    private final Map<Integer, ServerView> serversBefore = new HashMap<>();
    private final Map<Integer, ServiceView> servicesBefore = new HashMap<>();
    private final Map<Integer, InterfaceView> interfacesBefore = new HashMap<>();
    private final Map<Integer, ProcessorView> processorsBefore = new HashMap<>();
    private final Map<String, Long> dropsBefore = new HashMap<>();
    private final Map<String, Long> countersBefore;

    /**
     * A generation that came into force while we looked on.
     *
     * @param changes what became different, as far as the shared memory shows it
     */
    public record SeenGeneration(long number, long epochMs, String cause, List<String> changes) {
        public SeenGeneration {
            changes = List.copyOf(changes);
        }
    }

    private Sample(NodeSnapshot now, @Nullable NodeSnapshot before, Life life, List<SeenGeneration> generations) {
        this.now = now;
        this.life = life;
        this.generations = List.copyOf(generations);
        long elapsed = before == null ? 0 : now.takenAtEpochMs() - before.takenAtEpochMs();
        // Another process under the same name begins again at 0.
        boolean isSame = before != null && before.processId() == now.processId() && elapsed > 0;
        seconds = isSame ? elapsed / 1000.0 : Double.NaN;
        countersBefore = before == null ? Map.of() : before.counters();
        if (before != null) {
            before.servers().forEach(s -> serversBefore.put(s.number(), s));
            before.services().forEach(s -> servicesBefore.put(s.number(), s));
            before.interfaces().forEach(s -> interfacesBefore.put(s.id(), s));
            before.processors().forEach(s -> processorsBefore.put(s.number(), s));
            before.drops().forEach(d -> dropsBefore.put(d.reason(), d.packets()));
        }
    }

    /** The first look at a node: no rates are known. */
    public static Sample first(NodeSnapshot now, Life life) {
        return new Sample(
                now,
                null,
                life,
                now.generation() == 0
                        ? List.of()
                        : List.of(
                                new SeenGeneration(now.generation(), now.generationEpochMs(), now.cause(), List.of())));
    }

    /** A later look. */
    public Sample next(NodeSnapshot later, Life laterLife) {
        List<SeenGeneration> seen = new ArrayList<>(generations);
        if (later.generation() != now.generation() || later.processId() != now.processId()) {
            seen.addFirst(new SeenGeneration(
                    later.generation(), later.generationEpochMs(), later.cause(), GenerationChanges.of(now, later)));
        }
        return new Sample(
                later, now, laterLife, seen.size() > MOST_GENERATIONS ? seen.subList(0, MOST_GENERATIONS) : seen);
    }

    private static final int MOST_GENERATIONS = 1000;

    public NodeSnapshot now() {
        return now;
    }

    public Life life() {
        return life;
    }

    /** Generations seen so far, newest first; the oldest is the one found at the beginning. */
    public List<SeenGeneration> generations() {
        return generations;
    }

    private double rate(long later, @Nullable Long earlier) {
        return earlier == null || later < earlier ? Double.NaN : (later - earlier) / seconds;
    }

    private <T> double rate(T later, @Nullable T earlier, ToLongFunction<T> counter) {
        return earlier == null ? Double.NaN : rate(counter.applyAsLong(later), counter.applyAsLong(earlier));
    }

    /** Rate of one of the node's counters. */
    public double counter(String key) {
        return rate(now.counters().getOrDefault(key, 0L), countersBefore.get(key));
    }

    /** Rate of a server's counter. */
    public double server(ServerView server, ToLongFunction<ServerView> counter) {
        return rate(server, serversBefore.get(server.number()), counter);
    }

    /** Rate of a service's counter. */
    public double service(ServiceView service, ToLongFunction<ServiceView> counter) {
        return rate(service, servicesBefore.get(service.number()), counter);
    }

    /** Rate of an interface's counter. */
    public double face(InterfaceView face, ToLongFunction<InterfaceView> counter) {
        return rate(face, interfacesBefore.get(face.id()), counter);
    }

    /** Rate of a switching processor's counter. */
    public double processor(ProcessorView processor, ToLongFunction<ProcessorView> counter) {
        return rate(processor, processorsBefore.get(processor.number()), counter);
    }

    /** Packets dropped per second for a reason. */
    public double drop(String reason, long packets) {
        // A reason is listed from its first packet on.
        return rate(packets, dropsBefore.getOrDefault(reason, 0L));
    }
}
