package io.weir.lab.bench;

import io.weir.lab.Commands;
import io.weir.lab.LabException;
import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.linux.FrameSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RTP through weir's relay and through {@link NioRelay}, in turns, in the lab of {@code weir bench}: streams from the client's side
 * of many calls to the server's side. Prints a table in Markdown. Run by {@code bench/rtp}.
 */
public final class RtpBench {
    private static final String NIO = "NIO";
    private static final int FIRST_PORT = 16_384;
    private static final int WARM_UP_MS = 3_000;
    /** A rate counts as lossless below this part of packets lost. */
    private static final double LOSSLESS = 0.001;

    private static final int SEARCH_STEPS = 8;
    private static final long STEP_MS = 400;
    private static final Pattern RTP_PORT = Pattern.compile("\"rtp\":\\s*(\\d+)");

    private final List<String> weir;
    private final int rounds;
    private final int seconds;
    private final int calls;
    private final int perSecond;

    /**
     * What to measure.
     *
     * @param weir command line that runs weir
     * @param calls number of calls, each with one stream
     * @param perSecond packets of the paced measurement
     */
    private RtpBench(List<String> weir, int rounds, int seconds, int calls, int perSecond) {
        this.weir = weir;
        this.rounds = rounds;
        this.seconds = seconds;
        this.calls = calls;
        this.perSecond = perSecond;
    }

    /** Arguments: rounds, seconds, calls, packets per second, and the command line that runs weir. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int[] numbers =
                Arrays.stream(arguments).limit(4).mapToInt(Integer::parseInt).toArray();
        List<String> weir = List.of(arguments).subList(4, arguments.length);
        new RtpBench(weir, numbers[0], numbers[1], numbers[2], numbers[3]).run();
    }

    /**
     * A relay in its lane.
     *
     * @param name as in the table
     * @param balancer its processes
     * @param flood what it gets to relay
     */
    private record Relay(String name, Balancer balancer, UdpFlood flood) {}

    private void run() throws IOException, InterruptedException {
        String name = "rtp-" + ProcessHandle.current().pid();
        List<Relay> relays = new ArrayList<>();
        try (Workshop workshop = new Workshop(name, weir);
                Network network = new Network(name + "-")) {
            Station client = network.station("client");
            Station server = network.station("server");
            List<String> kinds = List.of("weir af_packet", "weir af_xdp", NIO);
            for (int k = 0; k < kinds.size(); k++) {
                Lane lane = Lane.lay(network, k, client, server);
                UdpFlood.discard(lane, workshop);
                System.err.println("* setting up " + kinds.get(k));
                try {
                    Relay relay = setUp(kinds.get(k), lane, workshop);
                    if (relay.flood().send(0, WARM_UP_MS).received() <= 0) {
                        throw new MeasurementException("nothing arrived");
                    }
                    relay.balancer().suspend();
                    relays.add(relay);
                } catch (MeasurementException | LabException e) {
                    System.err.println("  does not take part: " + e.getMessage());
                }
            }
            if (relays.isEmpty()) {
                throw new MeasurementException("no relay can be measured");
            }
            try {
                measure(relays);
            } finally {
                relays.forEach(relay -> relay.balancer().release());
                relays.forEach(relay -> relay.flood().close());
            }
        }
    }

