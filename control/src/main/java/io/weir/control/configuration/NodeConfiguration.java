package io.weir.control.configuration;

import java.util.List;

/** A whole {@code weir.yaml}, validated. Lists keep the order of the file. */
public record NodeConfiguration(
        String name,
        ProcessorsConfiguration processors,
        MemoryConfiguration memory,
        List<InterfaceConfiguration> interfaces,
        List<RouteConfiguration> routes,
        List<ServerConfiguration> servers,
        List<ServiceConfiguration> services,
        TimeoutsConfiguration timeouts,
        LimitsConfiguration limits,
        List<CheckConfiguration> checks,
        LoadConfiguration load,
        ReportsConfiguration reports,
        ManagementConfiguration management) {
    public NodeConfiguration {
        checks = List.copyOf(checks);
        interfaces = List.copyOf(interfaces);
        routes = List.copyOf(routes);
        servers = List.copyOf(servers);
        services = List.copyOf(services);
    }

    /** Without checks and reports. */
    public NodeConfiguration(
            String name,
            ProcessorsConfiguration processors,
            MemoryConfiguration memory,
            List<InterfaceConfiguration> interfaces,
            List<RouteConfiguration> routes,
            List<ServerConfiguration> servers,
            List<ServiceConfiguration> services,
            TimeoutsConfiguration timeouts,
            LimitsConfiguration limits) {
        this(
                name,
                processors,
                memory,
                interfaces,
                routes,
                servers,
                services,
                timeouts,
                limits,
                List.of(),
                LoadConfiguration.DEFAULTS,
                ReportsConfiguration.NONE,
                ManagementConfiguration.NONE);
    }
}
