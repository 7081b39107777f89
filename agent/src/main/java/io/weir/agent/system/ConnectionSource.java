package io.weir.agent.system;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.util.BitSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Established TCP connections at the server's ports, over IPv4 and IPv6, of the network namespace of this process.
 *
 * <p>To list sockets costs the kernel about a microsecond each, over /proc/net/tcp as over sock_diag(7): 50,000 connections
 * each second would be 6 % of a core. So they are counted as often as half a percent of a core allows, and between two counts
 * the last one is scaled by the number of sockets in use, which {@code /proc/net/sockstat} tells for nothing.
 */
public final class ConnectionSource implements MetricSource {
    /** Time between counts is at least this many times what a count takes. */
    private static final long REST = 200;

    private final KernelFiles files;
    private final BitSet ports;
    private final TcpTable table;
    private final LongSupplier stopwatchNs;
    private double counted;
    private long inUse = -1;
    private long nextNs;
    private boolean started;
    private boolean scaled;

    /**
     * @param ports local ports; all that are listened on when empty
     * @param stopwatchNs a clock for what a count takes, such as {@link System#nanoTime}
     */
    public ConnectionSource(KernelFiles files, BitSet ports, LongSupplier stopwatchNs) {
        this.files = files;
        this.ports = (BitSet) ports.clone();
        this.table = new TcpTable(ports);
        this.stopwatchNs = stopwatchNs;
    }

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public Set<Metric> metrics() {
        return Set.of(Metric.CLIENTS);
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        long inUseNow = socketsInUse();
        scaled = started && nowNs - nextNs < 0 && inUse > 0 && inUseNow >= 0;
        if (scaled) {
            return Reading.of(Metric.CLIENTS, Math.rint(counted * inUseNow / inUse));
        }
        long beginNs = stopwatchNs.getAsLong();
        try {
            counted = table.count(files.path("/proc/net/tcp")) + table.count(files.path("/proc/net/tcp6"));
        } catch (IOException e) {
            throw new SourceException("/proc/net/tcp: " + e.getMessage(), e);
        }
        nextNs = nowNs + (stopwatchNs.getAsLong() - beginNs) * REST;
        inUse = inUseNow;
        started = true;
        return Reading.of(Metric.CLIENTS, counted);
    }

    /** TCP sockets of both families, those that wait for their end apart; -1 when the kernel does not say. */
    private long socketsInUse() {
        long ipv4 = inUse(files.textIfAny("/proc/net/sockstat"), "TCP: inuse ");
        return ipv4 < 0 ? -1 : ipv4 + Math.max(inUse(files.textIfAny("/proc/net/sockstat6"), "TCP6: inuse "), 0);
    }

    private static long inUse(String text, String key) {
        return KernelFiles.number(text, key);
    }

    @Override
    public String detail(Metric metric) {
        String at = ports.isEmpty()
                ? "ports that are listened on"
                : (ports.cardinality() == 1 ? "port " : "ports ")
                        + ports.stream().mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return "established TCP at " + at + (scaled ? ", scaled from the last count" : "");
    }
}
