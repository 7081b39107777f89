package io.weir.control.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole {@code weir.yaml}, validated. Lists keep the order of the file.
 *
 * @param servers those of the file, and with {@code host} one that is the host itself ({@link HostConfiguration#LOCAL})
 * @param host programs on this host behind the switch; null for none
 */
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
        ManagementConfiguration management,
        @Nullable HostConfiguration host) {
    public NodeConfiguration {
        checks = List.copyOf(checks);
        interfaces = List.copyOf(interfaces);
        routes = List.copyOf(routes);
        servers = List.copyOf(servers);
        services = List.copyOf(services);
    }

    /** Without checks, reports and programs on the host. */
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
                ManagementConfiguration.NONE,
                null);
    }
}
