package io.weir.agent.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that looks like /proc and /sys of some machine. */
final class Samples {
    static final String VERSION_2 = """
        22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
        25 22 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
        28 24 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
        """;
    static final String VERSION_1 = """
        30 24 0:26 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:5 - cgroup2 cgroup2 rw,nsdelegate
        33 24 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,cpu,cpuacct
        36 24 0:33 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec,relatime shared:14 - cgroup cgroup rw,memory
        """;
    static final String MEMINFO = """
        MemTotal:       16384000 kB
        MemFree:          512000 kB
        MemAvailable:    4096000 kB
        Buffers:          102400 kB
        Cached:          2048000 kB
        SwapCached:         4321 kB
        """;

    private final Path root;

    Samples(Path root) {
        this.root = root;
        put("/proc/self/mountinfo", VERSION_2);
        put("/proc/self/cgroup", "0::/\n");
        put("/proc/self/status", "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0\n");
        put("/proc/meminfo", MEMINFO);
    }

    Samples put(String file, String text) {
        try {
            Path path = root.resolve(file.substring(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two CPUs with times in ticks: busy and idle of each. */
    Samples stat(long busy0, long idle0, long busy1, long idle1) {
        return put(
                "/proc/stat",
                "cpu  " + (busy0 + busy1) + " 0 0 " + (idle0 + idle1) + " 0 0 0 0 0 0\n"
                        + "cpu0 " + busy0 + " 0 0 " + idle0 + " 0 0 0 0 0 0\n"
                        + "cpu1 " + busy1 + " 0 0 " + idle1 + " 0 0 0 0 0 0\n"
                        + "intr 114930548 113199788 3 0 5 263 0 4\nctxt 1990473\nbtime 1062191376\n");
    }

    KernelFiles files() {
        return new KernelFiles(root);
    }
}
