package io.weir.management;

import io.weir.management.ManagedNode.RefusedException.Kind;
import io.weir.management.model.GenerationView;
import io.weir.management.model.GenerationView.MoveView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.Preview;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A node that is played: the network of Fig. 1 with three servers and two services, whose counters move with the clock it
 * is given. Drains, weights, configurations and roll-backs make generations and have their effect on the traffic; about
 * every ten seconds the master moves weights of {@code web} towards even load.
 */
public class LivelyNode implements ManagedNode {
    static final List<String> SERVERS = LivelyTraffic.SERVERS;
    private static final int GENERATIONS = 50;
    private static final long MASTER_MS = 10_000;
    private static final Pattern WEIGHT = Pattern.compile("name: \"?(5-[123])\"?,.*?weight: (\\d+)");
    private static final Pattern KNOWN_KEY = Pattern.compile("(?m)^([a-z0-9-]+):");
    private static final List<String> KEYS =
            List.of("name", "processors", "memory", "interfaces", "routes", "servers", "services", "management");

    private final LongSupplier clock;
    private final LivelyTraffic traffic;
    private final long startedMs;
    private final Deque<Generation> generations = new ArrayDeque<>();
    private Settings settings;
    private long masterMs;
    private int reports;
    private int snapshots;

    /** What a generation consists of. */
    private record Settings(
            String text, List<Integer> configured, Map<String, Integer> byHand, List<Boolean> draining) {
        /** Weight of a server in a service before the master's own changes. */
        int weight(String service, int server) {
            Integer hand = byHand.get(service + "/" + SERVERS.get(server));
            return hand != null ? hand : configured.get(server);
        }

        Settings with(List<Boolean> drains) {
            return new Settings(text, configured, byHand, drains);
        }
    }

    private record Generation(GenerationView view, Settings settings) {}

    /**
     * Starts the play.
     *
     * @param clock milliseconds since 1970
     */
    public LivelyNode(LongSupplier clock) {
        this.clock = clock;
        startedMs = clock.getAsLong();
        masterMs = startedMs;
        settings = new Settings(initialText(), List.of(20, 10, 10), Map.of(), List.of(false, false, false));
        traffic = new LivelyTraffic(startedMs);
        generation("start weir.yaml", List.of(), List.of());
        traffic.weights(weights("web"), weights("echo"));
    }

    private static String initialText() {
        return """
            # The network of Fig. 1
            name: lively
            processors:
              switching: 2
            interfaces:
              - {name: ext0, addresses: [10.0.1.1/24, "fd00:0:0:1::1/64"], processor: 0}
              - {name: ext1, addresses: [10.0.2.1/24, "fd00:0:0:2::1/64"], processor: 1}
              - {name: int0, addresses: [10.1.1.1/24, "fd01:0:0:1::1/64"], processor: 0}
              - {name: int1, addresses: [10.1.2.1/24, "fd01:0:0:2::1/64"], processor: 1}
            servers:
              - {name: "5-1", addresses: [10.1.1.11, "fd01:0:0:1::11"], weight: 20}
              - {name: "5-2", addresses: [10.1.1.12, "fd01:0:0:1::12"], weight: 10}
              - {name: "5-3", addresses: [10.1.2.13, "fd01:0:0:2::13"], weight: 10}
            services:
              - name: web
                addresses: [10.0.1.100, "fd00:0:0:1::100"]
                protocol: tcp
                port: 80
                algorithm: weighted-round-robin
                servers: [{server: "5-1", port: 8080}, {server: "5-2", port: 8080}, {server: "5-3", port: 8080}]
              - name: echo
                addresses: [10.0.1.100, "fd00:0:0:1::100"]
                protocol: udp
                port: 7
                algorithm: maglev
                servers: ["5-1", "5-2", "5-3"]
            """;
    }

    @Override
    public synchronized NodeSnapshot snapshot() {
        snapshots++;
        long now = advance();
        GenerationView active = generations.getFirst().view();
        return traffic.snapshot(now, startedMs, active, settings.configured(), settings.draining());
    }

    @Override
    public synchronized List<GenerationView> generations() {
        advance();
        return generations.stream().map(Generation::view).toList();
    }

    @Override
    public List<String> applications() {
        return List.of("reflector", "names");
    }

    /** The reflector answers in ways that its path names, the other not at all. */
    @Override
    public ApplicationAnswer ask(String name, String method, String path, String body) throws RefusedException {
        if (!name.equals("reflector")) {
            throw new RefusedException(Kind.UNKNOWN, "application " + name + " answers no requests");
        }
        return switch (path) {
            case "nothing" -> new ApplicationAnswer(204, "");
            case "missing" -> new ApplicationAnswer(404, "{\"error\":\"there is no such thing here\"}");
            case "status" -> new ApplicationAnswer(100, "{}");
            case "text" -> new ApplicationAnswer(200, "{\"a\": 1} text");
            case "empty" -> new ApplicationAnswer(200, "");
            case "failure" -> throw new IllegalStateException("bad luck");
            default ->
                new ApplicationAnswer(
                        method.equals("POST") ? 201 : 200,
                        "{\"method\":\"" + method + "\",\"path\":\"" + path + "\",\"body\":" + body.length() + "}");
        };
    }

