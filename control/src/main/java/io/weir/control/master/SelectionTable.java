package io.weir.control.master;

/** Stub. */
public final class SelectionTable {}
