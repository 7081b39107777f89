package io.weir.linux;

import java.util.List;

/** What to do about the failures that operators meet. */
final class Remedies {
    private Remedies() {}

    static String of(String call, int errno) {
        String name = call.substring(0, Math.max(0, call.indexOf('(')));
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES -> permission(call, name);
            case Errno.ENODEV, Errno.ENXIO -> "the interface does not exist in this network namespace; see `ip link`";
            case Errno.ENETDOWN -> "bring the interface up with `ip link set dev NAME up`";
            case Errno.ENOMEM, Errno.ENOBUFS -> memory(name);
            case Errno.EMFILE -> "raise the limit of open files (`ulimit -n`)";
            case Errno.EAFNOSUPPORT -> "the kernel lacks this address family; load its module";
            case Errno.ENOENT -> call.contains("/netns/") ? "no such network namespace; see `ip netns`" : "";
            default -> "";
        };
    }

    private static String permission(String call, String name) {
        if (call.startsWith("socket(AF_PACKET")) {
            return "needs CAP_NET_RAW; run as root, or `setcap cap_net_raw,cap_net_admin+ep` on the java binary,"
                    + " or run inside `unshare -Urn`";
        }
        if (call.startsWith("socket(AF_INET")) {
            return "the group of this process is not within the setting net.ipv4.ping_group_range of this network"
                    + " namespace: `sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"`";
        }
        if (call.startsWith("socket(AF_XDP")) {
            return "needs CAP_NET_RAW; " + capabilities();
        }
        return switch (name) {
            case "bpf" -> bpf();
            case "netlink" -> "needs CAP_NET_ADMIN; " + capabilities();
            case "unshare" -> "needs CAP_SYS_ADMIN; run as root or inside `unshare -Urnm`";
            case "setns" ->
                "needs CAP_SYS_ADMIN in the namespace's user namespace; run as root or inside `unshare -Urnm`";
            case "setsockopt" -> "needs CAP_NET_ADMIN; run as root or inside `unshare -Urn`";
            case "ioctl" -> "needs CAP_NET_ADMIN in the interface's network namespace";
            case "mmap", "mlock" -> "the locked-memory limit (`ulimit -l`) may be too low, or the file is not writable";
            case "open" -> "the file's owner or mode does not allow it";
            default -> "run as root or with the capability the call needs";
        };
    }

    private static String bpf() {
        if (Privileges.isInsideUserNamespace()) {
            return "bpf(2) is closed to user namespaces: run in the initial one, or use the driver af_packet here";
        }
        List<String> missing = Privileges.missing("CAP_BPF", "CAP_NET_ADMIN");
        String needed = missing.isEmpty() ? "CAP_BPF and CAP_NET_ADMIN" : String.join(" and ", missing);
        return "needs " + needed + "; " + capabilities();
    }

    /** The set that af_xdp needs as a whole, so that the next attempt does not fail for the next one. */
    private static String capabilities() {
        return "run as root, or `setcap cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock+ep` on the java binary, or with"
                + " systemd AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN CAP_BPF CAP_IPC_LOCK";
    }

    private static String memory(String name) {
        return switch (name) {
            case "setsockopt" -> "the kernel cannot allocate the ring; use fewer or smaller frames";
            case "mmap" -> "not enough memory or address space; use a smaller mapping";
            default -> "the kernel is short of memory";
        };
    }
}
