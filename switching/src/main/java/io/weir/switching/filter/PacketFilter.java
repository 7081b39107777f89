package io.weir.switching.filter;

/** Stub. */
public final class PacketFilter {}
