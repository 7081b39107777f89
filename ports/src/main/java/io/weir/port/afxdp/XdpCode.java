package io.weir.port.afxdp;

import static io.weir.linux.BpfAssembler.FRAME;
import static io.weir.linux.BpfAssembler.R0;
import static io.weir.linux.BpfAssembler.R1;
import static io.weir.linux.BpfAssembler.R2;
import static io.weir.linux.BpfAssembler.R3;
import static io.weir.linux.BpfAssembler.R5;
import static io.weir.linux.BpfAssembler.R6;
import static io.weir.linux.BpfAssembler.R7;
import static io.weir.linux.BpfAssembler.R8;
import static io.weir.linux.BpfAssembler.R9;
import static io.weir.linux.BpfAssembler.label;
import static io.weir.linux.BpfAssembler.networkOrder;

import io.weir.linux.Bpf;
import io.weir.linux.BpfAssembler;
import io.weir.linux.BpfAssembler.Label;

/**
 * The instructions of the two XDP programs. Register use in both: R6 context; in the shared one R7 what the table says
 * about the destination address, R8 end of the frame, R9 the header under examination.
 */
final class XdpCode {
    /** enum xdp_action of include/uapi/linux/bpf.h. */
    private static final int XDP_PASS = 2;

    private static final int XDP_REDIRECT = 4;

    /** Offsets in struct xdp_md. */
    private static final int CONTEXT_DATA = 0;

    private static final int CONTEXT_END = 4;
    private static final int CONTEXT_QUEUE = 16;

    private static final int ETHERNET_BYTES = 14;
    private static final int ETHERTYPE_OFFSET = 12;
    private static final int TAG_BYTES = 4;
    private static final int ETHERTYPE_VLAN = networkOrder(0x8100);
    private static final int ETHERTYPE_IPV4 = networkOrder(0x0800);
    private static final int ETHERTYPE_ARP = networkOrder(0x0806);
    private static final int ETHERTYPE_IPV6 = networkOrder(0x86dd);
    /** Hardware addresses of 6 and protocol addresses of 4 bytes. */
    private static final int ARP_LENGTHS = networkOrder(0x0604);

    private static final int IPV4_BYTES = 20;
    private static final int IPV4_FRAGMENT_MASK = networkOrder(0x3fff);
    private static final int IPV6_BYTES = 40;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int NEIGHBOUR_SOLICITATION = 135;

    /** Keys on the stack, laid out as {@link TrafficSelector} says. */
    private static final int DESTINATION = -24;

    private static final int SOURCE = -48;

    private XdpCode() {}

    /** Every frame to the socket of its queue; frames of a queue without socket are counted and go to the kernel. */
    static long[] exclusive(int sockets, int unclaimed) {
        BpfAssembler code = new BpfAssembler();
        Label pass = label();
        Label taken = label();
        code.move(R6, R1);
        redirect(code, sockets);
        code.jumpIfEqual(R0, XDP_REDIRECT, taken)
                .storeConstant32(FRAME, -4, 0)
                .loadMap(R1, unclaimed)
                .move(R2, FRAME)
                .addConstant(R2, -4)
                .call(Bpf.HELPER_LOOK_UP)
                .jumpIfEqual(R0, 0, pass)
                .moveConstant(R1, 1)
                .atomicAdd64(R0, 0, R1)
                .place(pass)
                .moveConstant(R0, XDP_PASS)
                .place(taken)
                .exit();
        return code.assemble();
    }

