package io.weir.node;

/** What {@code weir} ends with. */
final class ExitStatus {
    static final int OK = 0;
    /** The command ran and something it promised did not hold. */
    static final int FAILED = 1;
    /** Wrong usage or a bad configuration; nothing was changed. */
    static final int REFUSED = 2;
    /** Something outside is missing: a privilege, a program, a running node. */
    static final int UNAVAILABLE = 3;

    private ExitStatus() {}
}
