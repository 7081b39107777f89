package io.weir.agent;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * What an agent does.
 *
 * @param server name of the server in the node's configuration, 1..63 bytes of UTF-8
 * @param receivers where reports go
 * @param interval time between reports
 * @param timeout how long an application or an HTTP receiver may take to answer
 * @param ports local TCP ports at which clients are counted; empty for all that are listened on
 * @param controlGroup path of the control group whose limits hold, below the mount, or {@code self}
 * @param sources applications to ask, in order: of two that have a metric the later is heeded
 */
public record AgentOptions(
        String server,
        List<ReceiverAddress> receivers,
        Duration interval,
        Duration timeout,
        BitSet ports,
        String controlGroup,
        List<SourceOptions> sources) {
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
    public static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(10);

    public AgentOptions {
        receivers = List.copyOf(receivers);
        ports = (BitSet) ports.clone();
        sources = List.copyOf(sources);
    }

    /** A copy. */
    @Override
    public BitSet ports() {
        return (BitSet) ports.clone();
    }
}