    /** What the tables of a {@link TrafficSelector} name to the socket of its queue, the rest to the kernel. */
    static long[] shared(int sockets, int addresses, int services, int servers) {
        BpfAssembler code = new BpfAssembler();
        Label untagged = label();
        Label ipv4 = label();
        Label ipv6 = label();
        Label arp = label();
        Label icmpv6 = label();
        Label ports = label();
        Label onlyAddress = label();
        Label pass = label();
        Label take = label();

        code.move(R6, R1).load32(R9, R6, CONTEXT_DATA).load32(R8, R6, CONTEXT_END);
        require(code, ETHERNET_BYTES, pass);
        code.load16(R5, R9, ETHERTYPE_OFFSET)
                .jumpIfNotEqual(R5, ETHERTYPE_VLAN, untagged)
                .addConstant(R9, TAG_BYTES);
        require(code, ETHERNET_BYTES, pass);
        code.load16(R5, R9, ETHERTYPE_OFFSET)
                .place(untagged)
                .addConstant(R9, ETHERNET_BYTES)
                .jumpIfEqual(R5, ETHERTYPE_IPV4, ipv4)
                .jumpIfEqual(R5, ETHERTYPE_IPV6, ipv6)
                .jumpIfEqual(R5, ETHERTYPE_ARP, arp)
                .jump(pass);

        code.place(ipv4);
        require(code, IPV4_BYTES, pass);
        ipv4Key(code, SOURCE, 12);
        ipv4Key(code, DESTINATION, 16);
        decideByDestination(code, addresses, take);
        // a fragment has no ports or is not the whole packet: the kernel's, as its address is
        code.load16(R5, R9, 6)
                .and(R5, IPV4_FRAGMENT_MASK)
                .jumpIfNotEqual(R5, 0, pass)
                .load8(R5, R9, 9)
                .load8(R1, R9, 0)
                .and(R1, 0xf)
                .shiftLeft(R1, 2)
                .jumpIfLess(R1, IPV4_BYTES, pass)
                .addRegister(R9, R1)
                .jump(ports);

        // extension headers are not followed: packets with any are taken by address only
        code.place(ipv6);
        require(code, IPV6_BYTES, pass);
        ipv6Key(code, SOURCE, 8);
        ipv6Key(code, DESTINATION, 24);
        decideByDestination(code, addresses, take);
        code.load8(R5, R9, 6).addConstant(R9, IPV6_BYTES).jumpIfEqual(R5, ICMPV6, icmpv6);

        code.place(ports);
        decideByPorts(code, services, servers, take, pass);

        code.place(icmpv6);
        require(code, 24, pass);
        code.load8(R5, R9, 0).jumpIfNotEqual(R5, NEIGHBOUR_SOLICITATION, pass);
        ipv6Key(code, DESTINATION, 8);
        code.jump(onlyAddress);

        code.place(arp);
        require(code, 28, pass);
        code.load16(R5, R9, 4).jumpIfNotEqual(R5, ARP_LENGTHS, pass);
        ipv4Key(code, DESTINATION, 24);
        code.place(onlyAddress);
        decideByDestination(code, addresses, take);
        code.place(pass).moveConstant(R0, XDP_PASS).exit();

        code.place(take);
        redirect(code, sockets);
        return code.exit().assemble();
    }

    /** R0 becomes XDP_REDIRECT when the queue has a socket, else XDP_PASS. */
    private static void redirect(BpfAssembler code, int sockets) {
        code.load32(R2, R6, CONTEXT_QUEUE)
                .loadMap(R1, sockets)
                .moveConstant(R3, XDP_PASS)
                .call(Bpf.HELPER_REDIRECT_MAP);
    }

    /** Goes on only when the frame has so many bytes from R9 on. */
    private static void require(BpfAssembler code, int bytes, Label tooShort) {
        code.move(R2, R9).addConstant(R2, bytes).jumpIfGreater(R2, R8, tooShort);
    }

    /** Puts the IPv4 address at an offset from R9 into a key, as ::ffff:a.b.c.d. */
    private static void ipv4Key(BpfAssembler code, int key, int offset) {
        code.storeConstant32(FRAME, key, 0)
                .storeConstant32(FRAME, key + 4, 0)
                .storeConstant32(FRAME, key + 8, 0xffff_0000)
                .load32(R1, R9, offset)
                .store32(FRAME, key + 12, R1);
    }

    private static void ipv6Key(BpfAssembler code, int key, int offset) {
        for (int i = 0; i < 16; i += 4) {
            code.load32(R1, R9, offset + i).store32(FRAME, key + i, R1);
        }
    }

    private static void lookUp(BpfAssembler code, int map, int key) {
        code.loadMap(R1, map).move(R2, FRAME).addConstant(R2, key).call(Bpf.HELPER_LOOK_UP);
    }

    /** Takes the frame when the address is weir's alone; otherwise R7 says whose it is, 0 for nobody's here. */
    private static void decideByDestination(BpfAssembler code, int addresses, Label take) {
        Label unknown = label();
        lookUp(code, addresses, DESTINATION);
        code.moveConstant(R7, 0)
                .jumpIfEqual(R0, 0, unknown)
                .load32(R7, R0, 0)
                .jumpIfEqual(R7, TrafficSelector.WEIR, take)
                .place(unknown);
    }

    /** R5 is the protocol, R9 the transport header. */
    private static void decideByPorts(BpfAssembler code, int services, int servers, Label take, Label pass) {
        Label known = label();
        code.jumpIfEqual(R5, TCP, known).jumpIfNotEqual(R5, UDP, pass).place(known);
        require(code, 4, pass);
        portKey(code, SOURCE, 0);
        portKey(code, DESTINATION, 2);
        lookUp(code, services, DESTINATION);
        code.jumpIfNotEqual(R0, 0, take).jumpIfEqual(R7, TrafficSelector.KERNEL, pass);
        lookUp(code, servers, SOURCE);
        code.jumpIfNotEqual(R0, 0, take).jump(pass);
    }

    private static void portKey(BpfAssembler code, int key, int offset) {
        code.storeConstant32(FRAME, key + 16, 0)
                .load16(R1, R9, offset)
                .store16(FRAME, key + 16, R1)
                .store8(FRAME, key + 18, R5);
    }
}
