package io.weir.node;

import io.weir.management.client.ManagementClient;
import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.Preview;
import io.weir.node.text.Cells;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a running node over its Unix socket, and changes it. Whatever goes wrong is a {@link NodeException} with the exit
 * status that fits: {@link ExitStatus#REFUSED} when the node refused, {@link ExitStatus#UNAVAILABLE} when it does not
 * answer, {@link ExitStatus#FAILED} when it failed.
 */
final class NodeApi {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final byte[] NO_BODY = {};
    /** The API takes names of files up to this. */
    private static final int LONGEST_FILE_NAME = 255;

    private final String name;
    private final Path socket;
    private final ManagementClient client;

    /**
     * An answer.
     *
     * @param value what it means
     * @param json as the node sent it
     */
    record Reply<T>(T value, String json) {}

    /**
     * Where a node listens.
     *
     * @param token what it wants to see
     */
    record Place(Path socket, String token) {}

    private NodeApi(String name, Place place) {
        this.name = name;
        this.socket = place.socket();
        this.client = ManagementClient.unix(place.socket(), place.token());
    }

    /** The node of that name, run by this user on this machine. */
    static NodeApi open(String nodeName) {
        return new NodeApi(nodeName, find(nodeName));
    }

    /** Looks for socket and token of a node. */
    static Place find(String nodeName) {
        for (Path folder : AdminSocket.folders()) {
            Path socket = AdminSocket.socket(folder, nodeName);
            if (!Files.exists(socket)) {
                continue;
            }
            Path token = AdminSocket.token(folder, nodeName);
            try {
                return new Place(socket, Files.readString(token).strip());
            } catch (NoSuchFileException e) {
                throw new NodeException(
                        ExitStatus.UNAVAILABLE,
                        "node '" + nodeName + "' has a socket, " + socket + ", and no " + token
                                + " beside it: it was killed, or is just starting");
            } catch (IOException e) {
                throw new NodeException(ExitStatus.UNAVAILABLE, token + ": cannot be read: " + e.getMessage());
            }
        }
        throw new NodeException(
                ExitStatus.UNAVAILABLE,
                "no running node '" + nodeName + "' found; looked for its socket in " + AdminSocket.folders()
                        + " (give --name, and run as the user who runs the node)");
    }

    /** The node now. */
    Reply<NodeSnapshot> node() {
        return get("/v1/node", new TypeReference<>() {});
    }

    /** Its servers. */
    Reply<List<ServerView>> servers() {
        return get("/v1/servers", new TypeReference<>() {});
    }

    /** Generations that it remembers, newest first. */
    Reply<List<GenerationView>> generations() {
        return get("/v1/generations", new TypeReference<>() {});
    }

    /** Puts a configuration in force. */
    Reply<GenerationView> apply(Path file, String yaml) {
        return yaml("PUT", "/v1/configuration", file, yaml, new TypeReference<>() {});
    }

    /** What a configuration would change. */
    Reply<Preview> preview(Path file, String yaml) {
        return yaml("POST", "/v1/configuration/preview", file, yaml, new TypeReference<>() {});
    }

    /** Goes back to an earlier generation; 0 means the one before. */
    Reply<GenerationView> rollback(long generation) {
        return change("POST", "/v1/rollback", Map.of("generation", generation));
    }

    /** Drains a server, or ends the drain. */
    Reply<GenerationView> drain(String server, boolean drain) {
        return change(drain ? "PUT" : "DELETE", "/v1/servers/" + segment(server) + "/drain", null);
    }

    /** Sets the weight of a server in a service by hand. */
    Reply<GenerationView> setWeight(String service, String server, int weight) {
        return change("PUT", weightPath(service, server), Map.of("weight", weight));
    }

    /** Leaves the weight to the configuration and the master again. */
    Reply<GenerationView> clearWeight(String service, String server) {
        return change("DELETE", weightPath(service, server), null);
    }

    private static String weightPath(String service, String server) {
        return "/v1/services/" + segment(service) + "/servers/" + segment(server) + "/weight";
    }

    /** A name as one segment of a path; HTTP servers refuse a slash in it, however it is encoded. */
    private static String segment(String name) {
        if (name.isEmpty() || name.matches("\\.+") || name.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\')) {
            throw new NodeException(
                    ExitStatus.REFUSED,
                    "'" + Cells.printable(name) + "' is no name (weir servers and weir services list them)");
        }
        return encoded(name);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> Reply<T> get(String path, TypeReference<T> type) {
        return read(send("GET", path, null, NO_BODY), type);
    }

    private <T> Reply<T> yaml(String method, String path, Path file, String yaml, TypeReference<T> type) {
        String full = file.toString();
        String shown = full.length() <= LONGEST_FILE_NAME ? full : String.valueOf(file.getFileName());
        byte[] body = yaml.getBytes(StandardCharsets.UTF_8);
        return read(send(method, path + "?file=" + encoded(shown), "application/yaml", body), type);
    }

    private Reply<GenerationView> change(String method, String path, @Nullable Map<String, ?> body) {
        String answer = body == null
                ? send(method, path, null, NO_BODY)
                : send(method, path, "application/json", MAPPER.writeValueAsBytes(body));
        return read(answer, new TypeReference<>() {});
    }

    private <T> Reply<T> read(String json, TypeReference<T> type) {
        try {
            return new Reply<>(MAPPER.readValue(json, type), json);
        } catch (JacksonException e) {
            throw new NodeException(
                    ExitStatus.FAILED,
                    "node '" + name + "' answers in a way that is not understood: " + e.getOriginalMessage()
                            + " (is it of another version?)");
        }
    }

    private String send(String method, String path, @Nullable String contentType, byte[] body) {
        ManagementClient.Response response;
        try {
            response = client.send(method, path, contentType, body);
        } catch (IOException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE,
                    "node '" + name + "' does not answer on " + socket + ": " + e.getMessage() + " (is it running?)");
        }
        int status = response.status();
        if (status >= 200 && status < 300) {
            return response.body();
        }
        String changed =
                method.equals("GET") || path.contains("/preview") || status >= 500 ? "" : "\nNothing was changed.";
        throw new NodeException(exitStatus(status), error(response) + changed);
    }

    private static int exitStatus(int status) {
        return switch (status) {
            case 408, 429, 503 -> ExitStatus.UNAVAILABLE;
            default -> status >= 400 && status < 500 ? ExitStatus.REFUSED : ExitStatus.FAILED;
        };
    }

    private String error(ManagementClient.Response response) {
        if (response.status() == 401) {
            return "node '" + name + "' does not take the token beside " + socket
                    + " (was it restarted just now? try again)";
        }
        try {
            JsonNode error = MAPPER.readTree(response.body()).path("error");
            if (error.isString()) {
                return error.asString();
            }
        } catch (JacksonException e) {
            // Not from the API itself; its status says enough.
            return "node '" + name + "' answers with HTTP status " + response.status();
        }
        return "node '" + name + "' answers with HTTP status " + response.status();
    }
}
