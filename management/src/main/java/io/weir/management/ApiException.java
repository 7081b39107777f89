package io.weir.management;

import org.jspecify.annotations.Nullable;

/** A request that is answered with an error; carries what the answer says. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable String field;

    ApiException(int status, String message) {
        this(status, message, null);
    }

    /**
     * An error.
     *
     * @param field the field or query parameter that is wrong
     */
    ApiException(int status, String message, @Nullable String field) {
        super(message, null, false, false);
        this.status = status;
        this.field = field;
    }

    int status() {
        return status;
    }

    @Nullable
    String field() {
        return field;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    static ApiException of(ManagedNode.RefusedException refused) {
        int status = switch (refused.kind()) {
            case INVALID -> 400;
            case UNKNOWN -> 404;
            case CONFLICT -> 409;
            case LIMITED -> 429;
        };
        String message = refused.getMessage();
        return new ApiException(status, message == null ? "refused" : message);
    }
}
