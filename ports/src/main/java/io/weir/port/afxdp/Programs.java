package io.weir.port.afxdp;

import io.weir.linux.Bpf;
import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.Netlink;
import io.weir.linux.Netlink.XdpAttachment;

/** What is to be done about XDP programs found on an interface, by their name. */
final class Programs {
    private static final int ATTACHED_NATIVE = 1;

    private Programs() {}

    /** Says whose program is in the way; empty when there is none, or weir's own. */
    static String foreign(String device, XdpAttachment attached) {
        if (attached.program() == 0) {
            return "";
        }
        String name = Bpf.programName(attached.program());
        // a program that ended in between has no name, and is no obstacle
        if (name.isEmpty() || name.equals(XdpProgram.NAME)) {
            return "";
        }
        return "interface " + device + " has the XDP program \"" + name + "\" (id " + attached.program()
                + ") of somebody else; remove it with `ip link set dev " + device + " xdp off`"
                + " (or stop the program that holds it; see `bpftool net`), or use driver: af_packet";
    }

    static void refuseForeign(String device, XdpAttachment attached) {
        String obstacle = foreign(device, attached);
        if (!obstacle.isEmpty()) {
            throw new LinuxException("bpf(BPF_LINK_CREATE, XDP on " + device + ")", Errno.EBUSY, obstacle);
        }
    }

    /** Detaches a program of weir's own, whose process is gone or does not have the queues. */
    static void removeOwn(String device, int index, Netlink netlink) {
        XdpAttachment attached = netlink.xdp(index);
        refuseForeign(device, attached);
        if (attached.program() == 0) {
            return;
        }
        Bpf.detachXdpLinks(index, attached.program());
        attached = netlink.xdp(index);
        if (attached.program() != 0) {
            netlink.detachXdp(index, attached.mode() == ATTACHED_NATIVE ? Bpf.XDP_NATIVE : Bpf.XDP_GENERIC);
        }
    }

    /** Why the driver refused the native mode. */
    static String noNative(String driver, int errno) {
        String name = driver.isEmpty() ? "the driver" : "the driver " + driver.split(" ", 2)[0];
        return "no native XDP: "
                + switch (errno) {
                    case Errno.EOPNOTSUPP -> name + " has none";
                    case Errno.ENOSPC ->
                        name + " wants as many receive queues as the peer has transmit queues (`ethtool -L`)";
                    case Errno.ERANGE -> "the mtu is too large for " + name;
                    case Errno.ENOTCONN -> "the link has no peer";
                    default -> name + " says " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
                };
    }
}
