package io.weir.management;

import io.weir.management.ManagedNode.RefusedException;
import io.weir.management.NodeDocuments.Document;
import io.weir.management.Route.Access;
import io.weir.management.Route.Action;
import io.weir.management.Route.BodyKind;
import io.weir.management.Route.Call;
import io.weir.management.model.GenerationView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** All that can be asked of the server, apart from the dashboard's files; {@code openapi.json} describes it. */
final class Routes implements AutoCloseable {
    static final String EVENTS = "/v1/events";
    static final String METRICS = "/metrics";
    private static final String APPLICATION = "/v1/applications/{name}/" + Route.REST;
    private static final int LONGEST_NAME = 255;
    private static final long MOST_WEIGHT = 65535;

    private final ManagedNode node;
    private final NodeDocuments documents;
    private final Runnable changed;
    private final Duration patience;
    private final NodeThread changes = new NodeThread("management-changes");
    private final ApplicationCalls applications;
    private final byte[] openApi = resource("openapi.json");
    private final List<Route> routes;

    /**
     * A path that is there.
     *
     * @param routes by method
     */
    record Match(Map<String, Route> routes, Map<String, String> variables) {}

    private interface Change {
        GenerationView make() throws RefusedException;
    }

    Routes(ManagedNode node, NodeDocuments documents, Runnable changed, Duration patience) {
        this.node = node;
        this.documents = documents;
        this.changed = changed;
        this.patience = patience;
        this.applications = new ApplicationCalls(node, patience);
        routes = List.of(
                read("/v1/node", Document.NODE),
                read("/v1/services", Document.SERVICES),
                read("/v1/servers", Document.SERVERS),
                read("/v1/interfaces", Document.INTERFACES),
                read("/v1/drops", Document.DROPS),
                read("/v1/applications", Document.APPLICATIONS),
                change("GET", APPLICATION, BodyKind.NONE, call -> applications.answer("GET", call)),
                change("POST", APPLICATION, BodyKind.JSON_OR_NONE, call -> applications.answer("POST", call)),
                change("DELETE", APPLICATION, BodyKind.NONE, call -> applications.answer("DELETE", call)),
                read("/v1/generations", Document.GENERATIONS),
                get("/v1/configuration", call -> Answer.of(200, Answer.YAML, documents.bytes(Document.CONFIGURATION))),
                new Route("PUT", "/v1/configuration", Access.TOKEN, BodyKind.YAML, Set.of("file"), this::apply),
                new Route(
                        "POST",
                        "/v1/configuration/preview",
                        Access.TOKEN,
                        BodyKind.YAML,
                        Set.of("file"),
                        this::preview),
                change("POST", "/v1/rollback", BodyKind.JSON, this::rollback),
                change("PUT", "/v1/servers/{server}/drain", BodyKind.NONE, call -> drain(call, true)),
                change("DELETE", "/v1/servers/{server}/drain", BodyKind.NONE, call -> drain(call, false)),
                change("PUT", "/v1/services/{service}/servers/{server}/weight", BodyKind.JSON, this::weight),
                change("DELETE", "/v1/services/{service}/servers/{server}/weight", BodyKind.NONE, this::clearWeight),
                new Route("POST", "/v1/reports", Access.OWN_PROOF, BodyKind.DATAGRAM, Set.of(), this::report),
                new Route("GET", EVENTS, Access.TOKEN, BodyKind.NONE, Set.of("token"), call -> Answer.empty(200)),
                get(METRICS, this::metrics),
                new Route("GET", "/openapi.json", Access.OPEN, BodyKind.NONE, Set.of(), call -> Answer.json(openApi)));
    }

    private static Route get(String path, Action action) {
        return new Route("GET", path, Access.TOKEN, BodyKind.NONE, Set.of(), action);
    }

    private static Route change(String method, String path, BodyKind body, Action action) {
        return new Route(method, path, Access.TOKEN, body, Set.of(), action);
    }

    private Route read(String path, Document document) {
        return get(path, call -> Answer.json(documents.bytes(document)));
    }

    List<Route> all() {
        return routes;
    }

