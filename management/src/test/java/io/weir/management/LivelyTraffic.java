package io.weir.management;

import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ApplicationView;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The traffic of {@link LivelyNode}: connections come at a rate that swings over a minute, go to servers by weight and last
 * some seconds; all counters follow from that. The second server has only half the power that its weight says.
 */
final class LivelyTraffic {
    static final List<String> SERVERS = List.of("5-1", "5-2", "5-3");
    private static final List<List<String>> ADDRESSES = List.of(
            List.of("10.1.1.11", "fd01:0:0:1::11"),
            List.of("10.1.1.12", "fd01:0:0:1::12"),
            List.of("10.1.2.13", "fd01:0:0:2::13"));
    private static final List<String> SOURCES = List.of("agent", "haproxy", "prometheus");
    private static final double[] CAPACITY = {900, 250, 450};
    private static final double WEB_PER_SECOND = 120;
    private static final double ECHO_PER_SECOND = 30;
    private static final double WEB_SECONDS = 8;
    private static final double ECHO_SECONDS = 3;
    private static final double PACKETS_PER_CONNECTION = 22;
    private static final int STEP_MS = 100;

    private final long startedMs;
    private long atMs;
    private final double[][] live = new double[2][3];
    private final double[][] opened = new double[2][3];
    private final int[][] weights = new int[2][3];
    private final double[] corrections = {1, 1, 1};
    private final String[] health = {"up", "up", "up"};
    private final String[] healthMessages = {"HTTP 200 in 2 ms", "HTTP 200 in 4 ms", "connected in 1 ms"};
    private double noServer;

    LivelyTraffic(long startedMs) {
        this.startedMs = startedMs;
        atMs = startedMs;
    }

    void weights(List<Integer> web, List<Integer> echo) {
        for (int i = 0; i < 3; i++) {
            weights[0][i] = web.get(i);
            weights[1][i] = echo.get(i);
        }
    }

    void health(int server, String state, String message) {
        health[server] = state;
        healthMessages[server] = message;
    }

    boolean isUp(int server) {
        return !health[server].equals("down");
    }

    double correction(int server) {
        return corrections[server];
    }

    long liveConnections() {
        return Math.round(Arrays.stream(live).flatMapToDouble(Arrays::stream).sum());
    }

    /** One step of the master: a tenth of the way towards even load. */
    void correct() {
        double mean = (index(0) + index(1) + index(2)) / 3;
        for (int i = 0; i < 3; i++) {
            if (mean > 0.05 && Math.abs(index(i) / mean - 1) > 0.15) {
                double wanted = corrections[i] * Math.max(0.7, Math.min(1.3, mean / Math.max(0.01, index(i))));
                corrections[i] = Math.max(0.3, Math.min(3, wanted));
            }
        }
    }

    private double index(int server) {
        return (live[0][server] + live[1][server]) / CAPACITY[server];
    }

    /** Lets time pass; long absences are cut to a minute. */
    void advance(long nowMs) {
        atMs = Math.max(atMs, nowMs - 60_000);
        while (atMs + STEP_MS <= nowMs) {
            atMs += STEP_MS;
            double swing = 1 + 0.35 * Math.sin((atMs - startedMs) / 60_000.0 * 2 * Math.PI);
            step(0, WEB_PER_SECOND * swing, WEB_SECONDS);
            step(1, ECHO_PER_SECOND * (2 - swing), ECHO_SECONDS);
        }
    }

    private void step(int service, double perSecond, double seconds) {
        double arrivals = perSecond * STEP_MS / 1000;
        double sum = Arrays.stream(weights[service]).sum();
        for (int i = 0; i < 3; i++) {
            double share = sum == 0 ? 0 : weights[service][i] / sum;
            opened[service][i] += arrivals * share;
            double leaving = isUp(i) ? live[service][i] * STEP_MS / 1000 / seconds : live[service][i] / 2;
            live[service][i] += arrivals * share - leaving;
        }
        noServer += sum == 0 ? arrivals : 0;
    }

    NodeSnapshot snapshot(
            long nowMs, long since, GenerationView active, List<Integer> configured, List<Boolean> draining) {
        double connections =
                Arrays.stream(opened).flatMapToDouble(Arrays::stream).sum();
        long packets = (long) (connections * PACKETS_PER_CONNECTION);
        Map<String, Long> counters = new TreeMap<>();
        counters.put("packets-received", packets * 2);
        counters.put(
                "packets-transmitted",
                packets * 2 - drops().stream().mapToLong(DropView::packets).sum());
        counters.put("connections-created", (long) connections);
        counters.put("connections-closed", Math.max(0, (long) connections - liveConnections()));
        counters.put("echo-replies-sent", (nowMs - since) / 900);
        return new NodeSnapshot(
                "lively",
                ProcessHandle.current().pid(),
                true,
                nowMs,
                nowMs - since,
                active.number(),
                active.cause(),
                active.epochMs(),
                List.of(processor(0, active, packets), processor(1, active, packets)),
                interfaces(packets),
                List.of(service(0, configured), service(1, configured)),
                servers(nowMs, draining),
                drops(),
                counters,
                4096,
                4096 - 256 - liveConnections() / 10,
                applications(packets));
    }

