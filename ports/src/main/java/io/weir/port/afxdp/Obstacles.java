package io.weir.port.afxdp;

import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.LinuxException;
import io.weir.linux.Netlink;
import io.weir.linux.Privileges;
import io.weir.linux.Sockets;
import io.weir.linux.XdpSockets;
import java.util.List;

/** Why AF_XDP cannot be used, asked without changing anything. */
final class Obstacles {
    private Obstacles() {}

    static String of(String device, Attach attach) {
        List<String> missing = Privileges.missing("CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF");
        if (!missing.isEmpty()) {
            return "af_xdp needs " + String.join(", ", missing)
                    + ": run as root, or `setcap cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock+ep` on the java binary";
        }
        if (Privileges.isInsideUserNamespace()) {
            return "af_xdp needs bpf(2), which is closed to user namespaces";
        }
        try {
            Descriptors.close(XdpSockets.open());
        } catch (LinuxException e) {
            return "the kernel has no AF_XDP sockets: " + e.getMessage();
        }
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces question = new Interfaces(device);
                Netlink netlink = new Netlink()) {
            return of(device, attach, question, socket, netlink);
        } finally {
            Descriptors.close(socket);
        }
    }

    private static String of(String device, Attach attach, Interfaces question, int socket, Netlink netlink) {
        int index = question.index(socket);
        if (index < 0) {
            return "there is no interface " + device + " in this network namespace";
        }
        int type = question.linkType(socket);
        if (type != Interfaces.ETHERNET) {
            return "interface " + device + ": link type " + type + " is not Ethernet";
        }
        String foreign = Programs.foreign(device, netlink.xdp(index));
        if (!foreign.isEmpty()) {
            return foreign;
        }
        if (attach == Attach.NATIVE) {
            long features = netlink.xdpFeatures(index);
            if (features >= 0 && (features & Netlink.XDP_REDIRECT) != Netlink.XDP_REDIRECT) {
                return "interface " + device + ": the driver "
                        + question.driver(socket).split(" ", 2)[0]
                        + " has no native XDP, and the generic one is slower than af_packet";
            }
        }
        return "";
    }
}
