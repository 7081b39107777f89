package io.weir.node;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportVerifier.Permission;
import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ReportsConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.wire.IpAddress;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir resource-manager}. */
@Command(
        name = "resource-manager",
        description = {
            "Collects load reports of servers, possibly on another host than the node, and sends the newest of each"
                    + " server on to the node, until SIGTERM or ctrl-C.",
            "Takes datagrams and, on the TCP port of the same number, POST /v1/reports. In the node's configuration"
                    + " its key is one without servers, so that it may speak for all. Needs no privileges."
        },
        mixinStandardHelpOptions = true)
final class ResourceManagerCommand implements Callable<Integer> {
    private static final Duration COUNTS_INTERVAL = Duration.ofMinutes(1);

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            required = true,
            description = "where reports arrive, such as 0.0.0.0:7411 or [::]:7411")
    private String listen = "";

    @Option(
            names = "--keys",
            paramLabel = "ID:FILE",
            required = true,
            split = ",",
            description = "keys of the reports that arrive; a file has at least 64 hexadecimal digits")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--permit",
            paramLabel = "ID=SERVER[+SERVER...]",
            split = ",",
            description = "the only servers a key may speak for; a key that is not named here may speak for all")
    private List<String> permits = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "ADDRESS:PORT",
            required = true,
            description = "where the node takes reports")
    private String node = "";

    @Option(
            names = "--node-key",
            paramLabel = "ID:FILE",
            required = true,
            description = "the key that authenticates what is sent to the node")
    private String nodeKey = "";

    @Option(
            names = "--server-config",
            paramLabel = "FILE",
            description =
                    "the node's configuration: reports are taken of its servers only, and keys it names may speak for"
                            + " the servers it says")
    private @Nullable Path serverConfig;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "greatest difference between a report's time and ours (default: ${DEFAULT-VALUE})")
    private int windowSeconds = 30;

    @Option(
            names = "--reports-per-second",
            paramLabel = "N",
            defaultValue = "10000",
            description = "greatest number of reports looked at per second (default: ${DEFAULT-VALUE})")
    private int reportsPerSecond = 10_000;

    @Option(
            names = "--rest",
            paramLabel = "MS",
            defaultValue = "100",
            description = "between two reports of a server to the node (default: ${DEFAULT-VALUE} ms)")
    private int restMs = 100;

    @Option(
            names = {"-v", "--verbose"},
            description = "print each report that is sent on")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws ConfigurationException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ResourceManagerProcess process = ResourceManagerProcess.start(options(), report -> {
            if (verbose) {
                out.println(line(report));
                out.flush();
            }
        });
        Thread end = new Thread(
                () -> {
                    process.close();
                    print(out, process);
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            out.printf("weir: resource manager ready: reports to %s go to %s%n", text(process.address()), node);
            out.flush();
            while (true) {
                Thread.sleep(COUNTS_INTERVAL);
                print(out, process);
            }
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(end);
            process.close();
            print(out, process);
            throw e;
        }
    }

    private static void print(PrintWriter out, ResourceManagerProcess process) {
        out.println("weir: reports: " + process.tally());
        out.flush();
    }

    /** The options as values; a mistake is a {@link NodeException} that names the option, the value and the form. */
    ResourceManagerProcess.Options options() throws ConfigurationException {
        if (windowSeconds < 1 || windowSeconds > 3600) {
            throw refused("--window " + windowSeconds + ": not within 1..3600 seconds");
        }
        if (reportsPerSecond < 1) {
            throw refused("--reports-per-second " + reportsPerSecond + ": at least 1 is needed");
        }
        if (restMs < 0) {
            throw refused("--rest " + restMs + ": at least 0 is needed");
        }
        Set<String> servers = new LinkedHashSet<>();
        Map<Integer, Set<String>> permitted = new HashMap<>();
        if (serverConfig != null) {
            NodeConfiguration configuration = ConfigurationLoader.load(serverConfig);
            configuration.servers().stream().map(ServerConfiguration::name).forEach(servers::add);
            if (servers.isEmpty()) {
                throw refused("--server-config " + serverConfig + ": has no servers");
            }
            for (ReportsConfiguration.Key key : configuration.reports().keys()) {
                permitted.put(key.id(), Set.copyOf(key.servers()));
            }
        }
        permits.forEach(permit -> permit(permit, permitted));
        List<Permission> permissions = new ArrayList<>();
        Set<Integer> ids = new LinkedHashSet<>();
        for (String key : keys) {
            ReportKey read = key("--keys", key);
            if (!ids.add(read.id())) {
                throw refused("--keys " + key + ": key " + read.id() + " is there twice");
            }
            permissions.add(new Permission(read, permitted.getOrDefault(read.id(), Set.of())));
        }
        for (String permit : permits) {
            int id = Integer.parseInt(permit.substring(0, permit.indexOf('=')));
            if (!ids.contains(id)) {
                throw refused("--permit " + permit + ": --keys has no key " + id);
            }
        }
        return new ResourceManagerProcess.Options(
                address("--listen", listen),
                permissions,
                address("--node", node),
                key("--node-key", nodeKey),
                servers,
                Duration.ofSeconds(windowSeconds),
                reportsPerSecond,
                Duration.ofMillis(restMs));
    }

    private static void permit(String text, Map<Integer, Set<String>> permitted) {
        if (!text.matches("[0-9]{1,5}=[^+]+(\\+[^+]+)*")) {
            throw refused("--permit " + text + ": is not ID=SERVER or ID=SERVER+SERVER");
        }
        int equals = text.indexOf('=');
        permitted.put(
                Integer.parseInt(text.substring(0, equals)),
                Set.of(text.substring(equals + 1).split("\\+")));
    }

    private static ReportKey key(String option, String text) {
        if (!text.matches("[0-9]{1,5}:.+")) {
            throw refused(option + " " + text + ": is not ID:FILE, such as 1:/etc/weir/report.key");
        }
        int colon = text.indexOf(':');
        try {
            return ReportKey.read(Integer.parseInt(text.substring(0, colon)), Path.of(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw refused(option + " " + text + ": " + e.getMessage());
        }
    }

    private static InetSocketAddress address(String option, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535 || host.contains(":") != bracketed) {
            throw refused(option + " " + text + ": is not ADDRESS:PORT, such as 192.0.2.1:7411 or [2001:db8::1]:7411");
        }
        try {
            IpAddress address = IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host);
            return new InetSocketAddress(InetAddress.getByAddress(address.octets()), Integer.parseInt(port));
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw refused(option + " " + text + ": " + e.getMessage());
        }
    }

    private static NodeException refused(String message) {
        return new NodeException(ExitStatus.REFUSED, message);
    }

    private static String text(InetSocketAddress address) {
        String host = IpAddress.ofOctets(address.getAddress().getAddress()).toString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Such as {@code web-1 clients 12 cpu 0.50 memory - execution 0.004 s requests 900/s}. */
    private static String line(LoadReport report) {
        return report.server() + " clients " + number(report.clients(), "%.0f") + " cpu "
                + number(report.cpu(), "%.2f") + " memory " + number(report.memory(), "%.2f") + " execution "
                + number(report.executionSeconds(), "%.4f s") + " requests "
                + number(report.requestsPerSecond(), "%.1f/s");
    }

    private static String number(double metric, String format) {
        return LoadReport.isKnown(metric) ? String.format(Locale.ROOT, format, metric) : "-";
    }
}
