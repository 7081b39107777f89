package io.weir.switching.engine;

/** Stub. */
public final class PollLoop {}
