package io.weir.switching.scenario;

import java.io.ByteArrayOutputStream;

/** ARP (RFC 826) and neighbour discovery (RFC 4861) messages as bytes. */
final class ControlFrames {
    static final int REQUEST = 1;
    static final int REPLY = 2;
    static final int ROUTER = 0x80;
    static final int SOLICITED = 0x40;
    static final int OVERRIDE = 0x20;

    /** ff02::1 and its link-layer address (RFC 2464 section 7). */
    static final Endpoint ALL_NODES = Endpoint.of("ff02::1", 0x33_33_00_00_00_01L);

    private ControlFrames() {}

    /** An ARP message; the Ethernet source is the sender. */
    static byte[] arp(int operation, Endpoint sender, long targetMac, byte[] target, long destinationMac) {
        return arp(operation, sender, targetMac, target, destinationMac, sender.mac());
    }

    static byte[] arp(
            int operation, Endpoint sender, long targetMac, byte[] target, long destinationMac, long sourceMac) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Packet.number(out, destinationMac, 6);
        Packet.number(out, sourceMac, 6);
        Packet.number(out, 0x0806, 2);
        Packet.number(out, 1, 2); // Ethernet
        Packet.number(out, 0x0800, 2); // IPv4
        Packet.number(out, 0x0604, 2); // address lengths
        Packet.number(out, operation, 2);
        Packet.number(out, sender.mac(), 6);
        out.writeBytes(sender.address());
        Packet.number(out, targetMac, 6);
        out.writeBytes(target);
        return out.toByteArray();
    }

    /** To everyone: who has this address? */
    static byte[] who(Endpoint asker, Endpoint target) {
        return arp(REQUEST, asker, 0, target.address(), Sites.BROADCAST);
    }

    /** To the asker alone: I have. */
    static byte[] reply(Endpoint owner, Endpoint asker) {
        return arp(REPLY, owner, asker.mac(), asker.address(), asker.mac());
    }

    /** RFC 5227 section 2.3: both addresses are the sender's. */
    static byte[] announcement(Endpoint owner) {
        return arp(REQUEST, owner, 0, owner.address(), Sites.BROADCAST);
    }

    /** The solicited-node multicast address (RFC 4291 section 2.7.1) with its link-layer address. */
    static Endpoint solicitedNode(Endpoint target) {
        byte[] address = Endpoint.of("ff02::1:ff00:0", 0).address();
        System.arraycopy(target.address(), 13, address, 13, 3);
        long low = (address[13] & 0xffL) << 16 | (address[14] & 0xffL) << 8 | (address[15] & 0xffL);
        return new Endpoint(address, 0x33_33_ff_00_00_00L | low);
    }

    /** A neighbour solicitation with the asker's link-layer address. */
    static Packet solicitation(Endpoint asker, Endpoint target, Endpoint destination) {
        return neighbour(135, 0, asker, destination, target, 1, asker.mac());
    }

    static Packet solicitation(Endpoint asker, Endpoint target) {
        return solicitation(asker, target, solicitedNode(target));
    }

    /** A neighbour advertisement of the target for itself. */
    static Packet advertisement(Endpoint target, Endpoint destination, int flags) {
        return neighbour(136, flags, target, destination, target, 2, target.mac());
    }

    private static Packet neighbour(
            int type, int flags, Endpoint from, Endpoint to, Endpoint target, int option, long optionMac) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Packet.number(out, (long) flags << 24, 4);
        out.writeBytes(target.address());
        Packet.number(out, option, 1);
        Packet.number(out, 1, 1); // in units of eight octets
        Packet.number(out, optionMac, 6);
        return Packet.ip(from, to, Packet.ICMPV6)
                .type(type, 0)
                .payload(out.toByteArray())
                .ttl(255);
    }

    /** The link-local address made of a link-layer address (RFC 4291 appendix A). */
    static Endpoint linkLocal(long mac) {
        byte[] address = Endpoint.of("fe80::", 0).address();
        long identifier = ((mac >>> 24 ^ 0x02_0000L) << 40) | 0xff_fe00_0000L | (mac & 0xff_ffffL);
        for (int i = 0; i < 8; i++) {
            address[8 + i] = (byte) (identifier >>> (56 - 8 * i));
        }
        return new Endpoint(address, mac);
    }
}
