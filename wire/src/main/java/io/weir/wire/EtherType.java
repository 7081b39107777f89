package io.weir.wire;

/** Numbers of the EtherType field (IANA "IEEE 802 Numbers"). */
public final class EtherType {
    /** RFC 894. */
    public static final int IPV4 = 0x0800;

    /** RFC 826. */
    public static final int ARP = 0x0806;

    /** An 802.1Q tag follows. */
    public static final int VLAN = 0x8100;

    /** RFC 2464 §3. */
    public static final int IPV6 = 0x86dd;

    /** An 802.1ad service tag follows. */
    public static final int SERVICE_VLAN = 0x88a8;

    /** The smallest number that is a type; below it stands the length of an 802.3 frame (IEEE 802.3 §3.2.6). */
    public static final int FIRST = 0x0600;

    private EtherType() {}
}
