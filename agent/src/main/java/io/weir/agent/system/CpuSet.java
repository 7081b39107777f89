package io.weir.agent.system;

import java.util.BitSet;

/** Numbers of CPUs as the kernel lists them: {@code 0-3,8,10-11}. */
final class CpuSet {
    private static final int GREATEST = 1 << 16;

    private CpuSet() {}

    /** The CPUs of a list; empty when it is none. */
    static BitSet parse(String list) {
        BitSet cpus = new BitSet();
        for (String part : list.strip().split(",", -1)) {
            String[] ends = part.strip().split("-", 2);
            try {
                int first = Integer.parseInt(ends[0]);
                int last = ends.length == 2 ? Integer.parseInt(ends[1]) : first;
                if (first < 0 || last < first || last > GREATEST) {
                    return new BitSet();
                }
                cpus.set(first, last + 1);
            } catch (NumberFormatException e) {
                return new BitSet();
            }
        }
        return cpus;
    }

    /** The CPUs that a process may use, of its {@code /proc/PID/status}: by affinity and by cpuset. */
    static BitSet allowed(String status) {
        String key = "Cpus_allowed_list:";
        int at = status.indexOf(key);
        if (at < 0) {
            return new BitSet();
        }
        int end = status.indexOf('\n', at);
        return parse(status.substring(at + key.length(), end < 0 ? status.length() : end));
    }
}