    @Override
    public synchronized String configurationText() {
        return settings.text();
    }

    @Override
    public synchronized GenerationView apply(String fileName, String yaml) throws RefusedException {
        advance();
        Settings wanted = parse(fileName, yaml);
        return change("apply " + fileName, wanted, changes(wanted));
    }

    @Override
    public synchronized Preview preview(String fileName, String yaml) throws RefusedException {
        advance();
        Settings wanted = parse(fileName, yaml);
        double share = distance(weights("web", wanted), weights("web"));
        List<MoveView> moves =
                share == 0 ? List.of() : List.of(new MoveView("web", 4, share), new MoveView("web", 6, share));
        long live = traffic.liveConnections();
        return new Preview(
                changes(wanted),
                moves,
                live,
                Math.round(live * share),
                0,
                share == 0
                        ? List.of()
                        : List.of(
                                new Preview.MovedConnection("10.0.1.71:40112", "web", "5-1", "5-2"),
                                new Preview.MovedConnection("[fd00:0:0:2::72]:51344", "web", "5-1", "5-3")));
    }

    @Override
    public synchronized GenerationView rollback(long generation) throws RefusedException {
        advance();
        Optional<Generation> target = generation == 0
                ? generations.stream().skip(1).findFirst()
                : generations.stream()
                        .filter(each -> each.view().number() == generation)
                        .findFirst();
        Generation found = target.orElseThrow(() -> new RefusedException(
                Kind.UNKNOWN,
                "generation " + generation + " is not remembered (remembered: "
                        + generations.getLast().view().number() + " to "
                        + generations.getFirst().view().number() + ")"));
        return change("rollback to " + found.view().number(), found.settings(), changes(found.settings()));
    }

    @Override
    public synchronized GenerationView drain(String server, boolean drain) throws RefusedException {
        advance();
        int number = server(server);
        if (settings.draining().get(number) == drain) {
            throw new RefusedException(
                    Kind.CONFLICT, "server " + server + (drain ? " is draining already" : " is not draining"));
        }
        List<Boolean> drains = new ArrayList<>(settings.draining());
        drains.set(number, drain);
        String cause = (drain ? "drain " : "end of drain of ") + server;
        return change(
                cause,
                settings.with(List.copyOf(drains)),
                List.of("server " + server + ": draining " + !drain + " -> " + drain));
    }

    @Override
    public synchronized GenerationView setWeight(String service, String server, int weight) throws RefusedException {
        advance();
        if (!service.equals("web") && !service.equals("echo")) {
            throw new RefusedException(Kind.UNKNOWN, "there is no service '" + service + "' (services: web, echo)");
        }
        int number = server(server);
        int before = weights(service).get(number);
        Map<String, Integer> byHand = new TreeMap<>(settings.byHand());
        if (weight < 0) {
            byHand.remove(service + "/" + server);
        } else {
            byHand.put(service + "/" + server, weight);
        }
        Settings wanted = new Settings(settings.text(), settings.configured(), Map.copyOf(byHand), settings.draining());
        int after = weights(service, wanted).get(number);
        return change(
                "weight of " + server + " in " + service + (weight < 0 ? " cleared" : " set to " + weight),
                wanted,
                List.of("service " + service + ": server " + server + ": weight " + before + " -> " + after));
    }

    @Override
    public synchronized void report(byte[] datagram) throws RefusedException {
        if (datagram.length == 0 || datagram[0] != 'W') {
            throw new RefusedException(Kind.INVALID, "malformed: not a load report");
        }
        reports++;
    }

    /** How many reports were accepted. */
    synchronized int reports() {
        return reports;
    }

    /** How often a snapshot was taken. */
    synchronized int snapshots() {
        return snapshots;
    }

    /** Lets a health check find something. */
    synchronized void health(String server, String health, String message) {
        advance();
        int number = SERVERS.indexOf(server);
        traffic.health(number, health, message);
        generation("server " + server + " is " + health, List.of(), List.of());
        traffic.weights(weights("web"), weights("echo"));
    }

    private static int server(String name) throws RefusedException {
        int number = SERVERS.indexOf(name);
        if (number < 0) {
            throw new RefusedException(
                    Kind.UNKNOWN, "there is no server '" + name + "' (servers: " + String.join(", ", SERVERS) + ")");
        }
        return number;
    }

