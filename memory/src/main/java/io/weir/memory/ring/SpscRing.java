package io.weir.memory.ring;

/** Stub. */
public final class SpscRing {}
