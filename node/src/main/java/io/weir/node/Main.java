package io.weir.node;

/** Stub. */
public final class Main {}
