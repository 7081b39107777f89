package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.Preview;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OpenApiTest {
    private final ApiDocument document = new ApiDocument();

    @Test
    void every_route_is_documented_and_nothing_else_is() {
        ManagedNode node = new LivelyNode(() -> 0);
        Set<String> routes = new TreeSet<>(Set.of("GET /", "GET /{file}"));
        try (NodeDocuments documents = new NodeDocuments(node, Duration.ofSeconds(1));
                Routes all = new Routes(node, documents, () -> {}, Duration.ofSeconds(1))) {
            all.all().forEach(route -> routes.add(route.method() + " " + route.path()));
        }

        assertThat(document.operations()).isEqualTo(routes);
    }

    @Test
    void every_path_is_in_the_documentation() throws IOException {
        String documentation = Files.readString(Path.of("").toAbsolutePath().resolve("../docs/api.md"));

        assertThat(document.operations())
                .allSatisfy(operation ->
                        assertThat(documentation).contains(operation.substring(operation.indexOf(' ') + 1)));
    }

    @Test
    void every_record_has_its_schema() {
        List<String> differences = new ArrayList<>();
        Stream.of(NodeSnapshot.class, GenerationView.class, Preview.class)
                .flatMap(top -> Stream.concat(Stream.of(top), Stream.of(top.getDeclaredClasses())))
                .filter(Class::isRecord)
                .forEach(type -> compare(type, differences));

        assertThat(differences).isEmpty();
    }

    @Test
    void every_schema_and_property_is_described() {
        List<String> missing = new ArrayList<>();
        document.root().get("components").get("schemas").properties().forEach(schema -> {
            if (!schema.getValue().has("description")) {
                missing.add(schema.getKey());
            }
            schema.getValue().get("properties").properties().forEach(property -> {
                if (!property.getValue().has("description")) {
                    missing.add(schema.getKey() + "." + property.getKey());
                }
            });
        });

        assertThat(missing).isEmpty();
    }

    @Test
    void examples_are_valid() {
        int[] count = {0};
        document.root()
                .get("components")
                .get("schemas")
                .properties()
                .forEach(schema -> schema.getValue().path("examples").forEach(example -> {
                    count[0]++;
                    assertThat(document.violations(schema.getValue(), example.toString()))
                            .as(schema.getKey())
                            .isEmpty();
                }));
        document.root().get("components").get("responses").properties().forEach(response -> {
            JsonNode json = response.getValue().get("content").get("application/json");
            assertThat(document.violations(
                            json.get("schema"), json.get("example").toString()))
                    .as(response.getKey())
                    .isEmpty();
        });
        assertThat(count[0]).isGreaterThan(3);
    }

    @Test
    void a_field_that_is_not_documented_is_found() {
        assertThat(document.violations(
                        document.schema("DropView"),
                        "{\"reason\":\"a\",\"description\":\"b\",\"packets\":1,\"more\":2}"))
                .hasSize(1);
        assertThat(document.violations(document.schema("DropView"), "{\"reason\":\"a\",\"description\":\"b\"}"))
                .hasSize(1);
    }

    private void compare(Class<?> type, List<String> differences) {
        JsonNode schema = document.schema(type.getSimpleName());
        if (schema == null) {
            differences.add(type.getSimpleName() + " has no schema");
            return;
        }
        List<String> properties = new ArrayList<>();
        schema.get("properties").fieldNames().forEachRemaining(properties::add);
        List<String> components = Stream.of(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        if (!properties.equals(components)) {
            differences.add(type.getSimpleName() + ": properties " + properties + ", record " + components);
            return;
        }
        List<String> required = new ArrayList<>();
        schema.get("required").forEach(each -> required.add(each.asText()));
        if (!required.equals(components)) {
            differences.add(type.getSimpleName() + ": required " + required);
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String wanted = kind(
                    component.getGenericType(), component.getAnnotatedType().isAnnotationPresent(Nullable.class));
            String found = kind(schema.get("properties").get(component.getName()));
            if (!wanted.equals(found)) {
                differences.add(type.getSimpleName() + "." + component.getName() + ": " + found + ", record " + wanted);
            }
        }
    }

    private static String kind(Type type, boolean isNullable) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getRawType() == Map.class
                    ? "object of " + kind(parameterized.getActualTypeArguments()[1], false)
                    : "array of " + kind(parameterized.getActualTypeArguments()[0], false);
        }
        Map<Type, String> simple = Map.of(
                String.class, "string",
                boolean.class, "boolean",
                double.class, "number",
                int.class, "integer int32",
                long.class, "integer int64",
                Long.class, "integer int64");
        String name = simple.getOrDefault(type, ((Class<?>) type).getSimpleName());
        return isNullable ? name + " or null" : name;
    }

    private static String kind(JsonNode schema) {
        if (schema.has("$ref")) {
            String reference = schema.get("$ref").asText();
            return reference.substring(reference.lastIndexOf('/') + 1);
        }
        if (schema.has("anyOf")) {
            return Stream.of(schema.get("anyOf").get(0), schema.get("anyOf").get(1))
                    .map(OpenApiTest::kind)
                    .collect(Collectors.joining(" or "));
        }
        String type = schema.get("type").asText();
        return switch (type) {
            case "array" -> "array of " + kind(schema.get("items"));
            case "object" -> "object of " + kind(schema.get("additionalProperties"));
            case "integer" -> "integer " + schema.get("format").asText();
            default -> type;
        };
    }
}
