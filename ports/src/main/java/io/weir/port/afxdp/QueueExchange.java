package io.weir.port.afxdp;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How the socket of a queue passes between the control thread, which opens and closes it, and the switching thread, which
 * uses it:
 *
 * <pre>
 *          control            switching          control           switching          control          switching
 *   NONE ──offer──► OFFERED ──adopt──► IN_USE ──revoke──► REVOKED ──return──► RETURNED ──close──► CLOSED ──► NONE
 *                      └──────withdraw (control)──────► NONE                                     buffers freed
 * </pre>
 *
 * The socket is a plain field: each change of the state publishes it to the other side, and only the side whose turn it is
 * touches it.
 */
final class QueueExchange {
    static final int NONE = 0;
    static final int OFFERED = 1;
    static final int IN_USE = 2;
    static final int REVOKED = 3;
    static final int RETURNED = 4;
    static final int CLOSED = 5;

    private final AtomicInteger state = new AtomicInteger(NONE);
    private @Nullable XdpSocket socket;

    int state() {
        return state.get();
    }

    /** The socket in question; only for the side whose turn it is. */
    @Nullable
    XdpSocket socket() {
        return socket;
    }

    void offer(XdpSocket opened) {
        socket = opened;
        state.set(OFFERED);
    }

    /** One step along the drawing; false when the other side was faster. */
    boolean advance(int from, int to) {
        return state.compareAndSet(from, to);
    }

    /** The circle is closed: there is no socket. */
    void clear() {
        socket = null;
        state.set(NONE);
    }
}
