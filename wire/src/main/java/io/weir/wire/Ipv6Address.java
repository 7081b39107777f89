package io.weir.wire;

import java.util.HexFormat;

/**
 * An IPv6 address. Read in every form of RFC 4291 §2.2, written in the canonical form of RFC 5952.
 *
 * @param high the first 64 bits, first octet highest
 * @param low the last 64 bits
 */
public record Ipv6Address(long high, long low) implements IpAddress {
    /** ::. */
    public static final Ipv6Address UNSPECIFIED = new Ipv6Address(0, 0);

    /** ::1. */
    public static final Ipv6Address LOOPBACK = new Ipv6Address(0, 1);

    /** ff02::1 (RFC 4291 §2.7.1). */
    public static final Ipv6Address ALL_NODES = new Ipv6Address(0xff02_0000_0000_0000L, 1);

    /** ff02::2 (RFC 4291 §2.7.1). */
    public static final Ipv6Address ALL_ROUTERS = new Ipv6Address(0xff02_0000_0000_0000L, 2);

    /** Octets of an address. */
    public static final int LENGTH_BYTES = 16;

    /** The last 64 bits of ::ffff:0:0/96, where IPv4 addresses are mapped (RFC 4291 §2.5.5.2). */
    static final long MAPPED_LOW = 0xffff_0000_0000L;

    private static final int GROUPS = 8;

    /**
     * Reads the full form, {@code ::}, and a dotted IPv4 address in the last 32 bits; no zone.
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    public static Ipv6Address parse(String text) {
        if (text.indexOf('%') >= 0) {
            throw malformed(text, "has a zone, which cannot be used here");
        }
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = text.indexOf(':', at);
            String group = text.substring(at, end < 0 ? text.length() : end);
            if (count == GROUPS) {
                throw malformed(text, "has more than eight groups");
            }
            if (group.indexOf('.') >= 0) {
                if (end >= 0 || count > GROUPS - 2) {
                    throw malformed(text, "has a dotted part that is not its last 32 bits");
                }
                int ipv4 = embedded(text, group);
                groups[count++] = ipv4 >>> 16;
                groups[count++] = ipv4 & 0xffff;
            } else {
                groups[count++] = group(text, group);
            }
            if (end < 0) {
                break;
            }
            at = end + 1;
            if (at < text.length() && text.charAt(at) == ':') {
                if (gap >= 0) {
                    throw malformed(text, "has more than one \"::\"");
                }
                gap = count;
                at++;
            } else if (at == text.length()) {
                throw malformed(text, "ends with a single colon");
            }
        }
        if (gap < 0 && count != GROUPS) {
            throw malformed(text, "has " + count + " groups instead of eight");
        }
        if (gap >= 0 && count == GROUPS) {
            throw malformed(text, "has eight groups and a \"::\" that stands for none");
        }
        return ofGroups(groups, count, gap);
    }

    private static Ipv6Address ofGroups(int[] groups, int count, int gap) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS; i++) {
            int behindGap = i - (GROUPS - count);
            int value = gap < 0 || i < gap ? groups[i] : behindGap >= gap ? groups[behindGap] : 0;
            high = high << 16 | low >>> 48;
            low = low << 16 | value;
        }
        return new Ipv6Address(high, low);
    }

    private static int group(String text, String group) {
        if (group.isEmpty()) {
            throw malformed(text, "has an empty group");
        }
        for (int i = 0; i < group.length(); i++) {
            if (!HexFormat.isHexDigit(group.charAt(i))) {
                throw malformed(text, "has the group \"" + group + "\", which is not hexadecimal");
            }
        }
        if (group.length() > 4) {
            throw malformed(text, "has the group \"" + group + "\" of more than four digits");
        }
        return HexFormat.fromHexDigits(group);
    }

    private static int embedded(String text, String dotted) {
        try {
            return Ipv4Address.parse(dotted).bits();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("IPv6 address \"" + text + "\": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException malformed(String text, String what) {
        return new IllegalArgumentException("IPv6 address \"" + text + "\" " + what);
    }

    /** The address whose bytes two little-endian loads read. */
    public static Ipv6Address ofRaw(long raw0, long raw1) {
        return new Ipv6Address(Long.reverseBytes(raw0), Long.reverseBytes(raw1));
    }

    /**
     * The address in sixteen octets as they stand on the wire.
     *
     * @throws IllegalArgumentException when there are not sixteen
     */
    public static Ipv6Address ofOctets(byte[] octets) {
        if (octets.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("IP address of " + octets.length + " octets instead of 4 or 16");
        }
        long high = 0;
        long low = 0;
        for (byte octet : octets) {
            high = high << 8 | low >>> 56;
            low = low << 8 | (octet & 0xff);
        }
        return new Ipv6Address(high, low);
    }

    /** What a little-endian load of the first eight bytes from a packet gives. */
    public long raw0() {
        return Long.reverseBytes(high);
    }

    /** What a little-endian load of the last eight bytes from a packet gives. */
    public long raw1() {
        return Long.reverseBytes(low);
    }

    @Override
    public int lengthBits() {
        return 128;
    }

    @Override
    public byte[] octets() {
        byte[] octets = new byte[LENGTH_BYTES];
        for (int i = 0; i < 8; i++) {
            octets[i] = (byte) (high >>> (56 - 8 * i));
            octets[8 + i] = (byte) (low >>> (56 - 8 * i));
        }
        return octets;
    }

    @Override
    public boolean isMulticast() {
        return high >>> 56 == 0xff;
    }

    @Override
    public boolean isLoopback() {
        return high == 0 && low == 1;
    }

    @Override
    public boolean isUnspecified() {
        return (high | low) == 0;
    }

    @Override
    public boolean isLinkLocal() {
        return high >>> 54 == 0xfe80 >>> 6;
    }

    /** In ::ffff:0:0/96. */
    public boolean isMapped() {
        return high == 0 && low >>> 32 == MAPPED_LOW >>> 32;
    }

    @Override
    public Ipv6Address mapped() {
        return this;
    }

    @Override
    public IpAddress unmapped() {
        return isMapped() ? new Ipv4Address((int) low) : this;
    }

    /** The group that a neighbour solicitation for this address is sent to, ff02::1:ffxx:xxxx (RFC 4291 §2.7.1). */
    public Ipv6Address solicitedNode() {
        return new Ipv6Address(0xff02_0000_0000_0000L, 0x1_ff00_0000L | (low & 0xff_ffffL));
    }

    @Override
    public MacAddress multicastMac() {
        return new MacAddress(0x3333_0000_0000L | (low & 0xffff_ffffL));
    }

    private int group(int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    @Override
    public String toString() {
        if (isMapped()) {
            // RFC 5952 §5: the prefix is well known, so the dotted form is the one to use.
            return "::ffff:" + new Ipv4Address((int) low);
        }
        // RFC 5952 §4.2: the longest run of two or more zero groups, the first of several, becomes "::".
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }
}
