package io.weir.wire;

/** Stub. */
public final class Checksum {}
