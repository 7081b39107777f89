package io.weir.agent.system;

import io.weir.agent.metric.SourceException;
import java.util.BitSet;
import java.util.StringTokenizer;

/**
 * The times of CPUs in {@code /proc/stat} (proc_stat(5)), in ticks since the start of the system.
 *
 * <pre>
 *   cpu0  user nice system idle iowait irq softirq steal guest guest_nice
 * </pre>
 *
 * Idle are {@code idle} and {@code iowait}; {@code steal} is busy, because the server cannot have it; guests are part of
 * {@code user} and {@code nice} already. Old kernels have fewer columns.
 *
 * @param busy ticks that were not idle
 * @param total all ticks
 * @param cpus number of CPUs counted
 */
record ProcStat(long busy, long total, int cpus) {
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int GUEST = 8;

    /** The sum of the allowed CPUs that are on line; of all of them when none is. */
    static ProcStat parse(String text, BitSet allowed) throws SourceException {
        long busy = 0;
        long total = 0;
        int cpus = 0;
        long allBusy = -1;
        long allTotal = 0;
        int all = 0;
        int at = 0;
        while (text.startsWith("cpu", at)) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            StringTokenizer columns = new StringTokenizer(text.substring(at, end));
            String name = columns.nextToken();
            long lineBusy = 0;
            long lineTotal = 0;
            for (int c = 0; c < GUEST && columns.hasMoreTokens(); c++) {
                long ticks = ticks(columns.nextToken());
                lineTotal += ticks;
                lineBusy += c == IDLE || c == IOWAIT ? 0 : ticks;
            }
            if (name.length() == 3) {
                allBusy = lineBusy;
                allTotal = lineTotal;
            } else {
                all++;
                if (allowed.get(number(name))) {
                    busy += lineBusy;
                    total += lineTotal;
                    cpus++;
                }
            }
            at = end + 1;
        }
        if (allBusy < 0) {
            throw new SourceException("/proc/stat: has no line \"cpu\"");
        }
        return cpus > 0 ? new ProcStat(busy, total, cpus) : new ProcStat(allBusy, allTotal, Math.max(all, 1));
    }

    private static int number(String name) throws SourceException {
        return (int) Math.min(ticks(name.substring(3)), Integer.MAX_VALUE);
    }

    private static long ticks(String text) throws SourceException {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new SourceException("/proc/stat: \"" + text + "\" is not a number of ticks", e);
        }
    }
}
