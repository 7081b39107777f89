package io.weir.application.testing;

/** What an application did with a packet. */
public enum Verb {
    /** Nothing, which a node stops it for. */
    NONE(false),
    REFLECTED(true),
    ANSWERED(true),
    REDIRECTED(true),
    /** It was to be redirected, but had no hops left to live. */
    EXPIRED(false),
    DROPPED(false),
    DAMAGED(false),
    CONSUMED(false);

    /** True when a packet leaves. */
    final boolean leaves;

    Verb(boolean leaves) {
        this.leaves = leaves;
    }
}
