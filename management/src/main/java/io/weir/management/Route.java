package io.weir.management;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A method on a path, and what it does.
 *
 * @param method such as GET
 * @param path with variables, such as <code>/v1/servers/{server}/drain</code>; the last may take all that is left, as {@link
 *     #REST}
 * @param access who may
 * @param body what kind of body it takes
 * @param parameters query parameters that it knows
 * @param action what it does
 */
record Route(String method, String path, Access access, BodyKind body, Set<String> parameters, Action action) {
    /** The last variable of a path that takes one or more segments. */
    static final String REST = "{path}";

    /** Who may. */
    enum Access {
        /** Everybody. */
        OPEN,
        /** Everybody, by any host name: the body carries its own proof. */
        OWN_PROOF,
        /** Who has the token. */
        TOKEN
    }

    /** Bodies, by what they hold. */
    enum BodyKind {
        NONE,
        JSON,
        /** JSON, or no body at all. */
        JSON_OR_NONE,
        YAML,
        /** Bytes of any content type. */
        DATAGRAM;

        /** Content types that are taken; none means any. */
        List<String> contentTypes() {
            return switch (this) {
                case JSON, JSON_OR_NONE -> List.of(Answer.JSON);
                case YAML -> List.of(Answer.YAML, "application/x-yaml", "text/yaml", "text/x-yaml");
                case NONE, DATAGRAM -> List.of();
            };
        }
    }

    /**
     * A request that has passed all checks.
     *
     * @param variables of the path
     * @param query parameters
     * @param accept the header, or the empty string
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Call(Map<String, String> variables, Map<String, String> query, String accept, byte[] body) {
        String variable(String name) {
            return java.util.Objects.requireNonNull(variables.get(name), name);
        }
    }

    /** Does it. */
    @FunctionalInterface
    interface Action {
        Answer answer(Call call) throws ApiException, ManagedNode.RefusedException;
    }

    boolean isStream() {
        return path.equals(Routes.EVENTS);
    }
}
