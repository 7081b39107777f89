package io.weir.memory.connection;

/** States of a tracked connection, as numbers in the record; each has its own idle timeout. */
public final class ConnectionState {
    /** UDP, packets in one direction only. */
    public static final int UDP_ONE_WAY = 1;
    /** UDP, packets in both directions. */
    public static final int UDP = 2;
    /** SYN seen. */
    public static final int SYN_SENT = 3;
    /** SYN and SYN-ACK seen. */
    public static final int SYN_RECEIVED = 4;
    /** Handshake complete. */
    public static final int ESTABLISHED = 5;
    /** FIN seen from one or both sides. */
    public static final int FIN_WAIT = 6;
    /** FIN from both sides, or a reset. */
    public static final int CLOSED = 7;

    /** Number of states plus one; index range of tables by state. */
    public static final int COUNT = 8;

    private static final String[] NAMES = {
        "none", "udp-one-way", "udp", "syn-sent", "syn-received", "established", "fin-wait", "closed"
    };

    private ConnectionState() {}

    /** The name as it is shown, such as {@code fin-wait}. */
    public static String nameOf(int state) {
        return state > 0 && state < COUNT ? NAMES[state] : "unknown-" + state;
    }

    /** Half-open and closing connections may be recycled when the table is full; one-way UDP counts as half-open. */
    public static boolean isRecyclable(int state) {
        return state == UDP_ONE_WAY
                || state == SYN_SENT
                || state == SYN_RECEIVED
                || state == FIN_WAIT
                || state == CLOSED;
    }
}
