package io.weir.control.configuration;

import io.weir.wire.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a service: a first packet to which all its conditions apply goes to the servers it names. Rules are looked
 * through in order; one none of whose servers takes connections does not apply.
 *
 * @param source networks one of which has the client's address; empty for any
 * @param leastPort lowest destination port, for services of any port
 * @param greatestPort highest destination port
 * @param dscp differentiated services code points (RFC 2474), 0..63; empty for any
 * @param tcpOptions kinds of TCP options all of which the SYN has (RFC 9293 section 3.2); empty for any
 * @param server name of a member of the service; null when {@code tag} is given
 * @param tag members with this tag; null when {@code server} is given
 */
public record RuleConfiguration(
        List<IpPrefix> source,
        int leastPort,
        int greatestPort,
        List<Integer> dscp,
        List<Integer> tcpOptions,
        @Nullable String server,
        @Nullable String tag) {
    public RuleConfiguration {
        source = List.copyOf(source);
        dscp = List.copyOf(dscp);
        tcpOptions = List.copyOf(tcpOptions);
    }
}
