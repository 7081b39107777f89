package io.weir.control;

import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.ConfigurationDiff;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.Decisions;
import io.weir.control.configuration.Decisions.MemberName;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.control.configuration.ServiceConfiguration;
import io.weir.control.configuration.ServiceConfiguration.Member;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The control processor's decisions: keeps what is wanted ({@link Desired}), has the {@link Balancer} decide on top of it, and
 * puts every change in force as a generation that is remembered. Thread-safe: one change at a time.
 */
public final class ControlProcessor {
    private static final System.Logger LOG = System.getLogger(ControlProcessor.class.getName());

    private final ConfigurationTable table;
    private final Balancer balancer;
    private final IntSupplier nowMs;
    private final InstantSource clock;
    private final Consumer<Generation> listener;
    private final GenerationHistory history = new GenerationHistory();
    private @Nullable Desired desired;
    private Decisions decisions = Decisions.NONE;
    private List<InterfaceFacts> facts = List.of();
    private List<ServerConfiguration> leaving = List.of();
    private String refusal = "";

    /**
     * A control processor without a configuration.
     *
     * @param table that it alone writes
     * @param balancer that it alone asks
     * @param nowMs the map's clock
     * @param clock wall clock for generations
     * @param listener told of every generation, while no other change can happen; must be quick
     */
    public ControlProcessor(
            ConfigurationTable table,
            Balancer balancer,
            IntSupplier nowMs,
            InstantSource clock,
            Consumer<Generation> listener) {
        this.table = table;
        this.balancer = balancer;
        this.nowMs = nowMs;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * Puts a file in force.
     *
     * @param text the file as it was given
     * @param found facts of the interfaces, in their order
     * @param cause why, such as {@code apply weir.yaml}
     */
    public synchronized Generation apply(
            NodeConfiguration configuration, String text, List<InterfaceFacts> found, String cause)
            throws ConfigurationRefusedException {
        facts = found;
        Desired next = desired == null ? new Desired(configuration, text) : desired.with(configuration, text);
        return change(next, cause, true);
    }

    /** Follows interfaces that changed their link-layer address or MTU. */
    public synchronized Generation follow(List<InterfaceFacts> found, String cause)
            throws ConfigurationRefusedException {
        facts = found;
        return change(wanted(), cause, false);
    }

    /**
     * Goes back to what was wanted in an earlier generation.
     *
     * @param number of the generation; 0: what was wanted before the last change of it
     * @throws UnknownNameException when that generation is not remembered
     */
    public synchronized Generation rollback(long number) throws ConfigurationRefusedException, UnknownNameException {
        Generation to = (number == 0 ? history.before(wanted()) : history.find(number))
                .orElseThrow(() -> new UnknownNameException(
                        number == 0
                                ? "there is no earlier configuration to go back to"
                                : "generation " + number + " is not remembered; see weir generations"));
        return change(to.desired(), "rollback to " + to.number(), true);
    }

    /** Takes a server out of service, or puts it back. */
    public synchronized Generation drain(String server, boolean drain)
            throws ConfigurationRefusedException, UnknownNameException {
        if (wanted().configuration().servers().stream()
                .noneMatch(each -> each.name().equals(server))) {
            throw new UnknownNameException("there is no server " + server);
        }
        return change(wanted().drain(server, drain), (drain ? "drain " : "end of drain of ") + server, true);
    }

    /**
     * Sets a weight by hand.
     *
     * @param weight 0..65535, or -1 to leave it to the master again
     */
    public synchronized Generation weight(String service, String server, int weight)
            throws ConfigurationRefusedException, UnknownNameException {
        ServiceConfiguration found = wanted().configuration().services().stream()
                .filter(each -> each.name().equals(service))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException("there is no service " + service));
        if (found.members().stream().noneMatch(each -> each.server().equals(server))) {
            throw new UnknownNameException("service " + service + " has no server " + server);
        }
        String what = "weight of " + server + " in " + service;
        return change(
                wanted().weight(new MemberName(service, server), weight),
                weight < 0 ? what + " by the master" : what + " by hand: " + weight,
                true);
    }

    /** What a file would change. */
    public synchronized ConfigurationTable.Previewed preview(
            NodeConfiguration configuration, String text, List<InterfaceFacts> found)
            throws ConfigurationRefusedException {
        Desired next = desired == null ? new Desired(configuration, text) : desired.with(configuration, text);
        Balancer.Proposal proposal = propose(next);
        return table.preview(configuration, decisions(next, proposal, leavingAfter(next)), found);
    }

    /**
     * To be called several times a second: decides anew when it is time to, and tells what is known of the servers.
     * A decision that cannot be put in force now is made again the next time.
     */
    public synchronized void tick() {
        Desired wanted = desired;
        if (wanted == null) {
            return;
        }
        int now = nowMs.getAsInt();
        balancer.publish(wanted, now, table::serverNumber);
        List<ServerConfiguration> stillLeaving = leaving.stream()
                .filter(each -> balancer.hasConnections(table.serverNumber(each.name())))
                .toList();
        if (balancer.isDue(now) || stillLeaving.size() < leaving.size()) {
            redecide(wanted, stillLeaving);
        }
    }

