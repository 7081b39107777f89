package io.weir.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

/** The clients of the demo: two stations and two on the Internet, all with the same load. */
final class DemoClients {
    /** Requests of a client under way at a time. */
    private static final int MOST_REQUESTS = 8;

    private final Map<String, LabClient> clients = new LinkedHashMap<>();
    private final List<Future<Integer>> loads = new ArrayList<>();

    DemoClients(DemoNetwork network) {
        for (String client : Figure1.CLIENTS) {
            clients.put(client, new LabClient(network.station(client)));
        }
    }

    /** Begins to ask for so many pages per second, all clients together. */
    void start(double perSecond) {
        clients.values().forEach(c -> loads.add(c.load(perSecond / clients.size(), MOST_REQUESTS)));
    }

    /** Ends the load after the requests under way. */
    void stop() {
        clients.values().forEach(LabClient::stop);
        loads.forEach(Station::await);
    }

    /** Answers to UDP requests by a server. */
    long udp(String server) {
        return clients.values().stream().mapToLong(c -> c.served("udp", server)).sum();
    }

    /** Requests without an answer. */
    long failures() {
        return clients.values().stream().mapToLong(LabClient::failures).sum();
    }

    /** A few failures in words. */
    List<String> complaints() {
        return clients.values().stream()
                .flatMap(c -> c.complaints().stream())
                .limit(3)
                .toList();
    }

    /** Answers to each client. */
    List<Long> served() {
        return clients.values().stream()
                .map(c -> Figure1.SERVERS.stream()
                        .mapToLong(s -> c.served("http", s) + c.served("udp", s))
                        .sum())
                .toList();
    }
}
