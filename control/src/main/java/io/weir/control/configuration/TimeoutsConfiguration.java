package io.weir.control.configuration;

import java.time.Duration;

/** Idle timeouts by state of a connection. */
public record TimeoutsConfiguration(
        Duration established, Duration syn, Duration fin, Duration closed, Duration udp, Duration udpOneWay) {
    /** established 900 s, SYN 60 s, FIN 120 s, closed 10 s, UDP 300 s, one-way UDP 60 s. */
    public static final TimeoutsConfiguration DEFAULTS = new TimeoutsConfiguration(
            Duration.ofSeconds(900),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(300),
            Duration.ofSeconds(60));
}
