package io.weir.agent.metric;

/** A source cannot tell its metrics this time; the message says why, without the source's name. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
