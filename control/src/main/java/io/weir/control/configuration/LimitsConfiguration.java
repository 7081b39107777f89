package io.weir.control.configuration;

/**
 * Bounds on what strangers can make weir do.
 *
 * @param resetsPerSecond TCP resets sent per second and processor
 * @param echoesPerSecond echo replies sent per second and processor
 * @param pendingPackets packets that may wait for next hops, per processor
 * @param forwarding whether packets that are not for a service are forwarded between networks
 */
public record LimitsConfiguration(int resetsPerSecond, int echoesPerSecond, int pendingPackets, boolean forwarding) {
    public static final LimitsConfiguration DEFAULTS = new LimitsConfiguration(1000, 1000, 256, true);
}
