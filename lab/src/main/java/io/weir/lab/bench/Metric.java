package io.weir.lab.bench;

import java.util.Locale;

/** One figure of a {@link Row}: a line of the table. */
enum Metric {
    SHORT_RATE(Row.SHORT_CONNECTIONS, "short connections", "1/s", true),
    SHORT_P50(Row.SHORT_CONNECTIONS, "short connections, p50", "µs", false),
    SHORT_P99(Row.SHORT_CONNECTIONS, "short connections, p99", "µs", false),
    /** Busy time of all CPUs by the requests answered: client, balancer, server and kernel, and whatever else ran. */
    SHORT_CPU_MACHINE(Row.SHORT_CONNECTIONS, "CPU per short connection, whole machine", "µs", false),
    /** Time of the lab's own processes by the requests answered, with the kernel's work on their packets. */
    SHORT_CPU_LAB(Row.SHORT_CONNECTIONS, "CPU per short connection, lab", "µs", false),
    /** The same less that of {@code none} in the same round: what the balancer costs, in whichever process it is spent. */
    SHORT_CPU_ADDED(Row.SHORT_CONNECTIONS, "CPU per short connection, added to none", "µs", false),
    SHORT_CPU_BALANCER(Row.SHORT_CONNECTIONS, "CPU per short connection, balancer's processes", "µs", false),
    KEEP_ALIVE_RATE(Row.KEEP_ALIVE, "keep-alive requests", "1/s", true),
    KEEP_ALIVE_P50(Row.KEEP_ALIVE, "keep-alive requests, p50", "µs", false),
    KEEP_ALIVE_P99(Row.KEEP_ALIVE, "keep-alive requests, p99", "µs", false),
    KEEP_ALIVE_CPU_MACHINE(Row.KEEP_ALIVE, "CPU per keep-alive request, whole machine", "µs", false),
    KEEP_ALIVE_CPU_LAB(Row.KEEP_ALIVE, "CPU per keep-alive request, lab", "µs", false),
    KEEP_ALIVE_CPU_ADDED(Row.KEEP_ALIVE, "CPU per keep-alive request, added to none", "µs", false),
    KEEP_ALIVE_CPU_BALANCER(Row.KEEP_ALIVE, "CPU per keep-alive request, balancer's processes", "µs", false),
    BULK_1_RATE(Row.BULK_1, "iperf3, 1 stream", "Gbit/s", true),
    BULK_8_RATE(Row.BULK_8, "iperf3, 8 streams", "Gbit/s", true),
    UDP_LOSSLESS_RATE(Row.UDP_LOSSLESS, "UDP 64 bytes, lossless", "packets/s", true),
    UDP_OVERLOAD_OFFERED(Row.UDP_OVERLOAD, "UDP 64 bytes, overload, offered", "packets/s", true),
    UDP_OVERLOAD_RATE(Row.UDP_OVERLOAD, "UDP 64 bytes, overload, received", "packets/s", true),
    /** By the frames received: what the sender's floods cost that are lost before the balancer sees them is not in it. */
    UDP_OVERLOAD_CPU_BALANCER(Row.UDP_OVERLOAD, "CPU per frame, overload, balancer's processes", "µs", false),
    LATENCY_P50(Row.LATENCY, "UDP ping, p50", "µs", false),
    LATENCY_P99(Row.LATENCY, "UDP ping, p99", "µs", false),
    LATENCY_P999(Row.LATENCY, "UDP ping, p99.9", "µs", false),
    LATENCY_ADDED_P50(Row.LATENCY, "UDP ping, added to none, p50", "µs", false),
    LATENCY_ADDED_P99(Row.LATENCY, "UDP ping, added to none, p99", "µs", false),
    LATENCY_ADDED_P999(Row.LATENCY, "UDP ping, added to none, p99.9", "µs", false),
    FORWARDING_OFFERED(Row.FORWARDING, "forwarding 64 bytes, overload, offered", "packets/s", true),
    FORWARDING_RATE(Row.FORWARDING, "forwarding 64 bytes, overload, received", "packets/s", true),
    FORWARDING_CPU_BALANCER(Row.FORWARDING, "CPU per frame, forwarding, balancer's processes", "µs", false);

    private final Row row;
    private final String title;
    private final String unit;
    private final boolean higherIsBetter;

    Metric(Row row, String title, String unit, boolean higherIsBetter) {
        this.row = row;
        this.title = title;
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Row row() {
        return row;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** True when ratios of this figure say something: not what was offered, nor differences that may be near 0. */
    boolean hasRatio() {
        return this != UDP_OVERLOAD_OFFERED
                && this != FORWARDING_OFFERED
                && this != LATENCY_ADDED_P50
                && this != LATENCY_ADDED_P99
                && this != LATENCY_ADDED_P999;
    }

    /** The value for people, without its unit. */
    String text(double value) {
        return switch (unit) {
            case "Gbit/s" -> String.format(Locale.ROOT, "%.2f", value);
            case "µs" -> {
                double size = Math.abs(value);
                yield String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 1000 ? "%.1f" : "%,.0f", value);
            }
            default -> String.format(Locale.ROOT, "%,.0f", value);
        };
    }

    /** The metric that this one is the difference of, between a contestant and {@code none}; itself otherwise. */
    Metric base() {
        return switch (this) {
            case SHORT_CPU_ADDED -> SHORT_CPU_LAB;
            case KEEP_ALIVE_CPU_ADDED -> KEEP_ALIVE_CPU_LAB;
            case LATENCY_ADDED_P50 -> LATENCY_P50;
            case LATENCY_ADDED_P99 -> LATENCY_P99;
            case LATENCY_ADDED_P999 -> LATENCY_P999;
            default -> this;
        };
    }
}
