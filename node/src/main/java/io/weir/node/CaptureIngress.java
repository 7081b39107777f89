package io.weir.node;

import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.RouteConfiguration;
import io.weir.port.pcap.PcapReader;
import io.weir.wire.ArpView;
import io.weir.wire.EtherType;
import io.weir.wire.EthernetView;
import io.weir.wire.IpAddress;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv4View;
import io.weir.wire.Ipv6Address;
import io.weir.wire.Ipv6View;
import io.weir.wire.MacAddress;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** By which interface the packets of a capture come in, and which link-layer addresses the interfaces have in it. */
final class CaptureIngress {
    /** Locally administered; the interface's id is added. */
    private static final long MADE_UP = 0x0200_0000_0000L;

    private final NodeConfiguration configuration;
    private final int fixed;
    private final long[] linkAddresses;

    private CaptureIngress(NodeConfiguration configuration, int fixed) {
        this.configuration = configuration;
        this.fixed = fixed;
        this.linkAddresses = new long[configuration.interfaces().size() + 1];
    }

    /**
     * Reads a capture.
     *
     * @param interfaceName the interface of all packets; null decides by their sources
     */
    static CaptureIngress learn(NodeConfiguration configuration, Path capture, @Nullable String interfaceName)
            throws IOException {
        CaptureIngress ingress = new CaptureIngress(configuration, id(configuration, interfaceName));
        Map<Integer, Map<Long, Integer>> destinations = new HashMap<>();
        try (PcapReader reader = PcapReader.open(capture)) {
            EthernetView ethernet = new EthernetView();
            while (reader.next()) {
                byte[] frame = reader.bytes();
                if (ethernet.wrap(MemorySegment.ofArray(frame), 0, frame.length).isValid()
                        && !MacAddress.isMulticast(ethernet.destination())) {
                    destinations
                            .computeIfAbsent(ingress.of(frame), k -> new HashMap<>())
                            .merge(ethernet.destination(), 1, Integer::sum);
                }
            }
        }
        for (int id = 1; id < ingress.linkAddresses.length; id++) {
            MacAddress given = configuration.interfaces().get(id - 1).linkAddress();
            ingress.linkAddresses[id] = given != null
                    ? given.bits()
                    : destinations.getOrDefault(id, Map.of()).entrySet().stream()
                            // The same winner every time: most frames, then the smallest address.
                            .max(Map.Entry.<Long, Integer>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                            .map(Map.Entry::getKey)
                            .orElse(MADE_UP + id);
        }
        return ingress;
    }

    private static int id(NodeConfiguration configuration, @Nullable String name) {
        if (name == null) {
            return 0;
        }
        for (int i = 0; i < configuration.interfaces().size(); i++) {
            if (configuration.interfaces().get(i).name().equals(name)) {
                return i + 1;
            }
        }
        throw new NodeException(
                ExitStatus.REFUSED, "--interface: '" + name + "' is no interface of node " + configuration.name());
    }

    /** Link-layer addresses by interface id. */
    long[] linkAddresses() {
        return linkAddresses;
    }

    /** The interface a frame comes in by: the one with its source's network, or of the route there, or the first. */
    int of(byte[] frame) {
        if (fixed != 0) {
            return fixed;
        }
        IpAddress source = source(frame);
        if (source == null) {
            return 1;
        }
        int face = Replay.faceOf(configuration, source);
        if (face != 0) {
            return face;
        }
        return configuration.routes().stream()
                .filter(r -> r.destination().contains(source))
                .max(Comparator.comparingInt(r -> r.destination().length()))
                .map(this::faceOf)
                .orElse(1);
    }

    private int faceOf(RouteConfiguration route) {
        int face = route.interfaceName() != null
                ? id(configuration, route.interfaceName())
                : route.gateway() != null ? Replay.faceOf(configuration, route.gateway()) : 1;
        return face == 0 ? 1 : face;
    }

    private static @Nullable IpAddress source(byte[] frame) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        EthernetView ethernet = new EthernetView().wrap(memory, 0, frame.length);
        if (!ethernet.isValid()) {
            return null;
        }
        int offset = EthernetView.HEADER_LENGTH;
        int length = frame.length - offset;
        int type = ethernet.etherType();
        if (type == EtherType.IPV4 && length >= Ipv4View.HEADER_LENGTH) {
            return new Ipv4Address(new Ipv4View().wrap(memory, offset, length).source());
        }
        if (type == EtherType.IPV6 && length >= Ipv6View.HEADER_LENGTH) {
            Ipv6View ip = new Ipv6View().wrap(memory, offset, length);
            return new Ipv6Address(ip.sourceHigh(), ip.sourceLow());
        }
        ArpView arp = new ArpView().wrap(memory, offset, length);
        if (type == EtherType.ARP && arp.isValid()) {
            return new Ipv4Address(arp.senderAddress());
        }
        return null;
    }
}
