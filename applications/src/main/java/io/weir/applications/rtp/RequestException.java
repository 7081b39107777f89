package io.weir.applications.rtp;

/** A request cannot be carried out; the message says why. */
final class RequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    RequestException(int status, String message) {
        super(message);
        this.status = status;
        this.reason = message;
    }

    /** 400 is a request that is wrong, 409 one that cannot be carried out now. */
    int status() {
        return status;
    }

    /** The message. */
    String reason() {
        return reason;
    }

    static RequestException wrong(String message) {
        return new RequestException(400, message);
    }
}
