package io.weir.node;

import io.weir.agent.Agent;
import io.weir.agent.AgentOptions;
import io.weir.agent.Collector;
import io.weir.agent.Receiver;
import io.weir.agent.ReceiverAddress;
import io.weir.agent.SourceOptions;
import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir agent}. */
@Command(
        name = "agent",
        description = {
            "Reports how busy this server is to nodes of weir: clients, CPU and memory from the operating system,",
            "execution time and requests per second from an application. See docs/agent.md."
        },
        footer = {
            "",
            "Application sources may be repeated and combined; of two that have a metric the later is heeded.",
            "Options may stand in a file: weir agent @/etc/weir/agent.options"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
@SuppressWarnings("UnusedVariable") // options whose order counts have a field, but AgentSources reads them
final class AgentCommand implements Callable<Integer> {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int MAX_PORT = 65_535;
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);
    private static final Duration GREATEST_INTERVAL = Duration.ofHours(1);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description = "this server's name in the node's configuration (default: the host's name)")
    private @Nullable String server;

    @Option(
            names = "--to",
            paramLabel = "RECEIVER",
            split = ",",
            description =
                    "where reports go: HOST[:PORT] for UDP (port 7411), http://HOST[:PORT]/ for HTTP; several get all")
    private List<String> to = new ArrayList<>();

    @Option(names = "--key", paramLabel = "ID:FILE", description = "number and file of the key that signs reports")
    private @Nullable String key;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "between reports, such as 1s or 500ms (default: 1s)")
    private Duration interval = AgentOptions.DEFAULT_INTERVAL;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "how long an application or an HTTP receiver may take (default: 2s)")
    private Duration timeout = AgentOptions.DEFAULT_TIMEOUT;

    @Option(
            names = "--ports",
            paramLabel = "PORTS",
            split = ",",
            description =
                    "local TCP ports whose connections are the clients, such as 80,443,8000-8010 (default: all that"
                            + " are listened on)")
    private List<String> ports = new ArrayList<>();

    @Option(
            names = "--cgroup",
            paramLabel = "PATH",
            defaultValue = "/",
            description = {
                "control group whose limits hold, such as /system.slice/nginx.service, or self",
                "(default: ${DEFAULT-VALUE}, in a container the container's)"
            })
    private String controlGroup = "/";

    @Option(
            names = "--prometheus",
            paramLabel = "URL",
            parameterConsumer = AgentSources.InOrder.class,
            description = "an application's endpoint with Prometheus' text format, and after it which series are which"
                    + " metric:")
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String prometheus;

    @Option(
            names = "--metric",
            paramLabel = "METRIC=NAME",
            parameterConsumer = AgentSources.InOrder.class,
            description = {
                "clients=GAUGE, cpu=GAUGE, memory=GAUGE (0..1), requests=COUNTER, execution=SUM/COUNT;",
                "NAME may have labels: http_requests_total{code=\"200\"}"
            })
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String metric;

    @Option(
            names = "--nginx",
            paramLabel = "URL",
            parameterConsumer = AgentSources.InOrder.class,
            description = "nginx' stub_status: clients and requests")
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String nginx;

    @Option(
            names = "--http",
            paramLabel = "URL",
            parameterConsumer = AgentSources.InOrder.class,
            description = "a URL that answers with lines like requests=840 or a JSON object")
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String http;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            parameterConsumer = AgentSources.InOrder.class,
            description = "a file with the same, that the application writes again and again")
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String file;

    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "ignores files that were last written longer ago (default: 10s)")
    private Duration maxAge = AgentOptions.DEFAULT_MAX_AGE;

    @Option(
            names = "--command",
            paramLabel = "LINE",
            parameterConsumer = AgentSources.InOrder.class,
            description = "a command line that prints the same")
    @SuppressWarnings("UnusedVariable") // its consumer keeps the values
    private @Nullable String command;

    @Option(names = "--once", description = "one report, after one interval of looking, and the end")
    private boolean once;

    @Option(names = "--print", description = "print reports as tables instead of sending them")
    private boolean print;

    @Option(names = "--json", description = "with --print: as JSON")
    private boolean json;

    /** Sources in the order of the command line. */
    private final AgentSources sources = new AgentSources();

    AgentSources sources() {
        return sources;
    }

    @Override
    public Integer call() throws InterruptedException {
        // Names of receivers may move; the JDK would remember them for 30 seconds, failures for 10.
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        AgentOptions options = options();
        if (print) {
            return new AgentPrinter(options, spec.commandLine().getOut(), json, once).run();
        }
        ReportKey reportKey = key();
        List<Receiver> receivers = new ArrayList<>();
        for (ReceiverAddress address : options.receivers()) {
            receivers.add(Receiver.of(address, reportKey, options.timeout().toMillis(), this::log));
        }
        Collector collector = Collector.of(options, this::log);
        return once ? sendOnce(options, collector, receivers) : sendAlways(options, collector, receivers);
    }

    private int sendAlways(AgentOptions options, Collector collector, List<Receiver> receivers) {
        Agent agent = new Agent(options, collector, receivers);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            agent.close();
                            log("ended");
                            // The JVM would end with 143, which service managers take for a failure.
                            Runtime.getRuntime().halt(ExitStatus.OK);
                        },
                        "agent-end"));
        log("reports of " + options.server() + " go to " + options.receivers() + " every " + text(options.interval()));
        agent.run();
        return ExitStatus.OK;
    }

    private int sendOnce(AgentOptions options, Collector collector, List<Receiver> receivers)
            throws InterruptedException {
        LoadReport report;
        try (collector) {
            collector.pollAll(System.nanoTime());
            Thread.sleep(options.interval());
            collector.pollAll(System.nanoTime());
            report = collector.report(System.nanoTime());
        }
        int status = ExitStatus.OK;
        for (Receiver receiver : receivers) {
            try (receiver) {
                if (receiver.send(report).isPresent()) {
                    status = ExitStatus.FAILED;
                }
            }
        }
        return status;
    }

    /** A line on standard error, as those of the node. */
    private void log(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + message);
        err.flush();
    }

    private AgentOptions options() {
        if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(GREATEST_INTERVAL) > 0) {
            throw refused("--interval: " + text(interval) + " is not within 100ms..1h");
        }
        if (timeout.isZero()) {
            throw refused("--timeout: 0 leaves no time to answer (try 2s)");
        }
        if (json && !print) {
            throw refused("--json: says how to print (add --print)");
        }
        String name = serverName();
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes < 1 || nameBytes > ReportCodec.MAX_NAME_BYTES) {
            throw refused("--server: \"" + name + "\" has " + nameBytes + " bytes, not within 1.."
                    + ReportCodec.MAX_NAME_BYTES);
        }
        return new AgentOptions(name, receivers(), interval, timeout, portSet(), controlGroup, sourceOptions());
    }

    private String serverName() {
        if (server != null) {
            return server;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw refused("--server: is missing, and this host does not know its name: " + e.getMessage());
        }
    }

    private List<ReceiverAddress> receivers() {
        List<ReceiverAddress> addresses = new ArrayList<>();
        for (String text : to) {
            try {
                addresses.add(ReceiverAddress.parse(text));
            } catch (IllegalArgumentException e) {
                throw refused("--to: " + e.getMessage());
            }
        }
        if (addresses.isEmpty() && !print) {
            throw refused("--to: is missing; where do reports go? (add --to HOST:7411, or --print to look at them)");
        }
        return addresses;
    }

    private ReportKey key() {
        String text = key;
        if (text == null) {
            throw refused(
                    "--key: is missing; reports are signed (add --key ID:FILE with number and file of a key that the"
                            + " node has)");
        }
        int colon = text.indexOf(':');
        try {
            int id = Integer.parseInt(text.substring(0, Math.max(colon, 0)));
            Path path = Path.of(text.substring(colon + 1));
            if (Files.notExists(path)) {
                throw refused(
                        "--key: " + path + ": no such file (make a key: (umask 077; od -An -vtx1 -N32 /dev/urandom"
                                + " | tr -d ' \\n' > " + path + ") and give it to the node, too)");
            }
            return ReportKey.read(id, path);
        } catch (NumberFormatException e) {
            throw refused("--key: \"" + text + "\" is not ID:FILE, such as 1:/etc/weir/report.key");
        } catch (IllegalArgumentException e) {
            throw refused("--key: " + e.getMessage());
        }
    }

    private List<SourceOptions> sourceOptions() {
        try {
            return sources.options(maxAge);
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private BitSet portSet() {
        BitSet set = new BitSet();
        for (String text : ports) {
            Matcher range = PORTS.matcher(text.strip());
            int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
            int last = first == 0 || range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (first < 1 || last < first || last > MAX_PORT) {
                throw refused("--ports: \"" + text + "\" is neither a port nor a range of ports within 1.." + MAX_PORT
                        + ", such as 8000-8010");
            }
            set.set(first, last + 1);
        }
        return set;
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** Times such as {@code 500ms}, {@code 2s}, {@code 5m}. */
    static final class DurationConverter implements picocli.CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher duration = DURATION.matcher(text);
            if (!duration.matches()) {
                throw new picocli.CommandLine.TypeConversionException(
                        "\"" + text + "\" is not a time (a number and ms, s, m or h, such as 500ms)");
            }
            long number = Long.parseLong(duration.group(1));
            return switch (duration.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
    }
}
