package io.weir.wire;

/** An IPv4 or IPv6 address as a number; no names, no scopes. */
public sealed interface IpAddress permits Ipv4Address, Ipv6Address {}
