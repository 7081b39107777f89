package io.weir.application;

/**
 * The part of an application that runs on the control processor: answers requests of the node's API under {@code
 * /v1/applications/NAME/}. It meets the parts on the switching processors in the shared memory only. Any thread may call it,
 * one at a time.
 */
public interface ApplicationControl extends AutoCloseable {
    /**
     * Answers a request.
     *
     * @param method such as GET, POST or DELETE
     * @param path behind the application's name, without leading slash, such as {@code sessions/7}
     * @param body JSON, or empty
     */
    Answer handle(String method, String path, String body);

    @Override
    default void close() {}

    /**
     * An answer over HTTP.
     *
     * @param status such as 200, 404 or 409
     * @param json the body; of an error an object with {@code error}
     */
    record Answer(int status, String json) {
        /** The usual answer to what is not there. */
        public static Answer notFound() {
            return error(404, "there is no such thing here");
        }

        /** An error in words. */
        public static Answer error(int status, String message) {
            StringBuilder quoted = new StringBuilder("{\"error\":\"");
            for (int i = 0; i < message.length(); i++) {
                char c = message.charAt(i);
                if (c == '"' || c == '\\') {
                    quoted.append('\\').append(c);
                } else if (c < ' ') {
                    quoted.append(String.format("\\u%04x", (int) c));
                } else {
                    quoted.append(c);
                }
            }
            return new Answer(status, quoted.append("\"}").toString());
        }
    }
}
