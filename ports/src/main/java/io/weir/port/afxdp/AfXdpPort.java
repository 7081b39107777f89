package io.weir.port.afxdp;

import io.weir.port.FrameBatch;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;

/** One queue of an {@link AfXdpInterface}. */
public final class AfXdpPort implements Port {
    private AfXdpPort() {}

    @Override
    public int id() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String name() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PortCapabilities capabilities() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int transmit(FrameBatch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void maintain(long nowMs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isUp() {
        throw new UnsupportedOperationException();
    }

    /** Number of the queue, from 0. */
    public int queue() {
        throw new UnsupportedOperationException();
    }

    /** True when the program runs in the driver. */
    public boolean isNative() {
        throw new UnsupportedOperationException();
    }

    /** True when the driver moves frames without copying them. */
    public boolean isZeroCopy() {
        throw new UnsupportedOperationException();
    }

    /** Frames in each of the queue's rings. */
    public int ringFrames() {
        throw new UnsupportedOperationException();
    }

    /** Free buffers that wait in the fill ring for the kernel; any thread. */
    public int fillLevel() {
        throw new UnsupportedOperationException();
    }

    /** Frames handed to the kernel and not yet sent; any thread. */
    public int transmitOutstanding() {
        throw new UnsupportedOperationException();
    }

    /** Gives everything back; by the port's own thread, or after it has ended. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
