package io.weir.memory.counters;

/** Counters per processor (and {@link InterfaceCounter} per interface). The ordinal is the index in the region: append only. */
public enum Counter {
    POLLS("duty cycles of the poll loop"),
    IDLE_POLLS("duty cycles that found nothing to do"),
    BATCHES("batches of packets switched"),
    PACKETS_RECEIVED("frames taken from receive queues"),
    PACKETS_TRANSMITTED("frames handed to transmit queues"),
    PACKETS_DROPPED("frames dropped, all reasons"),
    PACKETS_HELD("frames queued while their next hop is resolved"),
    CONNECTIONS_CREATED("connections recorded"),
    CONNECTIONS_CLOSED("connections whose record was removed"),
    CONNECTIONS_RECYCLED("half-open or closing records given up early because the table was full"),
    RESETS_SENT("TCP resets sent"),
    ECHO_REPLIES_SENT("ICMP and ICMPv6 echo replies sent"),
    ARP_REQUESTS_SENT("ARP requests sent"),
    ARP_REPLIES_SENT("ARP replies sent"),
    NEIGHBOUR_SOLICITATIONS_SENT("neighbour solicitations sent"),
    NEIGHBOUR_ADVERTISEMENTS_SENT("neighbour advertisements sent"),
    ANNOUNCEMENTS_SENT("gratuitous ARP and unsolicited neighbour advertisements sent"),
    PACKETS_ROUTED("packets forwarded by the routing table"),
    PACKETS_BALANCED("packets of connections to services, both directions"),
    SWEPT_RECORDS("connection records inspected by the expiry hand"),
    PATHS_RESOLVED("next hops looked up again because routes or neighbours changed"),
    ICMP_ERRORS_SENT("ICMP and ICMPv6 errors sent about packets that could not be forwarded"),
    ICMP_ERRORS_TRANSLATED("ICMP and ICMPv6 errors about translated connections passed on"),
    CONTROL_PACKETS_DELIVERED("packets handed to the control processor's own sockets"),
    APPLICATION_PACKETS_MADE("packets that network applications made themselves"),
    HOST_PACKETS_DELIVERED("packets to host addresses handed to the programs there; balanced ones not counted");

    private final String description;

    Counter(String description) {
        this.description = description;
    }

    public String description() {
        return description;
    }

    /** The index in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the layout: append only
    public int index() {
        return ordinal();
    }

    /** The name as it is shown and documented, such as {@code packets-received}. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
