package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network application on the switching processors.
 *
 * @param name unique name
 * @param type that a provider has
 * @param jar where the provider is; null: among those that are shipped
 * @param listen the packets that are its own
 * @param budget wall-clock time it may take for a batch before it is suspected
 * @param fallback what becomes of its packets when it is stopped
 * @param settings of its own: a tree of {@link String}, {@link List} and {@link Map} with texts as keys
 * @param places where all this stands in the file
 */
public record ApplicationConfiguration(
        String name,
        String type,
        @Nullable Path jar,
        List<Listen> listen,
        Duration budget,
        Fallback fallback,
        Map<String, Object> settings,
        Places places) {
    /** Applications of a node. */
    public static final int MOST = 16;

    public static final Duration DEFAULT_BUDGET = Duration.ofNanos(500_000);

    public ApplicationConfiguration {
        listen = List.copyOf(listen);
        // keeps their order
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** Its claims, one for each address and protocol, in the order of the file. */
    public List<Claim> claims() {
        return listen.stream().flatMap(each -> each.claims().stream()).toList();
    }

    /** Whether both are the same wherever they stand in the file. */
    public boolean isSameAs(ApplicationConfiguration other) {
        return equals(new ApplicationConfiguration(
                other.name, other.type, other.jar, other.listen, other.budget, other.fallback, other.settings, places));
    }

    /**
     * Addresses and ports.
     *
     * @param addresses one or more of either family
     * @param transport protocols
     * @param leastPort 1..65535
     * @param greatestPort likewise
     */
    public record Listen(List<IpAddress> addresses, Transport transport, int leastPort, int greatestPort) {
        public Listen {
            addresses = List.copyOf(addresses);
        }

        List<Claim> claims() {
            List<Claim> claims = new ArrayList<>();
            for (IpAddress address : addresses) {
                for (ServiceConfiguration.Protocol protocol : transport.protocols()) {
                    claims.add(new Claim(address, protocol, leastPort, greatestPort));
                }
            }
            return claims;
        }
    }

    /** Protocols of the transport layer. */
    public enum Transport {
        TCP,
        UDP,
        BOTH;

        public List<ServiceConfiguration.Protocol> protocols() {
            return switch (this) {
                case TCP -> List.of(ServiceConfiguration.Protocol.TCP);
                case UDP -> List.of(ServiceConfiguration.Protocol.UDP);
                case BOTH -> List.of(ServiceConfiguration.Protocol.TCP, ServiceConfiguration.Protocol.UDP);
            };
        }
    }

    /** Packets that are an application's: to an address, with a protocol and ports within limits. */
    public record Claim(IpAddress address, ServiceConfiguration.Protocol protocol, int leastPort, int greatestPort) {
        /** Whether some packet is both claims'. */
        boolean meets(Claim other) {
            return address.equals(other.address)
                    && protocol == other.protocol
                    && leastPort <= other.greatestPort
                    && other.leastPort <= greatestPort;
        }

        boolean hasPort(int port) {
            return port >= leastPort && port <= greatestPort;
        }
    }

    /** What becomes of the packets of an application that was stopped. */
    public enum Fallback {
        /** They are dropped. */
        DROP,
        /** TCP is answered with resets, UDP is dropped. */
        RESET
    }

    /**
     * Where keys stand in the file.
     *
     * @param file as it was named
     * @param of key, or path of a setting behind {@code settings.}, to its place; the application itself is {@code ""}
     */
    public record Places(String file, Map<String, Place> of) {
        /** Of a configuration that is from no file. */
        public static final Places NONE = new Places("", Map.of());

        public Places {
            of = Map.copyOf(of);
        }

        /** The place of a key, or the nearest that is known around it. */
        public Place at(String key) {
            String path = key;
            while (!path.isEmpty() && !of.containsKey(path)) {
                path = path.substring(0, Math.max(0, path.lastIndexOf('.')));
            }
            return of.getOrDefault(path, Place.UNKNOWN);
        }
    }

    /** Line and column, from 1; 0 when it is not known. */
    public record Place(int line, int column) {
        static final Place UNKNOWN = new Place(0, 0);
    }

    /**
     * A problem at one of its keys.
     *
     * @param key as in {@link Places}
     */
    public ConfigurationException.Problem problem(String key, String message, String fix) {
        Place place = places.at(key);
        return new ConfigurationException.Problem(
                places.file(), place.line(), place.column(), "application " + name + ": " + message, fix);
    }
}