    private Settings parse(String fileName, String yaml) throws RefusedException {
        Matcher keys = KNOWN_KEY.matcher(yaml);
        while (keys.find()) {
            if (!KEYS.contains(keys.group(1))) {
                long line = 1
                        + yaml.substring(0, keys.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                throw new RefusedException(
                        Kind.INVALID, fileName + ":" + line + ":1: unknown key '" + keys.group(1) + "'");
            }
        }
        List<Integer> configured = new ArrayList<>(List.of(10, 10, 10));
        int found = 0;
        Matcher weights = WEIGHT.matcher(yaml);
        while (weights.find()) {
            configured.set(SERVERS.indexOf(weights.group(1)), Math.min(65535, parseWeight(fileName, weights.group(2))));
            found++;
        }
        if (found == 0) {
            throw new RefusedException(Kind.INVALID, fileName + ":1:1: servers: there is none (name at least one)");
        }
        return new Settings(yaml, List.copyOf(configured), settings.byHand(), settings.draining());
    }

    private static int parseWeight(String fileName, String digits) throws RefusedException {
        if (digits.length() > 5) {
            throw new RefusedException(Kind.INVALID, fileName + ": weight: " + digits + " is not in 0..65535");
        }
        return Integer.parseInt(digits);
    }

    private List<String> changes(Settings wanted) {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < SERVERS.size(); i++) {
            int before = settings.configured().get(i);
            int after = wanted.configured().get(i);
            if (before != after) {
                changes.add("server " + SERVERS.get(i) + ": weight " + before + " -> " + after);
            }
        }
        return changes;
    }

    private GenerationView change(String cause, Settings wanted, List<String> changes) {
        double web = distance(weights("web", wanted), weights("web"));
        double echo = distance(weights("echo", wanted), weights("echo"));
        settings = wanted;
        List<MoveView> moves = new ArrayList<>();
        for (int family : new int[] {4, 6}) {
            if (web > 0) {
                moves.add(new MoveView("web", family, web));
            }
            if (echo > 0) {
                moves.add(new MoveView("echo", family, echo));
            }
        }
        traffic.weights(weights("web"), weights("echo"));
        return generation(cause, changes, moves);
    }

    private GenerationView generation(String cause, List<String> changes, List<MoveView> moves) {
        long number = 1;
        @Nullable Generation last = generations.peekFirst();
        if (last != null) {
            GenerationView old = last.view();
            number = old.number() + 1;
            generations.removeFirst();
            generations.addFirst(new Generation(
                    new GenerationView(old.number(), old.epochMs(), old.cause(), old.changes(), old.moves(), false),
                    last.settings()));
        }
        GenerationView view = new GenerationView(number, clock.getAsLong(), cause, changes, moves, true);
        generations.addFirst(new Generation(view, settings));
        if (generations.size() > GENERATIONS) {
            generations.removeLast();
        }
        return view;
    }

    private List<Integer> weights(String service) {
        return weights(service, settings);
    }

    /** Weights that connections are given by: of the file or by hand, corrected by the master, none where none may go. */
    private List<Integer> weights(String service, Settings of) {
        List<Integer> weights = new ArrayList<>();
        for (int i = 0; i < SERVERS.size(); i++) {
            boolean isByHand = of.byHand().containsKey(service + "/" + SERVERS.get(i));
            int weight = of.weight(service, i);
            if (service.equals("web") && !isByHand) {
                weight = (int) Math.round(weight * traffic.correction(i));
            }
            weights.add(of.draining().get(i) || !traffic.isUp(i) ? 0 : weight);
        }
        return weights;
    }

    private static double distance(List<Integer> a, List<Integer> b) {
        double sumA = Math.max(1, a.stream().mapToInt(Integer::intValue).sum());
        double sumB = Math.max(1, b.stream().mapToInt(Integer::intValue).sum());
        double distance = 0;
        for (int i = 0; i < a.size(); i++) {
            distance += Math.abs(a.get(i) / sumA - b.get(i) / sumB);
        }
        return distance / 2;
    }

    private long advance() {
        long now = clock.getAsLong();
        traffic.advance(now);
        if (now - masterMs >= MASTER_MS) {
            masterMs = now;
            List<Integer> before = weights("web");
            traffic.correct();
            List<Integer> after = weights("web");
            List<String> changes = new ArrayList<>();
            for (int i = 0; i < SERVERS.size(); i++) {
                if (!before.get(i).equals(after.get(i))) {
                    changes.add("service web: server " + SERVERS.get(i) + ": weight " + before.get(i) + " -> "
                            + after.get(i));
                }
            }
            if (!changes.isEmpty()) {
                double share = distance(before, after);
                generation("load", changes, List.of(new MoveView("web", 4, share), new MoveView("web", 6, share)));
                traffic.weights(after, weights("echo"));
            }
        }
        return now;
    }
}
