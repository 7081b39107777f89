package io.weir.management;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request.
 *
 * @param body shared with other answers; nobody writes to it
 * @param headers further ones
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    static final String JSON = "application/json";
    static final String YAML = "application/yaml";
    private static final byte[] EMPTY = {};

    static Answer json(byte[] body) {
        return new Answer(200, JSON, body, Map.of());
    }

    static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, body, Map.of());
    }

    static Answer empty(int status) {
        return new Answer(status, "", EMPTY, Map.of());
    }

    /** An error in the form of the API. */
    static Answer error(int status, String message, @Nullable String field) {
        Map<String, String> object = new LinkedHashMap<>();
        object.put("error", message);
        if (field != null) {
            object.put("field", field);
        }
        return new Answer(status, JSON, JsonBytes.of(object), Map.of());
    }

    static Answer error(ApiException e) {
        Answer answer = error(e.status(), e.text(), e.field());
        return switch (e.status()) {
            case 401 -> answer.with("WWW-Authenticate", "Bearer realm=\"weir\"");
            case 429, 503 -> answer.with("Retry-After", "1");
            default -> answer;
        };
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, more);
    }

    static Answer methodNotAllowed(String method, String path, List<String> allowed) {
        return error(
                        405,
                        method + " is not possible on " + path + " (possible: " + String.join(", ", allowed) + ")",
                        null)
                .with("Allow", String.join(", ", allowed));
    }
}
