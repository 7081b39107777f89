package io.weir.wire;

/** An IPv4 or IPv6 address as a number; no names, no scopes. */
public sealed interface IpAddress permits Ipv4Address, Ipv6Address {

    /**
     * Reads an address of either family; a colon makes it IPv6.
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    static IpAddress parse(String text) {
        return text.indexOf(':') >= 0 ? Ipv6Address.parse(text) : Ipv4Address.parse(text);
    }

    /**
     * The address in 4 or 16 octets as they stand on the wire.
     *
     * @throws IllegalArgumentException for any other number of octets
     */
    static IpAddress ofOctets(byte[] octets) {
        return octets.length == Ipv4Address.LENGTH_BYTES ? Ipv4Address.ofOctets(octets) : Ipv6Address.ofOctets(octets);
    }

    /** 32 or 128. */
    int lengthBits();

    /** The 4 or 16 octets in the order of the wire. */
    byte[] octets();

    /** 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291 §2.7). */
    boolean isMulticast();

    /** 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1. */
    boolean isLoopback();

    /** 0.0.0.0 or ::. */
    boolean isUnspecified();

    /** 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6). */
    boolean isLinkLocal();

    /** This address where both families share a table: IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), IPv6 as it is. */
    Ipv6Address mapped();

    /** The inverse of {@link #mapped()}: the IPv4 address inside an IPv4-mapped one, any other as it is. */
    IpAddress unmapped();

    /** The group link-layer address that multicasts to this address are sent to (RFC 1112 §6.4, RFC 2464 §7). */
    MacAddress multicastMac();
}
