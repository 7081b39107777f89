package io.weir.agent.http;

import java.nio.charset.StandardCharsets;

/**
 * The answer to a request.
 *
 * @param status such as 200
 * @param body what the server sent after its headers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HttpAnswer(int status, byte[] body) {
    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
