package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.RawAddress;
import io.weir.wire.Ipv4Address;
import io.weir.wire.Ipv6Address;
import java.net.InetAddress;
import java.util.Locale;

/** Numbers of the shared memory as people read them. */
final class Names {
    private Names() {}

    static String address(RawAddress address) {
        return address.isIpv4()
                ? new Ipv4Address(Integer.reverseBytes(address.raw4())).toString()
                : new Ipv6Address(Long.reverseBytes(address.address0()), Long.reverseBytes(address.address1()))
                        .toString();
    }

    static String address(InetAddress address) {
        return address.getAddress().length == 4
                ? address.getHostAddress()
                : Ipv6Address.ofOctets(address.getAddress()).toString();
    }

    /** The address with a port, brackets around IPv6; without a port when it is 0. */
    static String endpoint(String address, int port) {
        if (port == 0) {
            return address;
        }
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    static String protocol(int number) {
        return switch (number) {
            case 6 -> "tcp";
            case 17 -> "udp";
            default -> String.valueOf(number);
        };
    }

    static String forwarding(int number) {
        return number == ConfigurationReader.DIRECT ? "direct" : "nat";
    }

    static String algorithm(int number) {
        return switch (number) {
            case ConfigurationReader.WEIGHTED_ROUND_ROBIN -> "weighted-round-robin";
            case ConfigurationReader.MAGLEV -> "maglev";
            case ConfigurationReader.SOURCE_HASH -> "source-hash";
            case ConfigurationReader.LEAST_CONNECTIONS -> "least-connections";
            default -> String.valueOf(number);
        };
    }

    static String server(ConfigurationImage configuration, int number) {
        return configuration.servers().stream()
                .filter(s -> s.number() == number)
                .map(ConfigurationImage.Server::name)
                .findFirst()
                .orElse("#" + number);
    }

    static String service(ConfigurationImage configuration, int number) {
        return configuration.services().stream()
                .filter(s -> s.number() == number)
                .map(ConfigurationImage.Service::name)
                .findFirst()
                .orElse("#" + number);
    }

    /** The name of an interface by its id; a dash for 0. The one after the last is the control interface. */
    static String face(ConfigurationImage configuration, int id) {
        if (id == configuration.interfaces().size() + 1) {
            return ControlInterface.NAME;
        }
        return id >= 1 && id <= configuration.interfaces().size()
                ? configuration.interfaces().get(id - 1).name()
                : "-";
    }

    /** Six octets with colons. */
    static String linkAddress(long bits) {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format(Locale.ROOT, shift == 40 ? "%02x" : ":%02x", bits >>> shift & 0xff));
        }
        return text.toString();
    }
}
