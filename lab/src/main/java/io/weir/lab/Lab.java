package io.weir.lab;

/** Stub. */
public final class Lab {}
