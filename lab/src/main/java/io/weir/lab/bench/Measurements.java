package io.weir.lab.bench;

import io.weir.lab.Commands;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How each row is measured for one balancer that has its turn. */
final class Measurements {
    /** Enough to keep client, balancer and server busy on a few CPUs without queues that only add latency. */
    private static final int CONNECTIONS = 64;

    private static final int WRK_THREADS = 2;
    /** A rate counts as lossless below this part of frames lost. */
    private static final double LOSSLESS = 0.001;
    /** The search for the lossless rate ends when it knows it as exactly. */
    private static final double RESOLUTION = 0.03;

    private static final int SEARCH_STEPS = 9;
    private static final long STEP_MS = 250;
    /** Retries of a check whose last one was good. */
    static final int RETRIES = 3;

    private static final long RETRY_MS = 250;

    private final Workshop workshop;
    private final int seconds;

    /** @param seconds how long each load runs */
    Measurements(Workshop workshop, int seconds) {
        this.workshop = workshop;
        this.seconds = seconds;
    }

    /**
     * What a measurement found.
     *
     * @param values the figures of the row
     * @param errors errors that the load program reported although it ended well
     * @param complaint the errors in words, may be empty
     */
    record Outcome(Map<Metric, Double> values, long errors, String complaint) {
        static Outcome of(Map<Metric, Double> values) {
            return new Outcome(values, 0, "");
        }
    }

    /** @throws MeasurementException with the reason when the row cannot be measured */
    Outcome measure(Row row, Balancer balancer) throws InterruptedException {
        return switch (row) {
            case SHORT_CONNECTIONS -> shortConnections(balancer);
            case KEEP_ALIVE -> keepAlive(balancer);
            case BULK_1 -> bulk(balancer, 1, Metric.BULK_1_RATE);
            case BULK_8 -> bulk(balancer, 8, Metric.BULK_8_RATE);
            case UDP_LOSSLESS -> lossless(balancer);
            case UDP_OVERLOAD -> overload(balancer);
            case LATENCY -> latency(balancer);
            case FORWARDING -> forwarding(balancer);
        };
    }

    /**
     * Says what is wrong with the way through a balancer, or nothing: one request of each kind that it carries. A balancer that
     * was stopped until now may need a moment.
     *
     * @param retries how often a failed attempt is repeated
     */
    static String complaint(Balancer balancer, int retries) throws InterruptedException {
        String complaint = onceThrough(balancer);
        for (int retry = 0; retry < retries && !complaint.isEmpty(); retry++) {
            Thread.sleep(RETRY_MS);
            complaint = onceThrough(balancer);
        }
        return complaint;
    }

    private static String onceThrough(Balancer balancer) {
        Contestant contestant = balancer.contestant();
        String found = "";
        if (contestant.carries().contains(Row.Traffic.TCP)
                && Program.NGINX.find().isPresent()) {
            found = Service.complaint(balancer.lane(), balancer.target());
        }
        if (found.isEmpty() && contestant.carries().contains(Row.Traffic.UDP)) {
            found = Service.echoComplaint(balancer.lane(), balancer.target());
        }
        if (found.isEmpty() && contestant.carries().contains(Row.Traffic.ROUTED)) {
            try (UdpFlood flood = UdpFlood.to(balancer.lane(), balancer.lane().serverAddress())) {
                flood.send(1_000, 50); // the next hop is resolved meanwhile
                UdpFlood.Rates rates = flood.send(5_000, 100);
                found = rates.received() > 0
                        ? ""
                        : "no frame to " + balancer.lane().serverAddress() + " arrived";
            }
        }
        return found;
    }

    /** Short load of the kinds that the rows use, so that code is compiled and tables are in the caches. */
    void warmUp(Balancer balancer) throws InterruptedException {
        Contestant contestant = balancer.contestant();
        if (contestant.carries().contains(Row.Traffic.TCP) && Program.WRK.find().isPresent()) {
            wrk(balancer, Math.min(seconds, 2), "-H", "Connection: close");
        }
        if (contestant.carries().contains(Row.Traffic.ROUTED)) {
            try (UdpFlood flood = UdpFlood.to(balancer.lane(), balancer.lane().serverAddress())) {
                flood.send(0, 300L * Math.min(seconds, 2));
            }
        }
        if (contestant.carries().contains(Row.Traffic.UDP)) {
            try (UdpFlood flood = UdpFlood.to(balancer.lane(), balancer.target())) {
                flood.send(0, 300L * Math.min(seconds, 2));
            }
        }
    }

