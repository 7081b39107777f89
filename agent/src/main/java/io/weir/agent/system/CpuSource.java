package io.weir.agent.system;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * CPU utilisation between two readings. Where control groups have a limit: the time used against the limit
 * ({@code cpu.stat}, {@code cpu.max}), of the group that is nearest to its limit. Where none has: the busy time of the
 * CPUs that this process may use, by affinity and cpuset ({@code /proc/stat}). Under pressure (some avg10 of that group,
 * or of the host) it is at least as much as the pressure: tasks that wait mean that more work does not fit.
 */
public final class CpuSource implements MetricSource {
    private static final double US_PER_NS = 1e-3;
    /** How long the CPUs that this process may use are taken for the same. */
    private static final long ALLOWED_NS = 10_000_000_000L;

    private final KernelFiles files;
    private final ControlGroup group;
    private final Map<String, Long> usedUs = new HashMap<>();
    private ProcStat last = new ProcStat(0, 0, 0);
    private BitSet allowed = new BitSet();
    private long allowedNs;
    private long lastNs;
    private boolean started;
    /** Of the last reading: the limited group, empty for the host; what it may use; utilisation before pressure raised it, or -1. */
    private String limitedIn = "";

    private double cpus;
    private double raisedFrom = -1;

    public CpuSource(KernelFiles files, ControlGroup group) {
        this.files = files;
        this.group = group;
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Set<Metric> metrics() {
        return Set.of(Metric.CPU);
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        group.requireNamed();
        if (!started || nowNs - allowedNs >= ALLOWED_NS) {
            allowed = CpuSet.allowed(files.textIfAny("/proc/self/status"));
            allowedNs = nowNs;
        }
        ProcStat stat = ProcStat.parse(files.text("/proc/stat"), allowed);
        double utilisation = Reading.UNKNOWN;
        double pressure = 0;
        boolean limited = false;
        for (String folder : group.folders()) {
            double limit = limit(files.textIfAny(folder + "/cpu.max"));
            if (limit > 0) {
                double capacity = Math.min(limit, stat.cpus());
                double share = used(folder, nowNs, capacity);
                if (!limited || share > utilisation) {
                    limitedIn = folder;
                    cpus = capacity;
                }
                limited = true;
                utilisation = Math.max(utilisation, share);
                pressure = Math.max(pressure, Pressure.some(files.textIfAny(folder + "/cpu.pressure")));
            }
        }
        if (!limited) {
            limitedIn = "";
            cpus = stat.cpus();
            utilisation = host(stat);
            pressure = Pressure.some(files.textIfAny("/proc/pressure/cpu"));
        }
        last = stat;
        lastNs = nowNs;
        started = true;
        raisedFrom = -1;
        if (utilisation >= 0 && pressure > utilisation) {
            raisedFrom = utilisation;
            utilisation = pressure;
        }
        return Reading.of(Metric.CPU, utilisation < 0 ? Reading.UNKNOWN : Math.min(utilisation, 1));
    }

    private double host(ProcStat stat) {
        long total = stat.total() - last.total();
        // A CPU that came or went makes the sums jump.
        if (!started || total <= 0 || stat.cpus() != last.cpus()) {
            return Reading.UNKNOWN;
        }
        return Math.clamp((double) (stat.busy() - last.busy()) / total, 0, 1);
    }

    private double used(String folder, long nowNs, double capacity) throws SourceException {
        long us = KernelFiles.number(files.text(folder + "/cpu.stat"), "usage_usec");
        if (us < 0) {
            throw new SourceException(folder + "/cpu.stat: has no usage_usec");
        }
        Long before = usedUs.put(folder, us);
        if (before == null || us < before || nowNs <= lastNs) {
            return Reading.UNKNOWN;
        }
        return (us - before) / ((nowNs - lastNs) * US_PER_NS * capacity);
    }

    /** CPUs that {@code QUOTA PERIOD} allows; 0 for {@code max} or none. */
    static double limit(String text) {
        List<String> words = List.of(text.strip().split(" ", -1));
        if (words.size() != 2 || words.getFirst().equals("max")) {
            return 0;
        }
        try {
            double period = Long.parseLong(words.getLast());
            return period > 0 ? Math.max(Long.parseLong(words.getFirst()) / period, 0) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String detail(Metric metric) {
        String raised =
                raisedFrom < 0 ? "" : String.format(Locale.ROOT, ", raised from %.1f %% by pressure", raisedFrom * 100);
        if (limitedIn.isEmpty()) {
            return (int) cpus + (cpus == 1 ? " CPU of the host" : " CPUs of the host") + raised;
        }
        return String.format(Locale.ROOT, "limit of %.2f CPUs in %s", cpus, limitedIn) + raised;
    }
}
