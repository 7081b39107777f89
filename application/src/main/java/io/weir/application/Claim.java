package io.weir.application;

import java.net.InetAddress;

/**
 * Packets that are an application's.
 *
 * @param address their destination
 * @param protocol 6 is TCP, 17 is UDP
 * @param leastPort of their destination ports, 1..65535
 * @param greatestPort likewise
 */
public record Claim(InetAddress address, int protocol, int leastPort, int greatestPort) {
    /** TCP in {@link #protocol}. */
    public static final int TCP = 6;
    /** UDP in {@link #protocol}. */
    public static final int UDP = 17;
}
