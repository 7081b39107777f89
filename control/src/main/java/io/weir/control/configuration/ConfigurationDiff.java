package io.weir.control.configuration;

import io.weir.control.configuration.CompiledConfiguration.Selection;
import io.weir.control.configuration.CompiledConfiguration.SelectionKey;
import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.configuration.ServiceConfiguration.Member;
import io.weir.control.master.SelectionTable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What changes from one configuration to the next.
 *
 * @param changes in words, one change each, in the order of the file; empty when nothing changes
 * @param moves services whose new connections are spread differently
 */
public record ConfigurationDiff(List<String> changes, List<Move> moves) {
    /** More changes than these are counted, not named. */
    private static final int MOST_CHANGES = 500;

    public ConfigurationDiff {
        changes = List.copyOf(changes);
        moves = List.copyOf(moves);
    }

    /**
     * How much of a service's new connections goes to another server than before. With the hashing algorithms that is
     * the share of slots that have another member; with the others, and when the table's size changes, it is the least share
     * that must move: what members gain.
     *
     * @param service name of the service
     * @param family 4 or 6
     * @param share 0..1
     */
    public record Move(String service, int family, double share) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "service %s (IPv%d): %.2f %% of new connections move", service, family, 100 * share);
        }
    }

    /** The changes and moves as lines for people. */
    public List<String> lines() {
        return Stream.concat(changes.stream(), moves.stream().map(Move::toString))
                .toList();
    }

    public boolean isEmpty() {
        return changes.isEmpty() && moves.isEmpty();
    }

    /** Share of the slots of one service and family that move, 0 when it is as before. */
    public double share(String service, int family) {
        return moves.stream()
                .filter(each -> each.service().equals(service) && each.family() == family)
                .mapToDouble(Move::share)
                .findFirst()
                .orElse(0);
    }

    static ConfigurationDiff between(@Nullable CompiledConfiguration before, CompiledConfiguration after) {
        if (before == null) {
            return new ConfigurationDiff(
                    List.of("first configuration: "
                            + after.source().interfaces().size() + " interfaces, "
                            + after.source().services().size() + " services, "
                            + after.source().servers().size() + " servers"),
                    List.of());
        }
        List<String> changes = new ArrayList<>(new Words(before.source(), after.source()).changes());
        changes.addAll(decided(before, after));
        int left = changes.size() - MOST_CHANGES;
        if (left > 0) {
            changes.subList(MOST_CHANGES, changes.size()).clear();
            changes.add("and " + left + " more");
        }
        return new ConfigurationDiff(changes, moves(before.selections(), after.selections()));
    }

    /** Weights and resets that were decided, for members that stay. */
    private static List<String> decided(CompiledConfiguration before, CompiledConfiguration after) {
        List<String> changes = new ArrayList<>();
        Map<String, ServiceConfiguration> old = new HashMap<>();
        before.source().services().forEach(each -> old.put(each.name(), each));
        for (ServiceConfiguration service : after.source().services()) {
            ServiceConfiguration counterpart = old.get(service.name());
            if (counterpart == null) {
                continue;
            }
            for (Member member : service.members()) {
                double weight = after.decisions().relativeWeight(service.name(), member);
                counterpart.members().stream()
                        .filter(each -> each.server().equals(member.server()))
                        .findFirst()
                        .ifPresent(each -> {
                            double was = before.decisions().relativeWeight(service.name(), each);
                            if (was != weight && (was != each.weight() || weight != member.weight())) {
                                changes.add("service " + service.name() + ": server " + member.server()
                                        + ": weight in force " + rounded(was) + " -> " + rounded(weight));
                            }
                        });
            }
        }
        after.decisions().resetting().stream()
                .filter(each -> !before.decisions().resetting().contains(each))
                .sorted()
                .forEach(each -> changes.add("server " + each + ": its connections are ended"));
        return changes;
    }

    /** To two decimals, without those that are zeros. */
    private static String rounded(double weight) {
        return BigDecimal.valueOf(weight)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static List<Move> moves(Map<SelectionKey, Selection> before, Map<SelectionKey, Selection> after) {
        List<Move> moves = new ArrayList<>();
        after.forEach((key, selection) -> {
            Selection old = before.get(key);
            if (key.rule() == SelectionKey.SERVICE && old != null && !old.equals(selection)) {
                double share = share(old, selection);
                if (share > 0) {
                    moves.add(new Move(key.service(), key.family(), share));
                }
            }
        });
        moves.sort(Comparator.comparing(Move::service).thenComparingInt(Move::family));
        return moves;
    }

    private static double share(Selection old, Selection selection) {
        SelectionTable before = old.table();
        SelectionTable after = selection.table();
        // Only slots that connections are hashed to say who moves.
        boolean isHashed = isHashing(old.algorithm()) && old.algorithm() == selection.algorithm();
        return isHashed && before.size() == after.size() && after.size() > 0
                ? (double) before.movedSlots(after) / after.size()
                : before.shareDifference(after);
    }

    private static boolean isHashing(Algorithm algorithm) {
        return algorithm == Algorithm.MAGLEV || algorithm == Algorithm.SOURCE_HASH;
    }

    /** Compares two configurations, section by section. */
    private static final class Words {
        private final NodeConfiguration before;
        private final NodeConfiguration after;
        private final List<String> changes = new ArrayList<>();

        Words(NodeConfiguration before, NodeConfiguration after) {
            this.before = before;
            this.after = after;
        }

        List<String> changes() {
            each("interface", before.interfaces(), after.interfaces(), InterfaceConfiguration::name, this::compare);
            each(
                    "route",
                    before.routes(),
                    after.routes(),
                    each -> each.destination().toString(),
                    this::compare);
            each("server", before.servers(), after.servers(), ServerConfiguration::name, this::compare);
            each("service", before.services(), after.services(), ServiceConfiguration::name, this::compare);
            each(
                    "check",
                    before.checks(),
                    after.checks(),
                    CheckConfiguration::name,
                    (what, old, current) -> changes.add(what + ": changed"));
            each(
                    "application",
                    before.applications(),
                    after.applications(),
                    ApplicationConfiguration::name,
                    this::compare);
            timeouts();
            limits();
            host(before.host(), after.host());
            value("load", before.load(), after.load());
            value("reports", before.reports(), after.reports());
            return changes;
        }

        private interface Comparison<T> {
            void compare(String what, T before, T after);
        }

        private <T> void each(
                String kind, List<T> old, List<T> current, Function<T, String> nameOf, Comparison<T> comparison) {
            Map<String, T> gone = byName(old, nameOf);
            for (T element : current) {
                String what = kind + " " + nameOf.apply(element);
                T counterpart = gone.remove(nameOf.apply(element));
                if (counterpart == null) {
                    changes.add(what + ": added");
                } else if (!counterpart.equals(element)) {
                    comparison.compare(what, counterpart, element);
                }
            }
            gone.keySet().forEach(name -> changes.add(kind + " " + name + ": removed"));
        }

        private static <T> Map<String, T> byName(List<T> elements, Function<T, String> nameOf) {
            Map<String, T> byName = new LinkedHashMap<>();
            elements.forEach(each -> byName.put(nameOf.apply(each), each));
            return byName;
        }

        private void value(String what, @Nullable Object old, @Nullable Object current) {
            if (!Objects.equals(old, current)) {
                changes.add(what + " " + text(old) + " -> " + text(current));
            }
        }

        private static String text(@Nullable Object value) {
            return switch (value) {
                case null -> "none";
                case Enum<?> constant ->
                    constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
                case Duration duration ->
                    duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
                default -> value.toString();
            };
        }

        private void compare(String what, InterfaceConfiguration old, InterfaceConfiguration current) {
            value(what + ": addresses", old.addresses(), current.addresses());
        }

        private void compare(String what, RouteConfiguration old, RouteConfiguration current) {
            value(what + ": gateway", old.gateway(), current.gateway());
            value(what + ": interface", old.interfaceName(), current.interfaceName());
        }

        private void compare(String what, ServerConfiguration old, ServerConfiguration current) {
            value(what + ": addresses", old.addresses(), current.addresses());
            value(what + ": weight", old.weight(), current.weight());
            value(what + ": tags", old.tags(), current.tags());
            value(what + ": check", old.check(), current.check());
            value(what + ": application", old.application(), current.application());
            value(what + ": load", old.load(), current.load());
        }

        private void compare(String what, ServiceConfiguration old, ServiceConfiguration current) {
            value(what + ": addresses", old.addresses(), current.addresses());
            value(what + ": protocol", old.protocol(), current.protocol());
            value(what + ": port", old.port(), current.port());
            value(what + ": forwarding", old.forwarding(), current.forwarding());
            value(what + ": algorithm", old.algorithm(), current.algorithm());
            value(what + ": balance", old.balance(), current.balance());
            value(what + ": rules", old.rules(), current.rules());
            each(
                    what + ": server",
                    old.members(),
                    current.members(),
                    // Twice in one service only with different ports; then the port is part of the name.
                    each -> isRepeated(old, each) || isRepeated(current, each)
                            ? each.server() + ":" + each.port()
                            : each.server(),
                    this::compare);
        }

        private static boolean isRepeated(ServiceConfiguration service, Member member) {
            return service.members().stream()
                            .filter(each -> each.server().equals(member.server()))
                            .count()
                    > 1;
        }

        private void compare(String what, Member old, Member current) {
            value(what + ": weight", old.weight(), current.weight());
            value(what + ": port", old.port(), current.port());
            value(what + ": backup", old.backup(), current.backup());
        }

        private void compare(String what, ApplicationConfiguration old, ApplicationConfiguration current) {
            value(what + ": type", old.type(), current.type());
            value(what + ": jar", old.jar(), current.jar());
            value(what + ": listen", old.claims(), current.claims());
            value(what + ": budget", old.budget(), current.budget());
            value(what + ": fallback", old.fallback(), current.fallback());
            value(what + ": settings", old.settings(), current.settings());
        }

        private void timeouts() {
            TimeoutsConfiguration old = before.timeouts();
            TimeoutsConfiguration current = after.timeouts();
            value("timeouts.established", old.established(), current.established());
            value("timeouts.syn", old.syn(), current.syn());
            value("timeouts.fin", old.fin(), current.fin());
            value("timeouts.closed", old.closed(), current.closed());
            value("timeouts.udp", old.udp(), current.udp());
            value("timeouts.udp-one-way", old.udpOneWay(), current.udpOneWay());
        }

        private void host(@Nullable HostConfiguration old, @Nullable HostConfiguration current) {
            if (old == null || current == null) {
                value("host", old == null ? null : old.addresses(), current == null ? null : current.addresses());
                return;
            }
            value("host.device", old.device(), current.device());
            value("host.addresses", old.addresses(), current.addresses());
            value("host.mtu", old.mtu(), current.mtu());
            value("host.routes", old.routes(), current.routes());
            value("host.ring", old.ring(), current.ring());
            value("host.packets-per-second", old.packetsPerSecond(), current.packetsPerSecond());
            value("host.per-source", old.perSource(), current.perSource());
            value(
                    "host.reserved.share",
                    old.reserved().share(),
                    current.reserved().share());
            value(
                    "host.reserved.sources",
                    old.reserved().sources(),
                    current.reserved().sources());
            value(
                    "host.reserved.ports",
                    old.reserved().ports(),
                    current.reserved().ports());
        }

        private void limits() {
            LimitsConfiguration old = before.limits();
            LimitsConfiguration current = after.limits();
            value("limits.resets-per-second", old.resetsPerSecond(), current.resetsPerSecond());
            value("limits.echoes-per-second", old.echoesPerSecond(), current.echoesPerSecond());
            value("limits.pending-packets", old.pendingPackets(), current.pendingPackets());
            value("limits.forwarding", old.forwarding(), current.forwarding());
        }
    }
}
