package io.weir.control.configuration;

import io.weir.control.configuration.ConfigurationCompiler.Mark;
import io.weir.memory.configuration.ConfigurationCapacityException;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationSnapshot;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.map.Sides;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RoutingTable;
import io.weir.memory.routing.RoutingTableFullException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration table as its one writer, the control processor, sees it. {@link #apply} compiles a configuration,
 * writes the back-up sides of configuration and routing table, flips both, and starts a new path epoch unless only
 * decisions changed. An apply that fails, at whatever point, changes nothing. Thread-safe: one apply at a time.
 */
public final class ConfigurationTable {
    private static final long PAUSE_NS = 100_000;

    private final Sides sides;
    private final MemorySegment sideA;
    private final MemorySegment sideB;
    private final RoutingTable routes;
    private final NeighbourTable neighbours;
    private final Duration graceTimeout;
    private final InstantSource clock;
    private @Nullable ControlFacts control;
    private @Nullable HostFacts host;
    private @Nullable CompiledConfiguration current;
    private StableNumbers serviceNumbers = new StableNumbers();
    private StableNumbers serverNumbers = new StableNumbers();

    /**
     * The table over its two sides. When they already hold a configuration, its numbers are taken up.
     *
     * @param routes the routing table, written together with the configuration
     * @param neighbours whose path epoch ends with every change
     * @param graceTimeout how long to wait for switching processors that have not observed the last flip
     * @param clock wall clock for the time of a change
     */
    public ConfigurationTable(
            Sides sides,
            MemorySegment sideA,
            MemorySegment sideB,
            RoutingTable routes,
            NeighbourTable neighbours,
            Duration graceTimeout,
            InstantSource clock) {
        this.sides = sides;
        this.sideA = sideA;
        this.sideB = sideB;
        this.routes = routes;
        this.neighbours = neighbours;
        this.graceTimeout = graceTimeout;
        this.clock = clock;
        if (Sides.generation(sides.active()) > 0) {
            takeUp(ConfigurationSnapshot.read(sides, sideA, sideB).image());
        }
    }

    private void takeUp(ConfigurationImage image) {
        Map<String, Integer> services = image.services().stream()
                .collect(Collectors.toMap(ConfigurationImage.Service::name, ConfigurationImage.Service::number));
        Map<String, Integer> servers = image.servers().stream()
                .collect(Collectors.toMap(ConfigurationImage.Server::name, ConfigurationImage.Server::number));
        serviceNumbers = new StableNumbers(services);
        serverNumbers = new StableNumbers(servers);
    }

    /** Names the interface of the control processor, from the next apply on. */
    public synchronized void controlInterface(ControlFacts facts) {
        control = facts;
    }

    /** Names the interface behind which the host's programs are, from the next apply on. */
    public synchronized void hostInterface(HostFacts facts) {
        host = facts;
    }

    /**
     * What an apply did.
     *
     * @param generation the generation now in force
     * @param diff what changed
     */
    public record Applied(long generation, ConfigurationDiff diff) {}

    /**
     * Puts a configuration in force.
     *
     * @param decisions on top of it
     * @param facts of the interfaces, in their order
     * @param cause why, such as {@code apply weir.yaml}; kept with the generation
     * @throws ConfigurationRefusedException when it is contradictory, does not fit, changes what cannot change while the
     *     node runs, or a switching processor still reads the back-up side
     */
    public synchronized Applied apply(
            NodeConfiguration configuration, Decisions decisions, List<InterfaceFacts> facts, String cause)
            throws ConfigurationRefusedException {
        CompiledConfiguration before = current;
        CompiledConfiguration next = compile(configuration, decisions, facts, cause);
        ConfigurationDiff diff = ConfigurationDiff.between(before, next);
        awaitGrace();
        long active = sides.active();
        try {
            ConfigurationWriter.write(Sides.side(active) == Sides.A ? sideB : sideA, next.image());
            // The last step that may fail; the routes flip first, so a refused routing table flips nothing.
            if (before == null || !before.routes().equals(next.routes())) {
                routes.replace(next.routes());
            }
        } catch (ConfigurationCapacityException | RoutingTableFullException | IllegalArgumentException refused) {
            throw new ConfigurationRefusedException(String.valueOf(refused.getMessage()), refused);
        }
        long generation = sides.flip();
        if (before == null || mayMovePaths(before, next)) {
            neighbours.newEpoch();
        }
        current = next;
        serviceNumbers = next.serviceNumbers();
        serverNumbers = next.serverNumbers();
        return new Applied(generation, diff);
    }

    /** Load changes weights every second: connections then need not look up their next hops again. */
    private static boolean mayMovePaths(CompiledConfiguration before, CompiledConfiguration next) {
        return !before.source().equals(next.source())
                || !before.image().interfaces().equals(next.image().interfaces())
                || before.image().host().linkAddress() != next.image().host().linkAddress();
    }

    /**
     * What an apply would do.
     *
     * @param diff what changes
     * @param before where new connections go now; null before the first configuration
     * @param after where they would go
     */
    public record Previewed(
            ConfigurationDiff diff, @Nullable Placement before, Placement after) {}

    /**
     * What {@link #apply} would change; changes nothing.
     *
     * @throws ConfigurationRefusedException as apply would
     */
    public synchronized Previewed preview(
            NodeConfiguration configuration, Decisions decisions, List<InterfaceFacts> facts)
            throws ConfigurationRefusedException {
        CompiledConfiguration next = compile(configuration, decisions, facts, "preview");
        long needed = ConfigurationWriter.bytesNeeded(next.image());
        if (needed > sideA.byteSize()) {
            throw new ConfigurationRefusedException(List.of("configuration needs " + needed + " bytes, more than the "
                    + sideA.byteSize() + " bytes of a side of the configuration table"));
        }
        return new Previewed(
                ConfigurationDiff.between(current, next),
                current == null ? null : Placement.of(current),
                Placement.of(next));
    }

    /** The number of a service in force, or 0. */
    public synchronized int serviceNumber(String name) {
        return serviceNumbers.of(name);
    }

    /** The number of a server in force, or 0. */
    public synchronized int serverNumber(String name) {
        return serverNumbers.of(name);
    }

    /** The configuration that was applied last; null before the first. */
    public synchronized @Nullable NodeConfiguration configuration() {
        return current == null ? null : current.source();
    }

    private CompiledConfiguration compile(
            NodeConfiguration configuration, Decisions decisions, List<InterfaceFacts> facts, String cause)
            throws ConfigurationRefusedException {
        if (current != null) {
            List<String> problems = RestartCheck.problems(current.source(), configuration);
            if (!problems.isEmpty()) {
                throw new ConfigurationRefusedException(problems);
            }
        }
        Mark mark = new Mark(Sides.generation(sides.active()) + 1, cause, clock.millis());
        return ConfigurationCompiler.compile(
                configuration, decisions, facts, control, host, mark, current, serviceNumbers, serverNumbers);
    }

    private void awaitGrace() throws ConfigurationRefusedException {
        long deadline = System.nanoTime() + graceTimeout.toNanos();
        while (!sides.isQuiescent() || !routes.isWritable()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new ConfigurationRefusedException(List.of("the back-up side is still read: " + laggards()
                        + " not observed generation " + Sides.generation(sides.active()) + " within "
                        + graceTimeout.toMillis() + " ms; see weir stat"));
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private String laggards() {
        List<String> processors = new ArrayList<>();
        for (int processor = 0; processor < sides.processors(); processor++) {
            if (sides.isRunning(processor) && sides.observed(processor) != sides.active()) {
                processors.add(Integer.toString(processor));
            }
        }
        return processors.isEmpty()
                ? "a switching processor has"
                : "switching processor " + String.join(", ", processors) + (processors.size() == 1 ? " has" : " have");
    }
}
