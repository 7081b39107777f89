package io.weir.port.afxdp;

import io.weir.linux.LinuxException;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.FrameOwners;

/** A network interface with an XDP program and one AF_XDP socket per receive queue. Used by the control thread. */
public final class AfXdpInterface implements AutoCloseable {
    private AfXdpInterface() {}

    /**
     * Opens an interface for weir alone, in the network namespace of the calling thread.
     *
     * @throws LinuxException when the kernel refuses, with what to do about it
     */
    public static AfXdpInterface open(AfXdpOptions options, Umem umem) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #open(AfXdpOptions, Umem)}, also for an interface shared with the kernel. */
    public static AfXdpInterface open(AfXdpOptions options, Umem umem, TrafficSelector selector) {
        throw new UnsupportedOperationException();
    }

    /** Why af_xdp cannot be used on an interface of the calling thread's network namespace; empty when it can. */
    public static String obstacle(String device) {
        throw new UnsupportedOperationException();
    }

    /** Receive queues taken, numbered from 0. */
    public int queues() {
        throw new UnsupportedOperationException();
    }

    /** {@link Attach#NATIVE} or {@link Attach#GENERIC}. */
    public Attach mode() {
        throw new UnsupportedOperationException();
    }

    /** True when the driver moves frames without copying them. */
    public boolean zeroCopy() {
        throw new UnsupportedOperationException();
    }

    /** Why the mode is not the best one, for people; empty when it is. */
    public String modeReason() {
        throw new UnsupportedOperationException();
    }

    /** The port of a queue, once for each; used by the switching processor's thread. */
    public AfXdpPort port(int queue, FrameOwners owners, ProcessorCounters counters) {
        throw new UnsupportedOperationException();
    }

    /** Looks after the interface a few times per second: when it was lost, its successor is prepared for the ports. */
    public void follow() {
        throw new UnsupportedOperationException();
    }

    /** Detaches the program and closes the sockets; the threads of the ports must have ended. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
