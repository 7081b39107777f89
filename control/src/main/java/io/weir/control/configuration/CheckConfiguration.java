package io.weir.control.configuration;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A health check. Servers name it; a server is checked once, however many services it is in.
 *
 * @param name unique name
 * @param probe what is asked
 * @param interval from the start of a check to the start of the next
 * @param timeout a check that takes longer has failed; at most the interval
 * @param rise successes in a row that make a server up
 * @param fall failures in a row that make it down
 * @param jitter 0..1: each interval is varied at random by up to this share of it, both ways
 */
public record CheckConfiguration(
        String name, Probe probe, Duration interval, Duration timeout, int rise, int fall, double jitter) {
    /** What a check asks of a server. */
    public sealed interface Probe {}

    /** A TCP handshake. */
    public record TcpProbe(int port) implements Probe {}

    /**
     * A GET request.
     *
     * @param tls whether over TLS
     * @param verify whether the certificate is verified
     * @param path with query
     * @param host Host header and server name indication; null for the server's address
     * @param statuses that are good; empty for 200..399
     * @param body a regular expression that is to be found in the first 64 KiB of the body; null for any
     */
    public record HttpProbe(
            int port,
            boolean tls,
            boolean verify,
            String path,
            @Nullable String host,
            List<Integer> statuses,
            @Nullable String body)
            implements Probe {
        public HttpProbe {
            statuses = List.copyOf(statuses);
        }
    }

    /**
     * A datagram and the answer to it.
     *
     * @param payload UTF-8, with \n, \r, \t, \\ and \xHH
     * @param expect a regular expression that is to be found in the answer; null: an answer of any content
     */
    public record UdpProbe(
            int port, String payload, @Nullable String expect) implements Probe {}

    /** An echo request of ICMP or ICMPv6. */
    public record IcmpProbe() implements Probe {}

    /**
     * A program; exit status 0 is good. It finds the server in the environment: WEIR_SERVER, WEIR_ADDRESS.
     *
     * @param command program and arguments
     */
    public record CommandProbe(List<String> command) implements Probe {
        public CommandProbe {
            command = List.copyOf(command);
        }
    }
}
