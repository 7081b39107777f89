package io.weir.wire;

import java.util.HexFormat;

/**
 * A link-layer address of 48 bits (IEEE 802-2014 §8.2). Text form: {@code 02:00:5e:10:00:01}.
 *
 * @param bits 48 bits, first octet highest
 */
public record MacAddress(long bits) {
    /** All ones: every station on the link. */
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    /** All zeros: no address, as in the target of an ARP request. */
    public static final MacAddress ZERO = new MacAddress(0);

    /** Octets of an address. */
    public static final int LENGTH_BYTES = 6;

    private static final long GROUP_BIT = 1L << 40;
    private static final long LOCAL_BIT = 1L << 41;
    private static final HexFormat OCTETS = HexFormat.ofDelimiter(":");

    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("link-layer address has more than 48 bits: 0x" + Long.toHexString(bits));
        }
    }

    /**
     * Reads six pairs of hexadecimal digits separated by colons or by hyphens, in either case.
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    public static MacAddress parse(String text) {
        char separator = text.indexOf('-') >= 0 ? '-' : ':';
        long bits = 0;
        int at = 0;
        for (int octet = 0; octet < LENGTH_BYTES; octet++) {
            if (octet > 0 && (at >= text.length() || text.charAt(at++) != separator)) {
                throw malformed(text);
            }
            for (int digit = 0; digit < 2; digit++) {
                if (at >= text.length() || !HexFormat.isHexDigit(text.charAt(at))) {
                    throw malformed(text);
                }
                bits = bits << 4 | HexFormat.fromHexDigit(text.charAt(at++));
            }
        }
        if (at != text.length()) {
            throw malformed(text);
        }
        return new MacAddress(bits);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "\"" + text + "\" is not a link-layer address of six pairs of hexadecimal digits (02:00:00:00:00:01)");
    }

    /**
     * The address in six octets as they stand on the wire.
     *
     * @throws IllegalArgumentException when there are not six
     */
    public static MacAddress ofOctets(byte[] octets) {
        if (octets.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("link-layer address of " + octets.length + " octets instead of 6");
        }
        long bits = 0;
        for (byte octet : octets) {
            bits = bits << 8 | (octet & 0xff);
        }
        return new MacAddress(bits);
    }

    /** The six octets in the order of the wire. */
    public byte[] octets() {
        byte[] octets = new byte[LENGTH_BYTES];
        for (int i = 0; i < LENGTH_BYTES; i++) {
            octets[i] = (byte) (bits >>> (40 - 8 * i));
        }
        return octets;
    }

    /** A group address, broadcast included. */
    public boolean isMulticast() {
        return isMulticast(bits);
    }

    /** A group address, broadcast included, from its 48 bits. */
    public static boolean isMulticast(long bits) {
        return (bits & GROUP_BIT) != 0;
    }

    /** The address of every station. */
    public boolean isBroadcast() {
        return bits == BROADCAST.bits;
    }

    /** No address at all. */
    public boolean isZero() {
        return bits == 0;
    }

    /** Assigned by an administrator, not by a manufacturer. */
    public boolean isLocal() {
        return (bits & LOCAL_BIT) != 0;
    }

    /** The link-local IPv6 address with the modified EUI-64 of this address as interface identifier (RFC 4291 appendix A). */
    public Ipv6Address linkLocal() {
        long identifier = (bits ^ LOCAL_BIT) >>> 24 << 40 | 0xff_fe00_0000L | (bits & 0xff_ffffL);
        return new Ipv6Address(0xfe80_0000_0000_0000L, identifier);
    }

    @Override
    public String toString() {
        return OCTETS.formatHex(octets());
    }
}
