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

    private final KernelFiles files;
    private final ControlGroup group;
    private final Map<String, Long> usedUs = new HashMap<>();
    private ProcStat last = new ProcStat(0, 0, 0);
    private long lastNs;
    private boolean started;
    private String detail = "";

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
        BitSet allowed = CpuSet.allowed(files.textIfAny("/proc/self/status"));
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
                    detail = String.format(Locale.ROOT, "limit of %.2f CPUs in %s", capacity, folder);
                }
                limited = true;
                utilisation = Math.max(utilisation, share);
                pressure = Math.max(pressure, Pressure.some(files.textIfAny(folder + "/cpu.pressure")));
            }
        }
        if (!limited) {
            detail = stat.cpus() + (stat.cpus() == 1 ? " CPU of the host" : " CPUs of the host");
            utilisation = host(stat);
            pressure = Pressure.some(files.textIfAny("/proc/pressure/cpu"));
        }
        last = stat;
        lastNs = nowNs;
        started = true;
        if (utilisation >= 0 && pressure > utilisation) {
            detail += String.format(Locale.ROOT, ", raised from %.1f %% by pressure", utilisation * 100);
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
        return detail;
    }
}
