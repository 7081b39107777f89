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
        List<ApplicationConfiguration> applications,
        @Nullable HostConfiguration host) {
    public NodeConfiguration {
        applications = List.copyOf(applications);
        checks = List.copyOf(checks);
        interfaces = List.copyOf(interfaces);
        routes = List.copyOf(routes);
        servers = List.copyOf(servers);
        services = List.copyOf(services);
    }

    /** Without applications and programs on the host. */
    public NodeConfiguration(
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
                checks,
                load,
                reports,
                management,
                List.of(),
                null);
    }

    /**
     * Id of an application as an interface, 0 when there is none of that name: behind the configured interfaces, the control
     * interface and the host's, whether there are these two or not.
     */
    public int applicationId(String application) {
        for (int k = 0; k < applications.size(); k++) {
            if (applications.get(k).name().equals(application)) {
                return firstApplicationId() + k;
            }
        }
        return 0;
    }

    /** Id that the first application has if there is one. */
    public int firstApplicationId() {
        return interfaces.size() + 3;
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
                ManagementConfiguration.NONE);
    }
}
