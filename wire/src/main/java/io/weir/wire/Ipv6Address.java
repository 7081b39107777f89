package io.weir.wire;

/**
 * An IPv6 address.
 *
 * @param high the first 64 bits, first octet highest
 * @param low the last 64 bits
 */
public record Ipv6Address(long high, long low) implements IpAddress {}