    /** To be called after a health check or a report has changed what is known in a way that cannot wait. */
    public synchronized void decideNow() {
        Desired wanted = desired;
        if (wanted != null) {
            redecide(wanted, leaving);
        }
    }

    private void redecide(Desired wanted, List<ServerConfiguration> stillLeaving) {
        Balancer.Proposal proposal = propose(wanted);
        Decisions next = decisions(wanted, proposal, stillLeaving);
        if (next.equals(decisions)) {
            balancer.accept(proposal, nowMs.getAsInt());
            return;
        }
        try {
            change(wanted, proposal, next, proposal.cause(), false);
            refusal = "";
        } catch (ConfigurationRefusedException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(refusal)) {
                LOG.log(System.Logger.Level.ERROR, "a decision (" + proposal.cause() + ") is not in force: " + message);
            }
            refusal = message;
        }
    }

    /** What is wanted now; the file must have been applied. */
    public synchronized Desired wanted() {
        return Objects.requireNonNull(desired, "nothing was applied yet");
    }

    /** The decisions in force. */
    public synchronized Decisions decisions() {
        return decisions;
    }

    /** Generations that are remembered, newest first. */
    public synchronized List<Generation> generations() {
        return history.newestFirst();
    }

    private Generation change(Desired next, String cause, boolean wanted) throws ConfigurationRefusedException {
        Balancer.Proposal proposal = propose(next);
        return change(next, proposal, decisions(next, proposal, leavingAfter(next)), cause, wanted);
    }

    private Generation change(
            Desired next, Balancer.Proposal proposal, Decisions nextDecisions, String cause, boolean wanted)
            throws ConfigurationRefusedException {
        long start = System.nanoTime();
        ConfigurationTable.Applied applied = table.apply(next.configuration(), nextDecisions, facts, cause);
        long tookMs = (System.nanoTime() - start) / 1_000_000;
        boolean isOther = desired == null || next.configuration() != desired.configuration();
        desired = next;
        decisions = nextDecisions;
        leaving = nextDecisions.leaving();
        balancer.accept(proposal, nowMs.getAsInt());
        if (isOther) {
            balancer.configure(next);
        }
        balancer.publish(next, nowMs.getAsInt(), table::serverNumber);
        Generation generation =
                new Generation(applied.generation(), clock.millis(), cause, applied.diff(), next, wanted, tookMs);
        history.add(generation);
        listener.accept(generation);
        return generation;
    }

    private Balancer.Proposal propose(Desired next) {
        return balancer.propose(next, nowMs.getAsInt(), table::serverNumber);
    }

    private Decisions decisions(Desired next, Balancer.Proposal proposal, List<ServerConfiguration> stillLeaving) {
        return new Decisions(proposal.weights(), proposal.units(), resetting(next), stillLeaving);
    }

    /** Servers that are down and in a service that wants their connections ended. */
    private Set<String> resetting(Desired next) {
        Set<String> resetting = new HashSet<>();
        for (ServiceConfiguration service : next.configuration().services()) {
            if (service.balance().onDown() == OnDown.RESET) {
                service.members().stream()
                        .map(Member::server)
                        .filter(balancer::isDown)
                        .forEach(resetting::add);
            }
        }
        return resetting;
    }

    /** Servers that leave the file with a change and whose connections are to be ended, and those that still do. */
    private List<ServerConfiguration> leavingAfter(Desired next) {
        Set<String> names = new HashSet<>();
        next.configuration().servers().forEach(each -> names.add(each.name()));
        List<ServerConfiguration> after = new ArrayList<>();
        leaving.stream().filter(each -> !names.contains(each.name())).forEach(after::add);
        if (desired != null) {
            NodeConfiguration running = desired.configuration();
            running.servers().stream()
                    .filter(each -> !names.contains(each.name()) && isReset(running, each.name()))
                    .forEach(after::add);
        }
        return after;
    }

    private static boolean isReset(NodeConfiguration configuration, String server) {
        return configuration.services().stream()
                .anyMatch(service -> service.balance().onDown() == OnDown.RESET
                        && service.members().stream()
                                .anyMatch(each -> each.server().equals(server)));
    }

    /** A request that names something that is not there. */
    public static final class UnknownNameException extends Exception {
        private static final long serialVersionUID = 1;

        UnknownNameException(String message) {
            super(message);
        }
    }

    /** What a generation did, as lines for people. */
    public static String describe(Generation generation) {
        ConfigurationDiff diff = generation.diff();
        return "generation " + generation.number() + " is in force (" + generation.cause() + "), made in "
                + generation.tookMs() + " ms"
                + (diff.isEmpty() ? ": no change" : "\n  " + String.join("\n  ", diff.lines()));
    }
}
