package io.weir.control;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.configuration.Decisions.MemberName;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.control.configuration.ServiceConfiguration;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.health.HealthEvent;
import io.weir.control.health.HealthState;
import io.weir.control.master.policy.Distribution;
import io.weir.control.master.policy.Distribution.MemberWeight;
import io.weir.control.master.policy.LoadIndex;
import io.weir.control.master.policy.Master;
import io.weir.control.master.policy.MemberSituation;
import io.weir.control.master.policy.MemberSituation.ReportedLoad;
import io.weir.control.master.policy.ServiceState;
import io.weir.control.master.policy.Situation;
import io.weir.control.resource.Availability;
import io.weir.control.resource.ResourceManager;
import io.weir.control.resource.ServerLoad;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatus.Health;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.memory.server.ServerStatusTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is known of the servers (checks, reports, traffic), has the master make weights of it, and publishes what is known
 * in the shared memory. Guarded by the {@link ControlProcessor} it belongs to, except {@link #accept}, which any thread calls.
 */
public final class Balancer {
    private static final System.Logger LOG = System.getLogger(Balancer.class.getName());

    /** The switching processors' sweepers go round in about this time. */
    private static final double SWEEPER_SECONDS = 5;

    /** Causes are named up to this length. */
    private static final int LONGEST_CAUSE = 200;

    private final ResourceManager resources;
    private final ServerStatusTable status;
    private final TrafficMeter traffic;
    private final IntSupplier mapMs;
    private final HealthBook health = new HealthBook();
    private final Set<String> news = new LinkedHashSet<>(); // guarded by health, as health itself
    private Map<String, Distribution> distributions = Map.of();
    private Set<String> notices = Set.of();
    private long decidedMs;
    private boolean hasDecided;
    private LoadConfiguration load = LoadConfiguration.DEFAULTS;

    /**
     * Weights that the master would choose, and what it then remembers. Nothing has happened yet.
     *
     * @param weights by service and server; members that keep the file's weight are not in it
     * @param units what a weight of 1 in the file is in these weights, by service
     * @param distributions by service
     * @param cause why weights change, if they do
     * @param news of health that it takes account of
     */
    public record Proposal(
            Map<MemberName, Integer> weights,
            Map<String, Double> units,
            Map<String, Distribution> distributions,
            String cause,
            Set<String> news) {
        public Proposal {
            news = Collections.unmodifiableSet(new LinkedHashSet<>(news));
            weights = Map.copyOf(weights);
            units = Map.copyOf(units);
            distributions = Map.copyOf(distributions);
        }
    }

    /**
     * A balancer that knows nothing yet.
     *
     * @param resources where loads come from
     * @param status where it publishes
     * @param traffic what the switching processors see
     * @param mapMs clock of the shared memory, for what is published
     */
    public Balancer(ResourceManager resources, ServerStatusTable status, CountersReader traffic, IntSupplier mapMs) {
        this.resources = resources;
        this.status = status;
        this.mapMs = mapMs;
        this.traffic = new TrafficMeter(traffic);
    }

    /**
     * Takes the result of a health check.
     *
     * @return whether it calls for a decision now
     */
    public boolean accept(HealthEvent event, long nowMs) {
        synchronized (health) {
            boolean hasChanged = health.accept(event, nowMs);
            if (hasChanged) {
                news.add("server " + event.server() + " is "
                        + (event.state() == HealthState.UP ? "up" : "down: " + event.message()));
            }
            return hasChanged;
        }
    }

    /** Follows a configuration that is in force from now on. */
    void configure(Desired desired) {
        load = desired.configuration().load();
        Set<String> checked = new HashSet<>();
        Set<String> servers = new HashSet<>();
        for (ServerConfiguration server : desired.configuration().servers()) {
            servers.add(server.name());
            if (server.check() != null || server.application() != null) {
                checked.add(server.name());
            }
        }
        resources.configure(servers);
        synchronized (health) {
            health.configure(checked);
        }
    }

    /** Whether an interval has passed since the last decision. */
    boolean isDue(long nowMs) {
        return !hasDecided || nowMs - decidedMs >= load.interval().toMillis();
    }

    boolean isDown(String server) {
        synchronized (health) {
            return health.isDown(server);
        }
    }

    boolean hasConnections(int serverNumber) {
        return serverNumber != 0 && traffic.live(serverNumber) > 0;
    }

    /** What the master would decide. */
    Proposal propose(Desired desired, long nowMs, ToIntFunction<String> serverNumber) {
        Set<String> heard;
        synchronized (health) {
            heard = new LinkedHashSet<>(news); // before the states: what is heard later is news to the next proposal
        }
        Map<String, MemberFacts> facts = new HashMap<>();
        for (ServerConfiguration server : desired.configuration().servers()) {
            facts.put(server.name(), facts(server, desired, nowMs, serverNumber.applyAsInt(server.name())));
        }
        Map<MemberName, Integer> weights = new HashMap<>();
        Map<String, Double> units = new HashMap<>();
        Map<String, Distribution> next = new HashMap<>();
        boolean byLoad = false;
        for (ServiceConfiguration service : desired.configuration().services()) {
            Distribution before = distributions.get(service.name());
            Distribution distribution = Master.distribute(new Situation(
                    service.name(),
                    service.balance(),
                    desired.configuration().load(),
                    members(service, desired, facts),
                    before == null ? ServiceState.NONE : before.state(),
                    nowMs));
            next.put(service.name(), distribution);
            byLoad |= service.balance().weights() == Weights.EVEN_LOAD
                    && (before == null || !distribution.hasWeightsOf(before));
            if (!isAsConfigured(service, distribution)) {
                units.put(service.name(), distribution.unit());
                for (int k = 0; k < service.members().size(); k++) {
                    weights.put(
                            new MemberName(
                                    service.name(), service.members().get(k).server()),
                            distribution.members().get(k).weight());
                }
            }
        }
        return new Proposal(weights, units, next, cause(heard, byLoad), heard);
    }

    /** Whether all weights are the file's but for a common factor; then the file's own are as good. */
    private static boolean isAsConfigured(ServiceConfiguration service, Distribution distribution) {
        long configured = 0;
        long decided = 0;
        for (int k = 0; k < service.members().size(); k++) {
            configured += service.members().get(k).weight();
            decided += distribution.members().get(k).weight();
        }
        for (int k = 0; k < service.members().size(); k++) {
            if (service.members().get(k).weight() * decided
                    != distribution.members().get(k).weight() * configured) {
                return false;
            }
        }
        return configured == 0 || decided > 0;
    }

    private static String cause(Set<String> heard, boolean byLoad) {
        if (heard.isEmpty()) {
            return byLoad ? "load" : "slow start or availability";
        }
        String text = String.join("; ", heard);
        return text.length() <= LONGEST_CAUSE ? text : text.substring(0, LONGEST_CAUSE - 3) + "...";
    }

    /** The proposal is in force. */
    void accept(Proposal proposal, long nowMs) {
        distributions = proposal.distributions();
        decidedMs = nowMs;
        hasDecided = true;
        synchronized (health) {
            news.removeAll(proposal.news());
        }
        Set<String> now = new LinkedHashSet<>();
        distributions.values().forEach(each -> now.addAll(each.notices()));
        now.stream()
                .filter(each -> !notices.contains(each))
                .forEach(each -> LOG.log(System.Logger.Level.WARNING, each));
        notices = now;
    }

    /** What is known of a server, whatever service it is in. */
    private record MemberFacts(
            List<String> tags,
            Health health,
            long upForMs,
            boolean draining,
            int percent,
            @Nullable ReportedLoad load,
            MemberSituation.Traffic traffic) {}

    private MemberFacts facts(ServerConfiguration server, Desired desired, long nowMs, int number) {
        Health state = Health.UNCHECKED;
        long upForMs = MemberSituation.ALWAYS_UP;
        synchronized (health) {
            HealthBook.Entry entry = health.of(server.name());
            if (entry != null) {
                upForMs = entry.upForMs(nowMs);
                state = entry.health();
            }
        }
        ServerLoad known = resources.load(server.name()).orElse(null);
        Availability availability = known == null ? Availability.AVAILABLE : known.availability();
        if (availability == Availability.DOWN || availability == Availability.MAINTENANCE) {
            state = Health.DOWN;
        }
        return new MemberFacts(
                server.tags(),
                state,
                upForMs,
                desired.draining().contains(server.name()) || availability == Availability.DRAINING,
                known == null
                        ? MemberSituation.NO_PERCENT
                        : known.weightPercent(nowMs, load.stale()).orElse(MemberSituation.NO_PERCENT),
                known == null || known.source() == LoadSource.HAPROXY
                        ? null
                        : new ReportedLoad(known.report(), known.receivedMs(), 0),
                number == 0 ? MemberSituation.Traffic.UNKNOWN : traffic.of(number, lingerSeconds(desired), nowMs));
    }

    /** The timeout of closed connections, and half a turn of the sweeper. */
    private static double lingerSeconds(Desired desired) {
        return desired.configuration().timeouts().closed().toMillis() / 1000.0 + SWEEPER_SECONDS / 2;
    }

    private static List<MemberSituation> members(
            ServiceConfiguration service, Desired desired, Map<String, MemberFacts> facts) {
        List<MemberSituation> members = new ArrayList<>(service.members().size());
        for (Member member : service.members()) {
            MemberFacts known = facts.get(member.server());
            if (known == null) {
                throw new IllegalStateException(
                        "service " + service.name() + ": server " + member.server() + " is not in the file");
            }
            members.add(new MemberSituation(
                    member.server(),
                    member.weight(),
                    member.backup(),
                    known.tags(),
                    known.health(),
                    known.upForMs(),
                    known.draining(),
                    desired.weights()
                            .getOrDefault(new MemberName(service.name(), member.server()), MemberSituation.NO_WEIGHT),
                    known.percent(),
                    known.load(),
                    known.traffic()));
        }
        return members;
    }

    /** Writes what is known of every server into the shared memory. */
    void publish(Desired desired, long nowMs, ToIntFunction<String> serverNumber) {
        resources.watch(nowMs, load.stale());
        Map<String, Shown> shown = new HashMap<>();
        for (Distribution distribution : distributions.values()) {
            for (MemberWeight member : distribution.members()) {
                shown.merge(member.name(), Shown.of(distribution.service(), member), Shown::and);
            }
        }
        for (ServerConfiguration server : desired.configuration().servers()) {
            int number = serverNumber.applyAsInt(server.name());
            if (number != 0) {
                status.write(
                        number, statusOf(server, desired, nowMs, shown.getOrDefault(server.name(), Shown.NOTHING)));
            }
        }
    }

    /**
     * What the master says of a server, over its services.
     *
     * @param reasons for weights that are not simply the file's
     */
    private record Shown(double index, String reasons) {
        static final Shown NOTHING = new Shown(LoadIndex.UNKNOWN, "");
        /** What is said elsewhere: by the weight itself, by health, by administration. */
        private static final Set<String> PLAIN = Set.of("configured weight", "down", "drains");

        static Shown of(String service, MemberWeight member) {
            return new Shown(member.index(), PLAIN.contains(member.reason()) ? "" : service + ": " + member.reason());
        }

        Shown and(Shown other) {
            String both = reasons.isEmpty() || other.reasons.isEmpty()
                    ? reasons + other.reasons
                    : reasons + "; " + other.reasons;
            return new Shown(Math.max(index, other.index), both);
        }
    }

    private ServerStatus statusOf(ServerConfiguration server, Desired desired, long nowMs, Shown shown) {
        Health state = Health.UNCHECKED;
        String message = "";
        synchronized (health) {
            HealthBook.Entry entry = health.of(server.name());
            if (entry != null) {
                message = entry.message();
                state = entry.health();
            }
        }
        ServerLoad known = resources.load(server.name()).orElse(null);
        Availability availability = known == null ? Availability.AVAILABLE : known.availability();
        if (known != null && (availability == Availability.DOWN || availability == Availability.MAINTENANCE)) {
            state = Health.DOWN;
            message = "its agent says " + availability.name().toLowerCase(java.util.Locale.ROOT)
                    + (known.wish().message().isEmpty()
                            ? ""
                            : ": " + known.wish().message());
        }
        if (!shown.reasons().isEmpty()) {
            message = message.isEmpty() ? shown.reasons() : message + "; " + shown.reasons();
        }
        LoadReport report = known == null ? new LoadReport(server.name(), -1, -1, -1, -1, -1) : known.report();
        return new ServerStatus(
                state,
                message,
                desired.draining().contains(server.name()) || availability == Availability.DRAINING,
                known == null ? LoadSource.NONE : known.source(),
                known == null ? 0 : mapMs.getAsInt() - (int) known.ageMs(nowMs),
                known != null && known.isStale(nowMs, load.stale()),
                shown.index(),
                report.clients(),
                report.cpu(),
                report.memory(),
                report.executionSeconds(),
                report.requestsPerSecond());
    }
}
