package io.weir.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Processor time so far, as /proc tells it (proc_stat(5), proc_pid_stat(5)), in microseconds.
 *
 * @param machineUs all CPUs: user, nice, system, interrupt and soft interrupt time; neither idle nor stolen time
 * @param processesUs user and system time of some processes and their descendants
 */
record CpuTime(double machineUs, double processesUs) {
    /** USER_HZ is 100 on every architecture that weir runs on. */
    private static final double TICK_US = 10_000;

    static CpuTime now(Collection<Process> processes) {
        Set<Long> pids = new HashSet<>();
        for (Process process : processes) {
            pids.add(process.pid());
            process.descendants().forEach(d -> pids.add(d.pid()));
        }
        double processesUs = 0;
        for (long pid : pids) {
            processesUs += processTicks(read(Path.of("/proc", String.valueOf(pid), "stat"))) * TICK_US;
        }
        return new CpuTime(machineTicks(read(Path.of("/proc/stat"))) * TICK_US, processesUs);
    }

    CpuTime since(CpuTime earlier) {
        return new CpuTime(machineUs - earlier.machineUs, processesUs - earlier.processesUs);
    }

    /** Busy ticks in the first line of /proc/stat: {@code cpu user nice system idle iowait irq softirq steal ...}. */
    static long machineTicks(String stat) {
        String[] words = stat.lines().findFirst().orElse("").split("\\s+", -1);
        long busy = 0;
        for (int i : new int[] {1, 2, 3, 6, 7}) {
            busy += i < words.length ? Long.parseLong(words[i]) : 0;
        }
        return busy;
    }

    /** utime, stime, cutime and cstime in /proc/PID/stat; the name in parentheses may hold spaces and parentheses. */
    static long processTicks(String stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        // The state, field 3, comes after the name.
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int field = 14; field <= 17; field++) {
            ticks += Long.parseLong(words[field - 3]);
        }
        return ticks;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return ""; // the process has ended
        } catch (IOException e) {
            return "";
        }
    }
}
