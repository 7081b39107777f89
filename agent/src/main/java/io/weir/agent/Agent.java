package io.weir.agent;

/** The load agent's loop. */
public final class Agent {
    private Agent() {}
}