    private Relay setUp(String kind, Lane lane, Workshop workshop) throws IOException, InterruptedException {
        List<Integer> ports = new ArrayList<>();
        Process process;
        if (kind.equals(NIO)) {
            lane.addressKernel();
            process = workshop.start(
                    lane.balancer(),
                    "nio.log",
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            NioRelay.class.getName(),
                            lane.outerGateway(),
                            lane.innerGateway(),
                            String.valueOf(FIRST_PORT),
                            String.valueOf(calls)),
                    () -> Workshop.text(workshop.folder().resolve("nio.log")).contains(NioRelay.READY));
            for (int call = 0; call < calls; call++) {
                ports.add(FIRST_PORT + 4 * call);
                ports.add(FIRST_PORT + 4 * call + 2);
            }
        } else {
            String driver = kind.substring(kind.indexOf(' ') + 1);
            process = startWeir(driver, lane, workshop);
            begin(workshop.name() + "-" + driver, ports, lane);
        }
        List<RtpFrames.Stream> there = new ArrayList<>();
        List<RtpFrames.Stream> back = new ArrayList<>();
        for (int call = 0; call < calls; call++) {
            there.add(new RtpFrames.Stream(
                    lane.clientAddress(), 20_000 + call, lane.outerGateway(), ports.get(2 * call)));
            back.add(new RtpFrames.Stream(
                    lane.serverAddress(), Lane.DISCARD_PORT, lane.innerGateway(), ports.get(2 * call + 1)));
        }
        long client = Lane.linkAddress(lane.client(), lane.clientDevice());
        long outer = Lane.linkAddress(lane.balancer(), "ext");
        sendOnce(lane.client(), lane.clientDevice(), RtpFrames.first(client, outer, there));
        long server = Lane.linkAddress(lane.server(), lane.serverDevice());
        long inner = Lane.linkAddress(lane.balancer(), "int");
        sendOnce(lane.server(), lane.serverDevice(), RtpFrames.first(server, inner, back));
        Balancer balancer = new Balancer(
                new Contestant(kind, kind, List.of(), Set.of(), true, (_, _) -> List.of(process)),
                lane,
                List.of(process));
        return new Relay(kind, balancer, UdpFlood.of(lane, RtpFrames.build(client, outer, there)));
    }

    private static void sendOnce(Station station, String device, List<byte[]> frames) {
        Station.await(station.submit(() -> {
            try (FrameSender sender = new FrameSender(device, frames)) {
                for (int sent = 0; sent < frames.size(); sent += 16) {
                    sender.send(Math.min(16, frames.size() - sent));
                    Thread.sleep(2);
                }
            }
            return 0;
        }));
    }

    private static Process startWeir(String driver, Lane lane, Workshop workshop)
            throws IOException, InterruptedException {
        Path configuration = workshop.write(driver + ".yaml", """
            name: %1$s
            interfaces:
              - {name: ext, driver: %2$s, addresses: [%3$s/24]}
              - {name: int, driver: %2$s, addresses: [%4$s/24]}
            applications:
              - name: media
                type: rtp
                listen:
                  - {addresses: [%3$s, %4$s], protocol: udp, ports: 16384-32767}
                settings: {idle: 24h} # it is stopped while others have their turn
            """.formatted(
                        workshop.name() + "-" + driver, driver, lane.outerGateway(), lane.innerGateway()));
        List<String> command = new ArrayList<>(workshop.weir());
        command.addAll(List.of("run", "-c", configuration.toString()));
        String log = driver + ".log";
        return workshop.start(
                lane.balancer(),
                log,
                command,
                () -> Workshop.text(workshop.folder().resolve(log)).contains(" ready: "));
    }

    /** Begins the calls over the node's API. */
    private void begin(String node, List<Integer> ports, Lane lane) throws IOException {
        Path folder = Path.of("/run/weir");
        String token = Files.readString(folder.resolve(node + ".token")).strip();
        // One curl for all: a configuration with a part for each request.
        StringBuilder requests = new StringBuilder();
        for (int call = 0; call < calls; call++) {
            requests.append(call == 0 ? "" : "next\n").append("""
                    silent
                    show-error
                    fail-with-body
                    unix-socket = "%s"
                    header = "Authorization: Bearer %s"
                    json = "{\\"a\\":{\\"relay\\":\\"%s\\"},\\"b\\":{\\"relay\\":\\"%s\\"}}"
                    url = "http://weir/v1/applications/media/sessions"
                    """.formatted(
                            folder.resolve(node + ".sock"), token, lane.outerGateway(), lane.innerGateway()));
        }
        Matcher matcher = RTP_PORT.matcher(Commands.run(List.of("curl", "--config", "-"), requests.toString()));
        while (matcher.find()) {
            ports.add(Integer.parseInt(matcher.group(1)));
        }
        if (ports.size() != 2 * calls) {
            throw new MeasurementException("the API named " + ports.size() + " ports for " + calls + " calls");
        }
    }

    private void measure(List<Relay> relays) throws InterruptedException {
        Map<String, List<double[]>> all = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            for (int k = 0; k < relays.size(); k++) {
                Relay relay = relays.get((k + round) % relays.size());
                relay.balancer().resume();
                relay.flood().send(perSecond, 500);
                double[] figures = measure(relay);
                relay.balancer().suspend();
                all.computeIfAbsent(relay.name(), _ -> new ArrayList<>()).add(figures);
                System.err.println("  round " + (round + 1) + ", " + relay.name() + ": " + Arrays.toString(figures));
            }
        }
        List<String> headings = new ArrayList<>(List.of("median of " + rounds + " rounds"));
        relays.forEach(relay -> headings.add(relay.name()));
        boolean comparable = relays.getLast().name().equals(NIO);
        if (comparable) {
            relays.stream().limit(relays.size() - 1).forEach(relay -> headings.add(relay.name() + " / " + NIO));
        }
        Grid grid = new Grid(headings);
        String[] titles = {
            "relayed of a flood, packets/s",
            "CPU of the relay in the flood, µs/packet",
            "relayed without loss, packets/s",
            "CPU of the relay at " + perSecond + " packets/s, %"
        };
        for (int row = 0; row < titles.length; row++) {
            List<String> cells = new ArrayList<>(List.of(titles[row]));
            double[] medians = new double[relays.size()];
            for (int k = 0; k < relays.size(); k++) {
                medians[k] = median(all.getOrDefault(relays.get(k).name(), List.of()), row);
                cells.add(String.format(Locale.ROOT, medians[k] >= 1_000 ? "%.0f" : "%.2f", medians[k]));
            }
            for (int k = 0; comparable && k < relays.size() - 1; k++) {
                cells.add(String.format(Locale.ROOT, "%.2f", medians[k] / medians[relays.size() - 1]));
            }
            grid.row(cells);
        }
        System.out.print(grid.markdown());
    }

    private static double median(List<double[]> rounds, int row) {
        double[] values =
                rounds.stream().mapToDouble(each -> each[row]).sorted().toArray();
        return values[values.length / 2];
    }

    private double[] measure(Relay relay) {
        List<Process> processes = relay.balancer().processes();
        CpuTime before = CpuTime.now(processes);
        UdpFlood.Rates flood = relay.flood().send(0, seconds * 1_000L);
        double floodUs = CpuTime.now(processes).since(before).balancerUs();
        double low = 0;
        double high = Math.min(flood.offered(), flood.received() * 1.3);
        double best = 0;
        for (int step = 0; step < SEARCH_STEPS; step++) {
            double rate = (low + high) / 2;
            UdpFlood.Rates rates = relay.flood().send(rate, STEP_MS);
            if (rates.loss() >= LOSSLESS) {
                rates = relay.flood().send(rate, STEP_MS); // another program may have had the CPU
            }
            if (rates.loss() < LOSSLESS) {
                best = Math.max(best, rates.offered());
                low = rate;
            } else {
                high = rate;
            }
        }
        before = CpuTime.now(processes);
        relay.flood().send(perSecond, seconds * 1_000L);
        double pacedUs = CpuTime.now(processes).since(before).balancerUs();
        return new double[] {
            flood.received(), floodUs / (flood.received() * seconds), best, pacedUs / (seconds * 1e6) * 100
        };
    }
}
