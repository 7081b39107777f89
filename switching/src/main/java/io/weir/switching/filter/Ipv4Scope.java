package io.weir.switching.filter;

/** Kinds of IPv4 addresses by their first octets (RFC 6890); raw numbers, so the first octet is the lowest byte. */
final class Ipv4Scope {
    private Ipv4Scope() {}

    /** An address that one station may have: not 0/8, 127/8 or 224/3 (multicast, reserved, limited broadcast). */
    static boolean isStation(int raw) {
        int first = raw & 0xff;
        return first != 0 && first != 127 && first < 224;
    }

    /** 169.254/16: never forwarded (RFC 3927 §2.7). */
    static boolean isLinkLocal(int raw) {
        return (raw & 0xffff) == 0xfea9;
    }
}
