package io.weir.wire;

/**
 * An IPv4 address.
 *
 * @param bits 32 bits, first octet highest
 */
public record Ipv4Address(int bits) implements IpAddress {}
