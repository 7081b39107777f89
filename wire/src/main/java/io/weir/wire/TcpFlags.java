package io.weir.wire;

/** Control bits of a TCP header, as {@link TcpView#flags()} gives them (RFC 9293 §3.1; AE: RFC 9768). */
public final class TcpFlags {
    public static final int FIN = 0x001;
    public static final int SYN = 0x002;
    public static final int RST = 0x004;
    public static final int PSH = 0x008;
    public static final int ACK = 0x010;
    public static final int URG = 0x020;
    public static final int ECE = 0x040;
    public static final int CWR = 0x080;
    public static final int AE = 0x100;

    private static final String[] NAMES = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};

    private TcpFlags() {}

    /** The names of the bits that are set, such as {@code SYN,ACK}; {@code none} without any. */
    public static String names(int flags) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            if ((flags >>> i & 1) != 0) {
                names.append(names.isEmpty() ? "" : ",").append(NAMES[i]);
            }
        }
        return names.isEmpty() ? "none" : names.toString();
    }
}
