package io.weir.memory.routing;

/**
 * A route: where packets to a prefix leave. Addresses are raw: the bytes of the packet loaded little-endian; an IPv4
 * address stands in the low 32 bits of the first number.
 *
 * @param ipv6 the family
 * @param prefix0 the first eight bytes of the prefix (IPv4: all four)
 * @param prefix1 the last eight bytes (IPv4: 0)
 * @param prefixLength bits that count, 0..32 or 0..128
 * @param interfaceId the interface packets leave by, 1..255
 * @param onLink true when destinations are on the link: the next hop is the destination itself
 * @param gateway0 next hop, like the prefix; 0 when on-link
 * @param gateway1 next hop, like the prefix; 0 when on-link
 * @param metric of two routes to the same prefix the one with the smaller metric counts
 */
public record Route(
        boolean ipv6,
        long prefix0,
        long prefix1,
        int prefixLength,
        int interfaceId,
        boolean onLink,
        long gateway0,
        long gateway1,
        int metric) {
    public Route {
        if (prefixLength < 0 || prefixLength > (ipv6 ? 128 : 32)) {
            throw new IllegalArgumentException("prefix length: " + prefixLength + " is not in 0.." + (ipv6 ? 128 : 32));
        }
        if (interfaceId < 1 || interfaceId > 255) {
            throw new IllegalArgumentException("interface of a route: " + interfaceId + " is not in 1..255");
        }
        if (!ipv6 && ((prefix0 >>> 32) | prefix1 | (gateway0 >>> 32) | gateway1) != 0) {
            throw new IllegalArgumentException("an IPv4 route has addresses of more than 32 bits");
        }
    }

    /** Destinations on an IPv4 network of the interface itself. */
    public static Route onLink4(int prefix, int prefixLength, int interfaceId) {
        return new Route(false, prefix & 0xffff_ffffL, 0, prefixLength, interfaceId, true, 0, 0, 0);
    }

    public static Route via4(int prefix, int prefixLength, int interfaceId, int gateway) {
        return new Route(
                false, prefix & 0xffff_ffffL, 0, prefixLength, interfaceId, false, gateway & 0xffff_ffffL, 0, 0);
    }

    /** Destinations on an IPv6 network of the interface itself. */
    public static Route onLink6(long prefix0, long prefix1, int prefixLength, int interfaceId) {
        return new Route(true, prefix0, prefix1, prefixLength, interfaceId, true, 0, 0, 0);
    }

    public static Route via6(
            long prefix0, long prefix1, int prefixLength, int interfaceId, long gateway0, long gateway1) {
        return new Route(true, prefix0, prefix1, prefixLength, interfaceId, false, gateway0, gateway1, 0);
    }

    /** The k-th octet of the prefix, from 0. */
    int octet(int k) {
        return (int) ((k < 8 ? prefix0 >>> (8 * k) : prefix1 >>> (8 * (k - 8))) & 0xff);
    }
}
