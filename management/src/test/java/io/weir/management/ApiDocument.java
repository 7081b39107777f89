package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** {@code openapi.json}, and whether answers are as it says. */
final class ApiDocument {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.metaSchema(JsonMetaSchema.builder(JsonMetaSchema.getV202012())
                    .keyword(new NonValidationKeyword("components"))
                    .build()));

    private final JsonNode root;

    ApiDocument() {
        try {
            root = MAPPER.readTree(Routes.resource("openapi.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode root() {
        return root;
    }

    /** Methods and paths, such as {@code GET /v1/node}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        root.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    JsonNode schema(String name) {
        return root.get("components").get("schemas").get(name);
    }

    JsonNode resolved(JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null ? node : root.at(reference.asText().substring(1));
    }

    /** Fails unless an answer is one that the document has for the operation. */
    void check(String method, String path, int status, String contentType, String body) {
        String what = method + " " + path + " -> " + status + " " + contentType;
        JsonNode operation = root.get("paths").path(template(path)).path(method.toLowerCase(Locale.ROOT));
        if (operation.isMissingNode()) {
            // A method that the path has not, or a path that is nowhere.
            assertThat(status).as(what).isIn(204, 400, 401, 403, 404, 405);
            operation = root.get("paths").get("/v1/node").get("get");
            if (status == 204 || status == 404) {
                return;
            }
        }
        JsonNode response = operation.get("responses").get(Integer.toString(status));
        assertThat(response).as(what + " is documented").isNotNull();
        JsonNode content = resolved(response).path("content");
        if (content.isMissingNode()) {
            assertThat(body).as(what).isEmpty();
            return;
        }
        String type = contentType.split(";", 2)[0];
        JsonNode media = content.has(type) ? content.get(type) : content.get("*/*");
        assertThat(media).as(what + ": its content type is documented").isNotNull();
        if (type.equals("application/json") && !path.equals("/openapi.json")) {
            assertThat(violations(media.get("schema"), body))
                    .as(what + ": " + body)
                    .isEmpty();
        }
    }

    Set<ValidationMessage> violations(JsonNode schema, String json) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", root.get("components"));
        try {
            return SCHEMAS.getSchema(whole).validate(MAPPER.readTree(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    private String template(String path) {
        String plain = path.split("\\?", 2)[0];
        String[] segments = plain.split("/", -1);
        String found = plain.startsWith("/v1/") ? plain : "/{file}";
        for (var entry : root.get("paths").properties()) {
            String[] template = entry.getKey().split("/", -1);
            boolean hasRest = template[template.length - 1].equals("{path}");
            boolean isMatch = hasRest ? segments.length >= template.length : template.length == segments.length;
            for (int i = 0; isMatch && i < template.length; i++) {
                isMatch = template[i].startsWith("{") || template[i].equals(segments[i]);
            }
            if (isMatch && !entry.getKey().equals("/{file}")) {
                found = entry.getKey();
            }
        }
        return found;
    }
}
