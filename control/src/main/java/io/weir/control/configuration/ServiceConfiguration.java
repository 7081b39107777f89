package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.util.List;

/**
 * A service: addresses, protocol and port that clients use, and the servers behind it.
 *
 * @param name unique name
 * @param addresses virtual addresses, one or more of either family
 * @param protocol transport protocol
 * @param port 1..65535, or 0 for any port
 * @param forwarding how packets reach the server
 * @param algorithm how a server is chosen for a new connection
 * @param members servers of the service
 */
public record ServiceConfiguration(
        String name,
        List<IpAddress> addresses,
        Protocol protocol,
        int port,
        Forwarding forwarding,
        Algorithm algorithm,
        List<Member> members) {
    public ServiceConfiguration {
        addresses = List.copyOf(addresses);
        members = List.copyOf(members);
    }

    /** Transport protocols; the number is that of the IP header. */
    public enum Protocol {
        TCP(6),
        UDP(17);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Ways to a server. */
    public enum Forwarding {
        /** MAC, address and optionally port are rewritten; replies come back through weir. */
        NAT,
        /** Only the MAC is rewritten; the server has the virtual address and answers the client directly. */
        DIRECT
    }

    /** Ways to choose. */
    public enum Algorithm {
        WEIGHTED_ROUND_ROBIN,
        MAGLEV,
        SOURCE_HASH,
        LEAST_CONNECTIONS
    }

    /**
     * A server in a service.
     *
     * @param server the server's name
     * @param weight weight here; 0 drains
     * @param port port towards the server; 0 keeps the packet's
     */
    public record Member(String server, int weight, int port) {}
}
