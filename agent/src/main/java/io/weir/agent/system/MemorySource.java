package io.weir.agent.system;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.util.Locale;
import java.util.Set;

/**
 * Memory utilisation. Where control groups have a limit: {@code memory.current} without the page cache that can be dropped
 * at once ({@code inactive_file} of {@code memory.stat}) against the lower of {@code memory.max} and {@code memory.high},
 * of the group that is nearest to its limit. Where none has: what is not available of the host's memory
 * ({@code MemAvailable} of {@code /proc/meminfo}). Under pressure it is at least as much as the pressure.
 */
public final class MemorySource implements MetricSource {
    private static final long KIB = 1024;
    private static final double MIB = 1024.0 * 1024;

    private final KernelFiles files;
    private final ControlGroup group;
    /** Of the last reading: the limited group, empty for the host; what it may use; utilisation before pressure raised it, or -1. */
    private String limitedIn = "";

    private long capacityBytes;
    private double raisedFrom = -1;

    public MemorySource(KernelFiles files, ControlGroup group) {
        this.files = files;
        this.group = group;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Set<Metric> metrics() {
        return Set.of(Metric.MEMORY);
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        group.requireNamed();
        String meminfo = files.text("/proc/meminfo");
        long totalBytes = KernelFiles.number(meminfo, "MemTotal") * KIB;
        if (totalBytes <= 0) {
            throw new SourceException("/proc/meminfo: has no MemTotal");
        }
        double utilisation = Reading.UNKNOWN;
        double pressure = 0;
        for (String folder : group.folders()) {
            long limit = Math.min(
                    limit(files.textIfAny(folder + "/memory.max")), limit(files.textIfAny(folder + "/memory.high")));
            // A limit above the host's memory is none.
            if (limit < totalBytes) {
                double share = limit == 0 ? 1 : Math.min((double) used(folder) / limit, 1);
                if (share > utilisation) {
                    limitedIn = folder;
                    capacityBytes = limit;
                    utilisation = share;
                }
                pressure = Math.max(pressure, Pressure.some(files.textIfAny(folder + "/memory.pressure")));
            }
        }
        if (utilisation < 0) {
            limitedIn = "";
            capacityBytes = totalBytes;
            utilisation = Math.clamp(1 - (double) available(meminfo) * KIB / totalBytes, 0, 1);
            pressure = Pressure.some(files.textIfAny("/proc/pressure/memory"));
        }
        raisedFrom = -1;
        if (pressure > utilisation) {
            raisedFrom = utilisation;
            utilisation = pressure;
        }
        return Reading.of(Metric.MEMORY, utilisation);
    }

    private long used(String folder) throws SourceException {
        String text = files.text(folder + "/memory.current").strip();
        long inactive = KernelFiles.number(files.textIfAny(folder + "/memory.stat"), "inactive_file");
        try {
            return Math.max(Long.parseLong(text) - Math.max(inactive, 0), 0);
        } catch (NumberFormatException e) {
            throw new SourceException(folder + "/memory.current: \"" + text + "\" is not a number", e);
        }
    }

    /** KiB that can be used without swapping; kernels before 3.14 do not say it themselves. */
    private static long available(String meminfo) {
        long available = KernelFiles.number(meminfo, "MemAvailable");
        if (available >= 0) {
            return available;
        }
        long sum = 0;
        for (String key : new String[] {"MemFree", "Buffers", "Cached"}) {
            sum += Math.max(KernelFiles.number(meminfo, key), 0);
        }
        return sum;
    }

    /** Bytes; {@link Long#MAX_VALUE} for {@code max} or none. */
    static long limit(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public String detail(Metric metric) {
        String mib = String.format(Locale.ROOT, "%.0f MiB", capacityBytes / MIB);
        String raised =
                raisedFrom < 0 ? "" : String.format(Locale.ROOT, ", raised from %.1f %% by pressure", raisedFrom * 100);
        return (limitedIn.isEmpty() ? mib + " of the host" : "limit of " + mib + " in " + limitedIn) + raised;
    }
}
