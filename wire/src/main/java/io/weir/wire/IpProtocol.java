package io.weir.wire;

/** Numbers of the IPv4 protocol and IPv6 next header fields (IANA "Protocol Numbers"). */
public final class IpProtocol {
    /** IPv6 hop-by-hop options (RFC 8200 §4.3). */
    public static final int HOP_BY_HOP = 0;

    /** RFC 792. */
    public static final int ICMP = 1;

    /** RFC 2003. */
    public static final int IPV4 = 4;

    /** RFC 9293. */
    public static final int TCP = 6;

    /** RFC 768. */
    public static final int UDP = 17;

    /** RFC 2473. */
    public static final int IPV6 = 41;

    /** IPv6 routing header (RFC 8200 §4.4). */
    public static final int ROUTING = 43;

    /** IPv6 fragment header (RFC 8200 §4.5). */
    public static final int FRAGMENT = 44;

    /** Encapsulating security payload (RFC 4303): what follows is not readable. */
    public static final int ESP = 50;

    /** Authentication header (RFC 4302). */
    public static final int AUTHENTICATION = 51;

    /** RFC 4443. */
    public static final int ICMPV6 = 58;

    /** Nothing follows (RFC 8200 §4.7). */
    public static final int NO_NEXT_HEADER = 59;

    /** IPv6 destination options (RFC 8200 §4.6). */
    public static final int DESTINATION_OPTIONS = 60;

    private IpProtocol() {}
}
