package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.routing.Route;
import io.weir.switching.application.ApplicationSlot;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a scenario stands on.
 *
 * @param configuration interfaces, servers, services, limits
 * @param routes the routing table
 * @param stations whose link-layer addresses weir knows already and never forgets
 * @param connections records planned for in each connection table; it has at least 16 slots
 * @param buffers packet buffers
 * @param startObserved true when the announcements at start are part of the case
 * @param applications makes the network applications of a run, new ones each time
 */
record Network(
        ConfigurationImage configuration,
        List<Route> routes,
        List<Station> stations,
        int connections,
        int buffers,
        boolean startObserved,
        Supplier<List<ApplicationSlot>> applications) {
    /** A neighbour on the link of an interface. */
    record Station(int interfaceId, Endpoint endpoint) {}

    /** Without applications. */
    Network(
            ConfigurationImage configuration,
            List<Route> routes,
            List<Station> stations,
            int connections,
            int buffers,
            boolean startObserved) {
        this(configuration, routes, stations, connections, buffers, startObserved, List::of);
    }

    Network {
        routes = List.copyOf(routes);
        stations = List.copyOf(stations);
    }

    Network withConfiguration(ConfigurationImage other) {
        return new Network(other, routes, stations, connections, buffers, startObserved, applications);
    }

    Network withoutStations() {
        return new Network(configuration, routes, List.of(), connections, buffers, startObserved, applications);
    }

    Network withConnections(int slots) {
        return new Network(configuration, routes, stations, slots, buffers, startObserved, applications);
    }

    Network withBuffers(int count) {
        return new Network(configuration, routes, stations, connections, count, startObserved, applications);
    }

    Network withApplications(Supplier<List<ApplicationSlot>> made) {
        return new Network(configuration, routes, stations, connections, buffers, startObserved, made);
    }

    Network observedFromStart() {
        return new Network(configuration, routes, stations, connections, buffers, true, applications);
    }
}
