package io.weir.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the process may do. */
public final class Privileges {
    /** Numbers of include/uapi/linux/capability.h. */
    private static final Map<String, Integer> CAPABILITIES = new TreeMap<>(
            Map.of("CAP_NET_ADMIN", 12, "CAP_NET_RAW", 13, "CAP_IPC_LOCK", 14, "CAP_SYS_ADMIN", 21, "CAP_BPF", 39));

    private static final int SYS_ADMIN = 21;
    private static final int BPF = 39;

    private Privileges() {}

    /** True when the effective user is root, possibly only of its own user namespace. */
    public static boolean isRoot() {
        return SystemCalls.geteuid() == 0;
    }

    /**
     * Which of these capabilities the calling thread does not have, in the order asked; names of capabilities(7).
     * CAP_SYS_ADMIN stands for CAP_BPF as well.
     */
    public static List<String> missing(String... capabilities) {
        long effective = effective();
        List<String> missing = new ArrayList<>();
        for (String name : capabilities) {
            Integer number = CAPABILITIES.get(name);
            if (number == null) {
                throw new IllegalArgumentException(name + " is none of " + CAPABILITIES.keySet());
            }
            boolean has = has(effective, number) || (number == BPF && has(effective, SYS_ADMIN));
            if (!has) {
                missing.add(name);
            }
        }
        return missing;
    }

    private static boolean has(long effective, int number) {
        return ((effective >>> number) & 1) != 0;
    }

    /** True in a user namespace below the initial one, whose capabilities do not count for bpf(2). */
    public static boolean isInsideUserNamespace() {
        try {
            // "inside outside length": the initial namespace maps all numbers to themselves
            return !Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0 +0 +4294967295");
        } catch (IOException e) {
            return false;
        }
    }

    private static long effective() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring(7).strip(), 16);
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
