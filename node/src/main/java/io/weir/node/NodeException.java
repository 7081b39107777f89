package io.weir.node;

/** A command cannot go on; the message is for the person who gave it. */
final class NodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    NodeException(int exitStatus, String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    int exitStatus() {
        return exitStatus;
    }
}
