package io.weir.management;

import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Values as JSON, fields in the order of the records. */
final class JsonBytes {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private JsonBytes() {}

    static byte[] of(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
