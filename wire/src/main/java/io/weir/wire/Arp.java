package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ARP packet for IPv4 over Ethernet; see {@link ArpView}.
 *
 * @param operation {@link ArpView#REQUEST}, {@link ArpView#REPLY} or something else
 * @param senderMac link-layer address of the sender
 * @param senderAddress IPv4 address of the sender
 * @param targetMac link-layer address of the target, zero in a request
 * @param targetAddress IPv4 address of the target
 */
public record Arp(
        int operation, MacAddress senderMac, Ipv4Address senderAddress, MacAddress targetMac, Ipv4Address targetAddress)
        implements HeaderValue {
    public Arp {
        Fields.requireUnsigned("operation", operation, 16);
    }

    /** Who has the target address? */
    public static Arp request(MacAddress senderMac, Ipv4Address senderAddress, Ipv4Address targetAddress) {
        return new Arp(ArpView.REQUEST, senderMac, senderAddress, MacAddress.ZERO, targetAddress);
    }

    /** The answer of the owner of the target address. */
    public Arp reply(MacAddress owner) {
        return new Arp(ArpView.REPLY, owner, targetAddress, senderMac, senderAddress);
    }

    /**
     * Reads a packet.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Arp parse(ArpView view) {
        Fields.valid("ARP packet for IPv4 over Ethernet", view);
        return new Arp(
                view.operation(),
                new MacAddress(view.senderMac()),
                new Ipv4Address(view.senderAddress()),
                new MacAddress(view.targetMac()),
                new Ipv4Address(view.targetAddress()));
    }

    /** Like {@link #parse(ArpView)} for bytes of their own. */
    public static Arp parse(byte[] bytes) {
        return parse(new ArpView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return ArpView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        ArpView view = new ArpView().wrap(memory, offset, headerLength());
        view.initialize();
        view.operation(operation);
        view.senderMac(senderMac.bits());
        view.senderAddress(senderAddress.bits());
        view.targetMac(targetMac.bits());
        view.targetAddress(targetAddress.bits());
        return headerLength();
    }
}
