package io.weir.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Calls everything that views offer over arbitrary bytes, in a native segment of just that size: a view that reads or writes
 * outside, or throws for any other reason, fails its caller. Values that parse must also survive being emitted.
 */
final class ViewProbe {
    private static final int[] FIRST_HEADERS = {
        IpProtocol.HOP_BY_HOP,
        IpProtocol.ROUTING,
        IpProtocol.FRAGMENT,
        IpProtocol.DESTINATION_OPTIONS,
        IpProtocol.AUTHENTICATION,
        IpProtocol.TCP
    };

    private final MemorySegment memory;
    private final int length;
    private final OptionWalk walk = new OptionWalk();

    /** Keeps the results of accessors alive. */
    private long seen;

    private ViewProbe(MemorySegment memory, int length) {
        this.memory = memory;
        this.length = length;
    }

    static long probe(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            // An allocation of its own, so that nothing readable follows in this segment.
            MemorySegment memory = arena.allocate(Math.max(bytes.length, 1)).asSlice(0, bytes.length);
            ViewProbe probe = new ViewProbe(memory, bytes.length);
            for (Runnable part : new Runnable[] {
                probe::link,
                probe::arp,
                probe::ipv4,
                probe::ipv6,
                probe::ipv6Extensions,
                probe::icmp,
                probe::icmpv6,
                probe::ndp,
                probe::tcp,
                probe::udp,
                probe::options
            }) {
                // Setters leave their marks: each part begins with the bytes as they were.
                MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
                part.run();
            }
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            probe.seen += FrameDescription.describe(memory, 0, bytes.length).length();
            probe.seen += FrameDescription.describePacket(bytes).length();
            return probe.seen;
        }
    }

    private void survives(HeaderValue value, HeaderValue again) {
        if (!value.equals(again)) {
            throw new AssertionError(value + " was emitted as " + again);
        }
        seen += value.hashCode();
    }

    private byte[] emitted(HeaderValue value) {
        byte[] all = memory.toArray(ValueLayout.JAVA_BYTE);
        value.emit(MemorySegment.ofArray(all), 0);
        return all;
    }

    private void link() {
        EthernetView ethernet = new EthernetView().wrap(memory, 0, length);
        if (ethernet.isValid()) {
            Ethernet value = Ethernet.parse(ethernet);
            survives(value, Ethernet.parse(emitted(value)));
            seen += ethernet.isTagged() ? 1 : 0;
            ethernet.source(ethernet.destination());
            ethernet.etherType(0);
        }
        VlanView vlan = new VlanView().wrap(memory, 0, length);
        if (vlan.isValid()) {
            Vlan value = Vlan.parse(vlan);
            survives(value, Vlan.parse(emitted(value)));
            vlan.control(7, true, 1);
            vlan.etherType(0);
        }
    }

    private void arp() {
        ArpView view = new ArpView().wrap(memory, 0, length);
        if (!view.isValid()) {
            return;
        }
        Arp value = Arp.parse(view);
        survives(value, Arp.parse(emitted(value)));
        seen += view.rawSenderAddress() + view.rawTargetAddress();
        view.initialize();
        view.operation(ArpView.REPLY);
        view.senderMac(1);
        view.rawSenderAddress(1);
        view.targetMac(1);
        view.rawTargetAddress(1);
    }

    private void ipv4() {
        Ipv4View view = new Ipv4View().wrap(memory, 0, length);
        if (view.isValidTruncated()) {
            seen += view.rawSource() + view.rawDestination() + view.pseudoHeader() + view.payloadLength();
            seen += view.isChecksumCorrect() ? 1 : 0;
            walk(view.options(walk));
        }
        if (!view.isValid()) {
            return;
        }
        if (!view.isValidTruncated()) {
            throw new AssertionError("a whole packet is not valid as truncated");
        }
        Ipv4 value = Ipv4.parse(view);
        survives(value, Ipv4.parse(emitted(value)));
        // All of the payload must be there.
        seen += Checksum.sum(memory, view.payloadOffset(), view.payloadLength());
        view.fillChecksum();
        if (view.timeToLive() > 0) {
            view.decrementTimeToLive();
        }
        if (!view.isChecksumCorrect()) {
            throw new AssertionError("a checksum that was filled is not correct");
        }
        view.trafficClass(1);
        view.identification(1);
        view.fragment(true, true, 8);
        view.protocol(1);
        view.rawSource(1);
        view.rawDestination(1);
    }

    private void ipv6() {
        Ipv6View view = new Ipv6View().wrap(memory, 0, length);
        if (view.isValidTruncated()) {
            extensionWalk(view.extensions(new Ipv6ExtensionWalk()));
        }
        if (!view.isValid()) {
            return;
        }
        Ipv6 value = Ipv6.parse(view);
        survives(value, Ipv6.parse(emitted(value)));
        seen += Checksum.sum(memory, Ipv6View.HEADER_LENGTH, view.payloadLength());
        seen += view.pseudoHeader(view.nextHeader(), view.payloadLength());
        view.trafficClassAndFlowLabel(1, 1);
        view.nextHeader(1);
        view.hopLimit(1);
        view.rawSource(1, 1);
        view.rawDestination(1, 1);
    }

    private void extensionWalk(Ipv6ExtensionWalk extensions) {
        seen += extensions.outcome() + extensions.protocol() + extensions.fragmentOffset();
        if (extensions.headers() > Ipv6ExtensionWalk.MAX_HEADERS) {
            throw new AssertionError(extensions.headers() + " headers were passed");
        }
        seen += Checksum.sum(memory, extensions.transportOffset(), extensions.transportLength());
    }

    private void ipv6Extensions() {
        for (int first : FIRST_HEADERS) {
            extensionWalk(new Ipv6ExtensionWalk().wrap(memory, 0, length, first));
        }
        Ipv6FragmentView fragment = new Ipv6FragmentView().wrap(memory, 0, length);
        if (fragment.isValid()) {
            Ipv6Fragment value = Ipv6Fragment.parse(fragment);
            survives(value, Ipv6Fragment.parse(emitted(value)));
        }
        Ipv6RoutingView routing = new Ipv6RoutingView().wrap(memory, 0, length);
        if (routing.isValid()) {
            Ipv6Routing value = Ipv6Routing.parse(routing);
            survives(value, Ipv6Routing.parse(emitted(value)));
        }
        Ipv6OptionsView options = new Ipv6OptionsView().wrap(memory, 0, length);
        if (options.isValid()) {
            Ipv6OptionsHeader value = Ipv6OptionsHeader.parse(options);
            survives(value, Ipv6OptionsHeader.parse(emitted(value)));
            while (options.next()) {
                seen += options.optionType() + Checksum.sum(memory, options.dataOffset(), options.dataLength());
            }
        }
    }

    private void icmp() {
        IcmpView view = new IcmpView().wrap(memory, 0, length);
        if (view.isValid()) {
            Icmp value = Icmp.parse(view);
            survives(value, Icmp.parse(emitted(value)));
            seen += view.identifier() + view.sequence() + view.nextHopMtu() + view.rawTypeAndCode();
            seen += view.isError() ? 1 : 0;
            view.fillChecksum();
            if (!view.isChecksumCorrect()) {
                throw new AssertionError("a checksum that was filled is not correct");
            }
        }
    }

    private void icmpv6() {
        Icmpv6View view = new Icmpv6View().wrap(memory, 0, length);
        if (view.isValid()) {
            Icmpv6 value = Icmpv6.parse(view);
            survives(value, Icmpv6.parse(emitted(value)));
            seen += view.identifier() + view.sequence() + view.nextHopMtu() + view.rawTypeAndCode();
            seen += view.isError() || view.isNeighbourDiscovery() ? 1 : 0;
            view.fillChecksum(1);
            if (!view.isChecksumCorrect(1)) {
                throw new AssertionError("a checksum that was filled is not correct");
            }
        }
    }

    private void ndp() {
        NdpView view = new NdpView().wrap(memory, 0, length);
        if (view.isValid()) {
            seen += Ndp.parse(view).hashCode() + view.rawTarget0() + view.rawTarget1() + view.checksum();
            for (int option = 0; option < 4; option++) {
                seen += view.linkLayerAddress(option);
            }
            view.type(Icmpv6View.NEIGHBOUR_ADVERTISEMENT);
            view.flags(NdpView.OVERRIDE);
            view.rawTarget(1, 1);
            view.fillChecksum(1);
        }
    }

    private void tcp() {
        TcpView view = new TcpView().wrap(memory, 0, length);
        if (!view.isValid()) {
            return;
        }
        Tcp value = Tcp.parse(view);
        survives(value, Tcp.parse(emitted(value)));
        seen += value.decodedOptions().size();
        seen += view.rawPorts()
                + view.sequenceLength()
                + TcpFlags.names(view.flags()).length();
        seen += Checksum.sum(memory, view.payloadOffset(), view.payloadLength());
        walk(view.options(walk));
        view.fillChecksum(1);
        if (!view.isChecksumCorrect(1)) {
            throw new AssertionError("a checksum that was filled is not correct");
        }
        view.rawPorts(1);
        view.sequence(1);
        view.acknowledgment(1);
        view.window(1);
        view.urgentPointer(1);
        view.headerLengthAndFlags(20, 0);
    }

    private void udp() {
        UdpView view = new UdpView().wrap(memory, 0, length);
        if (view.isValidTruncated()) {
            seen += view.rawPorts() + view.datagramLength() + view.checksum();
            view.rawPorts(1);
        }
        if (view.isValid()) {
            Udp value = Udp.parse(view);
            survives(value, Udp.parse(emitted(value)));
            seen += Checksum.sum(memory, view.payloadOffset(), view.payloadLength());
            view.fillChecksum(1);
            if (!view.isChecksumCorrect(1)) {
                throw new AssertionError("a checksum that was filled is not correct");
            }
        }
    }

    private void options() {
        walk(walk.wrap(memory, 0, length));
    }

    private void walk(OptionWalk options) {
        int steps = 0;
        while (options.next()) {
            seen += options.kind() + Checksum.sum(memory, options.dataOffset(), options.dataLength());
            if (++steps > length) {
                throw new AssertionError("more options than bytes");
            }
        }
    }
}
