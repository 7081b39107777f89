package io.weir.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Random valid headers and frames from a seed: every field over its whole range, edges more often than chance has them. */
final class RandomHeaders {
    private final Random random;

    RandomHeaders(Random random) {
        this.random = random;
    }

    int bits(int count) {
        int mask = (int) ((1L << count) - 1);
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> mask;
            default -> random.nextInt() & mask;
        };
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    MacAddress mac() {
        return new MacAddress(random.nextLong() >>> 16);
    }

    Ipv4Address ipv4Address() {
        return new Ipv4Address(bits(32));
    }

    Ipv6Address ipv6Address() {
        return new Ipv6Address(random.nextLong(), random.nextInt(4) == 0 ? bits(16) : random.nextLong());
    }

    Ethernet ethernet() {
        return new Ethernet(mac(), mac(), bits(16));
    }

    Vlan vlan() {
        return new Vlan(bits(3), random.nextBoolean(), bits(12), bits(16));
    }

    Arp arp() {
        return new Arp(1 + random.nextInt(2), mac(), ipv4Address(), mac(), ipv4Address());
    }

    /** Options that are well-formed: a router alert (RFC 2113) between no-operations. */
    Ipv4 ipv4(int protocol, int payloadLength) {
        Octets options = switch (random.nextInt(4)) {
            case 0 -> Octets.ofHex("94040000");
            case 1 -> Octets.ofHex("0101010194040000");
            default -> Octets.NONE;
        };
        return new Ipv4(
                bits(8),
                bits(16),
                random.nextBoolean(),
                false,
                0,
                bits(8),
                protocol,
                ipv4Address(),
                ipv4Address(),
                options,
                payloadLength);
    }

    Ipv6 ipv6(int nextHeader, int payloadLength) {
        return new Ipv6(bits(8), bits(20), payloadLength, nextHeader, bits(8), ipv6Address(), ipv6Address());
    }

    Ipv6Fragment ipv6Fragment() {
        return new Ipv6Fragment(bits(8), bits(13) << 3, random.nextBoolean(), bits(32));
    }

    Ipv6Routing ipv6Routing() {
        return new Ipv6Routing(bits(8), 1 + random.nextInt(255), bits(8), Octets.of(bytes(4 + 8 * random.nextInt(4))));
    }

    Ipv6OptionsHeader ipv6Options() {
        return new Ipv6OptionsHeader(bits(8), Octets.of(bytes(6 + 8 * random.nextInt(4))));
    }

    Tcp tcp() {
        List<TcpOption> options = new ArrayList<>();
        if (random.nextBoolean()) {
            options.add(new TcpOption.MaximumSegmentSize(bits(16)));
        }
        if (random.nextBoolean()) {
            options.add(new TcpOption.WindowScale(random.nextInt(15)));
        }
        if (random.nextBoolean()) {
            options.add(new TcpOption.SackPermitted());
        }
        if (random.nextBoolean()) {
            options.add(new TcpOption.Timestamps(bits(32), bits(32)));
        }
        return new Tcp(bits(16), bits(16), bits(32), bits(32), bits(9), bits(16), bits(16), Octets.NONE)
                .withOptions(options.toArray(TcpOption[]::new));
    }

    Udp udp() {
        return new Udp(bits(16), bits(16), random.nextInt(65_528));
    }

    Icmp icmp() {
        return Icmp.echo(random.nextBoolean() ? IcmpView.ECHO_REQUEST : IcmpView.ECHO_REPLY, bits(16), bits(16));
    }

    Icmpv6 icmpv6() {
        return Icmpv6.echo(random.nextBoolean() ? Icmpv6View.ECHO_REQUEST : Icmpv6View.ECHO_REPLY, bits(16), bits(16));
    }

    Ndp ndp() {
        Optional<MacAddress> mac = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(mac());
        return switch (random.nextInt(2)) {
            case 0 -> new Ndp.NeighbourSolicitation(ipv6Address(), mac);
            default ->
                new Ndp.NeighbourAdvertisement(
                        random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), ipv6Address(), mac);
        };
    }

    /** A whole frame: every protocol, tags and extension headers now and then, up to 200 bytes of payload. */
    byte[] frame() {
        FrameBuilder builder = FrameBuilder.ethernet(mac(), mac());
        if (random.nextInt(4) == 0) {
            builder.vlan(vlan());
        }
        if (random.nextInt(12) == 0) {
            return builder.arp(arp()).build();
        }
        boolean version4 = random.nextBoolean();
        if (version4) {
            builder.ipv4(ipv4(0, 0));
        } else {
            builder.ipv6(ipv6(0, 0));
            if (random.nextInt(4) == 0) {
                builder.hopByHop(Octets.ofHex("050200000100"));
            }
            if (random.nextInt(4) == 0) {
                builder.destinationOptions(Octets.ofHex("010400000000"));
            }
        }
        int kind = random.nextInt(version4 ? 5 : 6);
        switch (kind) {
            case 0, 1 -> builder.tcp(tcp());
            case 2, 3 -> builder.udp(bits(16), bits(16));
            case 4 -> {
                if (version4) {
                    builder.icmp(icmp());
                } else {
                    builder.icmpv6(icmpv6());
                }
            }
            default -> {
                return builder.ndp(ndp()).build();
            }
        }
        return builder.payload(bytes(random.nextInt(200))).build();
    }
}