    private static List<ApplicationView> applications(long packets) {
        return List.of(
                new ApplicationView(
                        "reflector",
                        "echo",
                        "running",
                        "",
                        2,
                        2,
                        "drop",
                        500,
                        packets / 40,
                        42.5,
                        Map.of("answered", packets / 40, "dropped", 3L),
                        Map.of("reflected", packets / 40),
                        Map.of("not-intact", 3L)),
                new ApplicationView(
                        "names",
                        "dns",
                        "stopped",
                        "on switching processor 1: threw java.lang.IllegalStateException at Names.receive",
                        2,
                        1,
                        "reset",
                        500,
                        0,
                        -1,
                        Map.of("answered", 0L),
                        Map.of(),
                        Map.of()));
    }

    private static ProcessorView processor(int number, GenerationView active, long packets) {
        long part = number == 0 ? packets * 6 / 10 : packets * 4 / 10;
        return new ProcessorView(number, true, active.number(), part / 3, part, part / 50);
    }

    private static List<InterfaceView> interfaces(long packets) {
        List<InterfaceView> interfaces = new ArrayList<>();
        String[] names = {"ext0", "ext1", "int0", "int1"};
        String[] addresses = {"10.0.1.1/24", "10.0.2.1/24", "10.1.1.1/24", "10.1.2.1/24"};
        String[] addresses6 = {"fd00:0:0:1::1/64", "fd00:0:0:2::1/64", "fd01:0:0:1::1/64", "fd01:0:0:2::1/64"};
        for (int i = 0; i < 4; i++) {
            long part = i % 2 == 0 ? packets * 6 / 10 : packets * 4 / 10;
            boolean isOutside = i < 2;
            interfaces.add(new InterfaceView(
                    i + 1,
                    names[i],
                    List.of(addresses[i], addresses6[i]),
                    part / 2,
                    part / 2 * (isOutside ? 96 : 1180),
                    part / 2,
                    part / 2 * (isOutside ? 1180 : 96),
                    isOutside ? part / 900 : 0));
        }
        return interfaces;
    }

    private ServiceView service(int service, List<Integer> configured) {
        boolean isWeb = service == 0;
        double sum = Math.max(1, Arrays.stream(weights[service]).sum());
        List<MemberView> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(new MemberView(
                    SERVERS.get(i),
                    configured.get(i),
                    weights[service][i],
                    weights[service][i] / sum,
                    isWeb ? 8080 : 0));
        }
        return new ServiceView(
                service + 1,
                isWeb ? "web" : "echo",
                List.of("10.0.1.100", "fd00:0:0:1::100"),
                isWeb ? "tcp" : "udp",
                isWeb ? 80 : 7,
                "nat",
                isWeb ? "weighted-round-robin" : "maglev",
                isWeb ? "even-load" : "static",
                Math.round(Arrays.stream(live[service]).sum()),
                (long) Arrays.stream(opened[service]).sum(),
                members);
    }

    private List<ServerView> servers(long nowMs, List<Boolean> draining) {
        List<ServerView> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long open = (long) (opened[0][i] + opened[1][i]);
            double index = index(i);
            long median = (long) (300 + 2500 * index * index);
            servers.add(new ServerView(
                    i + 1,
                    SERVERS.get(i),
                    ADDRESSES.get(i),
                    i == 0 ? List.of("large", "ssd") : List.of(),
                    health[i],
                    healthMessages[i],
                    draining.get(i) ? "draining" : "enabled",
                    Math.round(live[0][i] + live[1][i]),
                    open,
                    open / 4000,
                    open / 2500,
                    open / 1200,
                    (long) opened[0][i],
                    open == 0 ? -1 : median,
                    open == 0 ? -1 : median * 6,
                    load(nowMs, i, index)));
        }
        return servers;
    }

    private LoadView load(long nowMs, int server, double index) {
        double ripple = 0.04 * Math.sin((nowMs - startedMs) / 3000.0 + server);
        double cpu = Math.max(0.01, Math.min(1, index + ripple));
        return new LoadView(
                SOURCES.get(server),
                (nowMs - startedMs + 300L * server) % 2000,
                !isUp(server),
                index,
                Math.round(live[0][server] + live[1][server]),
                cpu,
                server == 1 ? -1 : 0.3 + 0.4 * index,
                3 + 20 * index * index,
                (live[0][server] + live[1][server]) * 1.5);
    }

    private List<DropView> drops() {
        double connections =
                Arrays.stream(opened).flatMapToDouble(Arrays::stream).sum();
        List<DropView> drops = new ArrayList<>();
        drops.add(new DropView(
                "not-for-us", "unicast to another station's link-layer address", (long) (connections / 12)));
        drops.add(new DropView(
                "connection-unknown-reset", "TCP mid-stream without an entry; answered with a reset", (long)
                        (connections / 40)));
        drops.add(new DropView("service-unknown", "UDP to an own or service address without a service there", (long)
                (connections / 90)));
        drops.add(new DropView("no-server", "the service has no server that takes new connections", (long) noServer));
        drops.removeIf(each -> each.packets() == 0);
        return drops;
    }
}
