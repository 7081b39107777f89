package io.weir.wire;

/**
 * An IPv4 address. Text form: dotted decimal.
 *
 * @param bits 32 bits, first octet highest
 */
public record Ipv4Address(int bits) implements IpAddress {
    /** 0.0.0.0. */
    public static final Ipv4Address UNSPECIFIED = new Ipv4Address(0);

    /** 255.255.255.255, every station on the link (RFC 919 §7). */
    public static final Ipv4Address BROADCAST = new Ipv4Address(-1);

    /** Octets of an address. */
    public static final int LENGTH_BYTES = 4;

    /**
     * Reads four decimal numbers 0..255 without leading zeros (some readers take those for octal).
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    public static Ipv4Address parse(String text) {
        int bits = 0;
        int at = 0;
        for (int octet = 0; octet < LENGTH_BYTES; octet++) {
            if (octet > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                throw malformed(text, "is not four decimal numbers separated by dots (10.0.0.1)");
            }
            int first = at;
            int value = 0;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && at - first < 4) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == first) {
                throw malformed(text, "is not four decimal numbers separated by dots (10.0.0.1)");
            }
            if (value > 255) {
                throw malformed(text, "has the octet " + value + ", which is greater than 255");
            }
            if (text.charAt(first) == '0' && at - first > 1) {
                throw malformed(text, "has an octet with a leading zero");
            }
            bits = bits << 8 | value;
        }
        if (at != text.length()) {
            throw malformed(text, "goes on after its fourth octet with \"" + text.substring(at) + "\"");
        }
        return new Ipv4Address(bits);
    }

    private static IllegalArgumentException malformed(String text, String what) {
        return new IllegalArgumentException("IPv4 address \"" + text + "\" " + what);
    }

    /** The address whose bytes a little-endian load read. */
    public static Ipv4Address ofRaw(int raw) {
        return new Ipv4Address(Integer.reverseBytes(raw));
    }

    /**
     * The address in four octets as they stand on the wire.
     *
     * @throws IllegalArgumentException when there are not four
     */
    public static Ipv4Address ofOctets(byte[] octets) {
        if (octets.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("IP address of " + octets.length + " octets instead of 4 or 16");
        }
        return new Ipv4Address(
                octets[0] << 24 | (octets[1] & 0xff) << 16 | (octets[2] & 0xff) << 8 | (octets[3] & 0xff));
    }

    /** What a little-endian load of the address from a packet gives. */
    public int raw() {
        return Integer.reverseBytes(bits);
    }

    @Override
    public int lengthBits() {
        return 32;
    }

    @Override
    public byte[] octets() {
        return new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    }

    @Override
    public boolean isMulticast() {
        return bits >>> 28 == 0xe;
    }

    @Override
    public boolean isLoopback() {
        return bits >>> 24 == 127;
    }

    @Override
    public boolean isUnspecified() {
        return bits == 0;
    }

    @Override
    public boolean isLinkLocal() {
        return bits >>> 16 == 0xa9fe;
    }

    /** 255.255.255.255. */
    public boolean isBroadcast() {
        return bits == -1;
    }

    @Override
    public Ipv6Address mapped() {
        return new Ipv6Address(0, Ipv6Address.MAPPED_LOW | (bits & 0xffff_ffffL));
    }

    @Override
    public IpAddress unmapped() {
        return this;
    }

    @Override
    public MacAddress multicastMac() {
        return new MacAddress(0x0100_5e00_0000L | (bits & 0x7f_ffffL));
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }
}
