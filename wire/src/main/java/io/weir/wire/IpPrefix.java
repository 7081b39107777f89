package io.weir.wire;

/**
 * An address with a prefix length, such as {@code 10.0.0.1/24}. The host bits may be set (an interface's address).
 *
 * @param address the address
 * @param length bits of the network part, 0..32 or 0..128
 */
public record IpPrefix(IpAddress address, int length) {}
