package io.weir.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Processor time so far, as /proc tells it (proc_stat(5), proc_pid_stat(5)), in microseconds.
 *
 * <p>The kernel charges soft interrupts, in which it forwards packets, to the process that they interrupt. In this lab that
 * is the process that has just sent the packet, so the lab's processes are charged for the kernel's work, too, and other
 * programs on the machine are not.
 *
 * @param machineUs all CPUs: user, nice, system, interrupt and soft interrupt time; neither idle nor stolen time
 * @param labUs user and system time of this process and all that it started: client, server and balancers
 * @param balancerUs user and system time of one balancer's processes and their descendants
 */
record CpuTime(double machineUs, double labUs, double balancerUs) {
    /** USER_HZ is 100 on every architecture that weir runs on. */
    private static final double TICK_US = 10_000;

    static CpuTime now(Collection<Process> balancer) {
        return new CpuTime(
                machineTicks(read(Path.of("/proc/stat"))) * TICK_US,
                familiesUs(Stream.of(ProcessHandle.current())),
                familiesUs(balancer.stream().map(Process::toHandle)));
    }

    private static double familiesUs(Stream<ProcessHandle> heads) {
        Set<Long> pids = heads.flatMap(p -> Stream.concat(Stream.of(p), p.descendants()))
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
        double us = 0;
        for (long pid : pids) {
            us += processTicks(read(Path.of("/proc", String.valueOf(pid), "stat"))) * TICK_US;
        }
        return us;
    }

    CpuTime since(CpuTime earlier) {
        return new CpuTime(machineUs - earlier.machineUs, labUs - earlier.labUs, balancerUs - earlier.balancerUs);
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
        } catch (IOException e) {
            return ""; // the process has ended
        }
    }
}
