package io.weir.memory.counters;

/**
 * Why a packet was dropped: every dropped packet has exactly one reason and is counted once, in the block of the
 * processor that dropped it and for the interface it came in by. The ordinal is the index in the counters region, so new
 * reasons go to the end. Reasons that end in a TCP reset count the packet that was answered.
 */
public enum DropReason {
    FRAME_TOO_SHORT("shorter than its Ethernet header"),
    FRAME_TRUNCATED("the receive buffer, or what was left of it, was smaller than the frame"),
    FRAME_TOO_LONG("longer than the buffer or the MTU of the interface it would leave by"),
    NOT_FOR_US("unicast to another station's link-layer address"),
    VLAN_UNSUPPORTED("802.1Q tag on an interface without that VLAN"),
    ETHERTYPE_UNSUPPORTED("neither IPv4, IPv6 nor ARP"),
    IPV4_HEADER_INVALID("IPv4 version, header length or total length impossible"),
    IPV4_CHECKSUM_WRONG("IPv4 header checksum wrong"),
    IPV4_OPTIONS_REFUSED("IPv4 source route or malformed option"),
    IPV6_HEADER_INVALID("IPv6 version or payload length impossible"),
    IPV6_EXTENSIONS_INVALID("IPv6 extension header chain malformed, too long or refused"),
    SOURCE_ADDRESS_INVALID("source is multicast, broadcast, loopback, unspecified or one of our own (land attack)"),
    DESTINATION_ADDRESS_INVALID("destination is multicast, broadcast, loopback or unspecified and not ours to answer"),
    FRAGMENT_UNSUPPORTED("fragment of a packet to a service or own address"),
    TCP_HEADER_INVALID("TCP header length impossible or truncated"),
    TCP_FLAGS_INVALID("impossible flags (none, SYN+FIN, SYN+RST)"),
    UDP_HEADER_INVALID("UDP length impossible or truncated"),
    ICMP_INVALID("ICMP or ICMPv6 message truncated, or its checksum wrong"),
    TRANSPORT_CHECKSUM_WRONG("TCP or UDP checksum wrong on a packet that would create or end state"),
    PROTOCOL_UNSUPPORTED("transport protocol to an own or service address that nothing serves"),
    PORT_ZERO("TCP or UDP port 0"),
    SERVICE_UNKNOWN_RESET("TCP to an own or service address without a service there; answered with a reset"),
    SERVICE_UNKNOWN("UDP to an own or service address without a service there"),
    CONNECTION_UNKNOWN_RESET("TCP mid-stream without an entry; answered with a reset"),
    CONNECTION_UNKNOWN("TCP reset or mid-stream packet without an entry; never answered"),
    RESET_RATE_LIMITED("would have been answered with a reset but the limit per second was reached"),
    ECHO_RATE_LIMITED("echo request over the limit per second"),
    NO_SERVER("the service has no server that takes new connections"),
    CONNECTION_TABLE_FULL("no record for a new connection; established ones are never evicted"),
    TUPLE_CONFLICT("another live connection already uses the translated addresses and ports"),
    CONNECTION_BUSY("the record was being rewritten by another processor"),
    NO_ROUTE("no route to the destination"),
    TTL_EXPIRED("time to live or hop limit exhausted"),
    FORWARDING_DISABLED("not for a service and forwarding is off"),
    NEIGHBOUR_QUEUE_FULL("too many packets wait for the next hop's link-layer address"),
    NEIGHBOUR_UNRESOLVED("the next hop did not answer ARP or neighbour solicitations"),
    ARP_INVALID("ARP message malformed, spoofing one of our addresses, or not to be answered"),
    NDP_INVALID("neighbour discovery message malformed, hop limit not 255, or spoofing one of our addresses"),
    CONTROL_MESSAGE_CONSUMED("ARP, NDP or other control message processed to its end; not an error"),
    ICMP_UNHANDLED("ICMP or ICMPv6 message of a kind that is not handled"),
    TRANSMIT_RING_FULL("the transmit ring or socket buffer of the egress interface was full"),
    TRANSMIT_FAILED("the kernel refused the frame"),
    INTERFACE_DOWN("the egress interface is down or gone"),
    NO_BUFFER("no free packet buffer"),
    FAULT_INJECTED("removed on purpose by a fault-injecting port"),
    INTERNAL_ERROR("a defect of weir itself: the frame was dropped and the batch went on"),
    HEADERS_SPLIT("the headers of a frame in several buffers do not all lie in the first"),
    SPREAD_RING_FULL("the switching processor that its flow belongs to did not keep up"),
    CONTROL_RATE_LIMITED("for the control processor's own sockets, over the limit per second"),
    CONTROL_SOURCE_INVALID("from the control interface with a source that is not an own address"),
    CONTROL_DESTINATION_REFUSED("from the control interface to an own or service address"),
    APPLICATION_CONSUMED("taken by a network application and needed no answer; not an error"),
    APPLICATION_DROPPED("dropped by a network application for a reason of its own, which `weir applications` names"),
    APPLICATION_STOPPED("for a network application that was stopped, or that this processor does not have"),
    APPLICATION_SOURCE_INVALID("from a network application with a source that is not an address of ours"),
    APPLICATION_DESTINATION_REFUSED("from a network application to an own or service address, or to no single station"),
    HOST_RATE_LIMITED("to a host address, over the limit per second"),
    HOST_SOURCE_LIMITED("to a host address, over the limit per second and source"),
    HOST_CONGESTED("for the host, which does not keep up; reserved packets go on"),
    HOST_SOURCE_INVALID("from the host with a source that is not a host address"),
    SERVER_IS_CLIENT("the server chosen is the client itself, whose system would refuse its own address as a source");

    private final String description;

    DropReason(String description) {
        this.description = description;
    }

    /** One line for people, used by the CLI and the generated reference. */
    public String description() {
        return description;
    }

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The name as it is shown and documented, such as {@code no-route}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
