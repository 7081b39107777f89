package io.weir.port.afpacket;

import io.weir.linux.Bpf;
import io.weir.linux.BpfAssembler;
import io.weir.linux.Descriptors;
import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import java.lang.System.Logger.Level;

/**
 * Keeps the kernel's own network stack from what an interface receives: a program behind the packet socket drops every
 * frame, so that the kernel neither answers for weir nor spends time on finding out that nothing is for it. The work saved
 * is that of IP input, route look-up and error for every packet. The kernel takes the program away when the process ends.
 *
 * <p>Without CAP_BPF (an ordinary user in a user namespace) and on kernels before 6.6 there is no such program: the stack
 * sees the frames, too, and must have no address on the interface.
 */
final class StackSilencer {
    private static final System.Logger LOG = System.getLogger(StackSilencer.class.getName());

    /** As {@code bpftool prog} shows it. */
    private static final String NAME = "weir_silence";

    /** TCX_DROP of include/uapi/linux/bpf.h. */
    private static final int DROP = 2;

    private static boolean told;

    private int link = -1;

    /** Silences the stack for the interface with this index in the calling thread's network namespace, if that is possible. */
    void attach(int interfaceIndex) {
        detach();
        try {
            int program = Bpf.loadIngress(
                    NAME,
                    new BpfAssembler()
                            .moveConstant(BpfAssembler.R0, DROP)
                            .exit()
                            .assemble());
            // The link keeps the program.
            link = Bpf.attachIngress(program, interfaceIndex);
            Descriptors.close(program);
            if (link < 0) {
                tell(Errno.name(-link));
            }
        } catch (LinuxException e) {
            tell(String.valueOf(e.getMessage()));
        }
    }

    private static synchronized void tell(String why) {
        if (!told) {
            told = true;
            LOG.log(Level.INFO, "the kernel''s network stack also sees what interfaces receive ({0})", why);
        }
    }

    boolean isAttached() {
        return link >= 0;
    }

    void detach() {
        if (link >= 0) {
            Descriptors.close(link);
            link = -1;
        }
    }
}
