package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionState;

/**
 * The life of a TCP connection as seen from the middle (RFC 9293 section 3.3.2, reduced to what timeouts need).
 *
 * <pre>
 *            SYN              SYN from server         ACK from client
 *   (none) -------> SYN_SENT ----------------> SYN_RECEIVED ---------> ESTABLISHED
 *                      |  direct return: ACK from client                    ^
 *                      +----------------------------------------------------+
 *   any but CLOSED -- FIN --> FIN_WAIT -- FIN from the other side --> CLOSED
 *   any            -- RST --> CLOSED
 * </pre>
 *
 * Sequence numbers are not tracked; resets and FINs count only with a correct checksum, which the caller has verified.
 * A SYN never changes a state here: whether it starts a new connection is decided before.
 */
final class TcpStates {
    private TcpStates() {}

    /**
     * The state after a packet.
     *
     * @param fromServer true when the packet came from the server
     * @param direct true when the server's packets do not pass here
     * @param finFromOther true when the other side has already sent its FIN
     */
    static int next(int state, int flags, boolean fromServer, boolean direct, boolean finFromOther) {
        if ((flags & Protocol.RST) != 0) {
            return ConnectionState.CLOSED;
        }
        if ((flags & Protocol.FIN) != 0) {
            return finFromOther || state == ConnectionState.CLOSED ? ConnectionState.CLOSED : ConnectionState.FIN_WAIT;
        }
        if (state == ConnectionState.SYN_SENT) {
            if (fromServer) {
                return (flags & Protocol.SYN) != 0 ? ConnectionState.SYN_RECEIVED : state;
            }
            return direct && isPlainAck(flags) ? ConnectionState.ESTABLISHED : state;
        }
        if (state == ConnectionState.SYN_RECEIVED && !fromServer && isPlainAck(flags)) {
            return ConnectionState.ESTABLISHED;
        }
        return state;
    }

    /** True for a SYN without ACK: the only packet that opens a connection. */
    static boolean isOpening(int flags) {
        return (flags & (Protocol.SYN | Protocol.ACK)) == Protocol.SYN;
    }

    private static boolean isPlainAck(int flags) {
        return (flags & (Protocol.SYN | Protocol.ACK)) == Protocol.ACK;
    }
}