    /** What is at a path; its map of routes is empty when nothing is. */
    Match find(String path) {
        String[] segments = path.split("/", -1);
        Map<String, Route> found = new HashMap<>();
        Map<String, String> variables = new HashMap<>();
        for (Route route : routes) {
            Map<String, String> values = new HashMap<>();
            if (isMatch(route.path().split("/", -1), segments, values)) {
                found.put(route.method(), route);
                variables.putAll(values);
            }
        }
        return new Match(found, variables);
    }

    private static boolean isMatch(String[] template, String[] segments, Map<String, String> variables) {
        boolean hasRest = template[template.length - 1].equals(Route.REST);
        if (hasRest ? segments.length < template.length : segments.length != template.length) {
            return false;
        }
        for (int i = 0; i < template.length; i++) {
            if (template[i].equals(Route.REST)) {
                String rest = String.join("/", List.of(segments).subList(i, segments.length));
                variables.put("path", rest);
                return !rest.isEmpty();
            }
            if (template[i].startsWith("{")) {
                if (segments[i].isEmpty()) {
                    return false;
                }
                variables.put(template[i].substring(1, template[i].length() - 1), segments[i]);
            } else if (!template[i].equals(segments[i])) {
                return false;
            }
        }
        return true;
    }

    private Answer apply(Call call) throws ApiException, RefusedException {
        String file = fileName(call);
        String yaml = text(call.body());
        return change(() -> node.apply(file, yaml));
    }

    private Answer preview(Call call) throws ApiException, RefusedException {
        String file = fileName(call);
        String yaml = text(call.body());
        return Answer.json(wait(() -> JsonBytes.of(node.preview(file, yaml))));
    }

    private Answer rollback(Call call) throws ApiException, RefusedException {
        long generation = NumberBody.read(call.body(), "generation", "7", 0, Long.MAX_VALUE);
        return change(() -> node.rollback(generation));
    }

    private Answer drain(Call call, boolean drain) throws ApiException, RefusedException {
        String server = call.variable("server");
        return change(() -> node.drain(server, drain));
    }

    private Answer weight(Call call) throws ApiException, RefusedException {
        long weight = NumberBody.read(call.body(), "weight", "20", 0, MOST_WEIGHT);
        return setWeight(call, (int) weight);
    }

    private Answer clearWeight(Call call) throws ApiException, RefusedException {
        return setWeight(call, -1);
    }

    private Answer setWeight(Call call, int weight) throws ApiException, RefusedException {
        String service = call.variable("service");
        String server = call.variable("server");
        return change(() -> node.setWeight(service, server, weight));
    }

    private Answer report(Call call) throws ApiException, RefusedException {
        if (call.body().length == 0) {
            throw new ApiException(400, "the body is empty (send the bytes of a report)");
        }
        node.report(call.body());
        return Answer.empty(204);
    }

    private Answer metrics(Call call) throws ApiException, RefusedException {
        boolean isOpenMetrics = call.accept().contains("application/openmetrics-text");
        return isOpenMetrics
                ? Answer.of(200, MetricsPage.OPEN_METRICS_TYPE, documents.bytes(Document.OPEN_METRICS))
                : Answer.of(200, MetricsPage.TEXT_TYPE, documents.bytes(Document.METRICS));
    }

    private Answer change(Change change) throws ApiException, RefusedException {
        try {
            return Answer.json(wait(() -> JsonBytes.of(change.make())));
        } finally {
            documents.changed();
            changed.run();
        }
    }

    private <T> T wait(Callable<T> work) throws ApiException, RefusedException {
        return changes.call(
                work,
                patience,
                "the node is still at it after " + patience.toSeconds() + " s; /v1/generations will tell how it ended");
    }

    private static String fileName(Call call) throws ApiException {
        String name = call.query().getOrDefault("file", "weir.yaml");
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new ApiException(
                    400,
                    "file: must be a name of 1 to " + LONGEST_NAME + " characters without control characters",
                    "file");
        }
        return name;
    }

    private static String text(byte[] body) throws ApiException {
        if (body.length == 0) {
            throw new ApiException(400, "the body is empty (send the configuration as YAML)");
        }
        return utf8(body);
    }

    static String utf8(byte[] body) throws ApiException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ApiException(400, "the body is not UTF-8");
        }
    }

    static byte[] resource(String name) {
        try (InputStream in = Routes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + Routes.class);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    @Override
    public void close() {
        changes.close();
        applications.close();
    }
}
