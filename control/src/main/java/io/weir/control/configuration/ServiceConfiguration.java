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
 * @param balance how their weights are made
 * @param rules for first packets that call for certain servers
 */
public record ServiceConfiguration(
        String name,
        List<IpAddress> addresses,
        Protocol protocol,
        int port,
        Forwarding forwarding,
        Algorithm algorithm,
        List<Member> members,
        BalanceConfiguration balance,
        List<RuleConfiguration> rules) {
    public ServiceConfiguration {
        addresses = List.copyOf(addresses);
        members = List.copyOf(members);
        rules = List.copyOf(rules);
    }

    /** With static weights and without rules. */
    public ServiceConfiguration(
            String name,
            List<IpAddress> addresses,
            Protocol protocol,
            int port,
            Forwarding forwarding,
            Algorithm algorithm,
            List<Member> members) {
        this(name, addresses, protocol, port, forwarding, algorithm, members, BalanceConfiguration.DEFAULTS, List.of());
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
        LEAST_CONNECTIONS,
        HOT_COLD
    }

    /**
     * A server in a service.
     *
     * @param server the server's name
     * @param weight weight here; 0 drains
     * @param port port towards the server; 0 keeps the packet's
     * @param backup whether it gets connections only when no other member does
     */
    public record Member(String server, int weight, int port, boolean backup) {
        /** No backup. */
        public Member(String server, int weight, int port) {
            this(server, weight, port, false);
        }
    }
}
