package io.weir.lab.bench;

import java.util.List;
import java.util.Locale;

/** What is measured at once for one contestant; one row gives one or more {@linkplain Metric metrics}. */
public enum Row {
    SHORT_CONNECTIONS(Traffic.TCP, "wrk, a connection for each request"),
    KEEP_ALIVE(Traffic.TCP, "wrk, many requests on each connection"),
    BULK_1(Traffic.TCP, "iperf3, 1 stream"),
    BULK_8(Traffic.TCP, "iperf3, 8 streams"),
    UDP_LOSSLESS(Traffic.UDP, "UDP frames of 64 bytes, highest rate with less than 0.1 % loss"),
    UDP_OVERLOAD(Traffic.UDP, "UDP frames of 64 bytes, received while flooded"),
    LATENCY(Traffic.UDP, "UDP ping, round trip"),
    FORWARDING(Traffic.ROUTED, "frames of 64 bytes to no service, received while flooded");

    /** What a contestant must be able to carry to take part in a row. */
    public enum Traffic {
        TCP,
        /** UDP to a service. */
        UDP,
        /** UDP to the server's own address. */
        ROUTED
    }

    private final Traffic traffic;
    private final String title;

    Row(Traffic traffic, String title) {
        this.traffic = traffic;
        this.title = title;
    }

    /** The name on the command line, such as {@code keep-alive}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In words. */
    public String title() {
        return title;
    }

    Traffic traffic() {
        return traffic;
    }

    List<Metric> metrics() {
        return List.of(Metric.values()).stream().filter(m -> m.row() == this).toList();
    }
}