    private WrkOutput wrk(Balancer balancer, int forSeconds, String... options) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Program.WRK.executable(),
                "-t" + WRK_THREADS,
                "-c" + CONNECTIONS,
                "-d" + forSeconds + "s",
                "--timeout",
                "5s",
                "--latency"));
        command.addAll(List.of(options));
        command.add("http://" + balancer.target() + ":" + Lane.HTTP_PORT + "/");
        needServer(Program.NGINX);
        return WrkOutput.parse(
                workshop.run(balancer.lane().client(), forSeconds + 20, command).output());
    }

    private static void needServer(Program program) {
        if (program.find().isEmpty()) {
            throw new MeasurementException(
                    "the server needs " + program.command() + " (package " + program.packages() + ")");
        }
    }

    private Outcome shortConnections(Balancer balancer) throws InterruptedException {
        CpuTime before = CpuTime.now(balancer.processes());
        WrkOutput output = wrk(balancer, seconds, "-H", "Connection: close");
        CpuTime used = CpuTime.now(balancer.processes()).since(before);
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.SHORT_RATE, output.perSecond());
        values.put(Metric.SHORT_P50, output.p50Us());
        values.put(Metric.SHORT_P99, output.p99Us());
        values.put(Metric.SHORT_CPU_MACHINE, used.machineUs() / output.requests());
        values.put(Metric.SHORT_CPU_LAB, used.labUs() / output.requests());
        if (!balancer.processes().isEmpty()) {
            values.put(Metric.SHORT_CPU_BALANCER, used.balancerUs() / output.requests());
        }
        return new Outcome(values, output.errors(), output.complaint());
    }

    private Outcome keepAlive(Balancer balancer) throws InterruptedException {
        CpuTime before = CpuTime.now(balancer.processes());
        WrkOutput output = wrk(balancer, seconds);
        CpuTime used = CpuTime.now(balancer.processes()).since(before);
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.KEEP_ALIVE_RATE, output.perSecond());
        values.put(Metric.KEEP_ALIVE_P50, output.p50Us());
        values.put(Metric.KEEP_ALIVE_P99, output.p99Us());
        values.put(Metric.KEEP_ALIVE_CPU_MACHINE, used.machineUs() / output.requests());
        values.put(Metric.KEEP_ALIVE_CPU_LAB, used.labUs() / output.requests());
        if (!balancer.processes().isEmpty()) {
            values.put(Metric.KEEP_ALIVE_CPU_BALANCER, used.balancerUs() / output.requests());
        }
        return new Outcome(values, output.errors(), output.complaint());
    }

    private Outcome bulk(Balancer balancer, int streams, Metric metric) throws InterruptedException {
        List<String> command = List.of(
                Program.IPERF3.executable(),
                "-c",
                balancer.target(),
                "-p",
                String.valueOf(Lane.BULK_PORT),
                "-t",
                String.valueOf(seconds),
                "-P",
                String.valueOf(streams),
                "--connect-timeout",
                "3000",
                "-J");
        Commands.Result result = workshop.run(balancer.lane().client(), seconds + 20, command);
        return Outcome.of(Map.of(metric, IperfOutput.parse(result.output()).bitsPerSecond() / 1e9));
    }

    private Outcome overload(Balancer balancer) {
        return flood(
                balancer,
                balancer.target(),
                Metric.UDP_OVERLOAD_OFFERED,
                Metric.UDP_OVERLOAD_RATE,
                Metric.UDP_OVERLOAD_CPU_BALANCER);
    }

    private Outcome forwarding(Balancer balancer) {
        return flood(
                balancer,
                balancer.lane().serverAddress(),
                Metric.FORWARDING_OFFERED,
                Metric.FORWARDING_RATE,
                Metric.FORWARDING_CPU_BALANCER);
    }

    private Outcome flood(Balancer balancer, String address, Metric offered, Metric received, Metric cpu) {
        try (UdpFlood flood = UdpFlood.to(balancer.lane(), address)) {
            CpuTime before = CpuTime.now(balancer.processes());
            UdpFlood.Rates rates = flood.send(0, seconds * 1000L);
            CpuTime used = CpuTime.now(balancer.processes()).since(before);
            if (rates.received() <= 0) {
                throw new MeasurementException("no frame arrived");
            }
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            values.put(offered, rates.offered());
            values.put(received, rates.received());
            if (!balancer.processes().isEmpty()) {
                values.put(cpu, used.balancerUs() / (rates.received() * seconds));
            }
            return Outcome.of(values);
        }
    }

    /**
     * Bisection between nothing and what was received under overload and a bit more; the answer is the highest rate that was
     * in fact offered without loss. A step that loses frames is tried again once: on a machine that does other things, too, a
     * thread that waits for its CPU is not the balancer's loss.
     */
    private Outcome lossless(Balancer balancer) {
        try (UdpFlood flood = UdpFlood.to(balancer.lane(), balancer.target())) {
            UdpFlood.Rates rates = flood.send(0, STEP_MS);
            if (rates.loss() < LOSSLESS) {
                return Outcome.of(Map.of(Metric.UDP_LOSSLESS_RATE, rates.offered()));
            }
            double low = 0;
            double high = Math.min(rates.offered(), rates.received() * 1.3);
            double best = 0;
            for (int step = 0; step < SEARCH_STEPS && high - low > RESOLUTION * high; step++) {
                double rate = (low + high) / 2;
                rates = flood.send(rate, STEP_MS);
                if (rates.loss() >= LOSSLESS) {
                    rates = flood.send(rate, STEP_MS);
                }
                if (rates.loss() < LOSSLESS) {
                    best = Math.max(best, rates.offered());
                    low = rate;
                } else {
                    high = rate;
                }
            }
            if (best == 0) {
                throw new MeasurementException("frames were lost at every rate tried");
            }
            return Outcome.of(Map.of(Metric.UDP_LOSSLESS_RATE, best));
        }
    }

    private Outcome latency(Balancer balancer) {
        UdpPing ping = UdpPing.run(balancer.lane(), balancer.target(), seconds);
        return new Outcome(
                Map.of(
                        Metric.LATENCY_P50, ping.p50Us(),
                        Metric.LATENCY_P99, ping.p99Us(),
                        Metric.LATENCY_P999, ping.p999Us()),
                ping.lost(),
                ping.lost() == 0 ? "" : ping.lost() + " of " + ping.sent() + " pings lost");
    }
}
