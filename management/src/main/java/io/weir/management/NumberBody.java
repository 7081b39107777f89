package io.weir.management;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** Reads bodies such as <code>{"weight": 20}</code>: an object with one whole number and nothing else. */
final class NumberBody {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNumberLength(64)
                    .build())
            .build();

    private NumberBody() {}

    /** The number of the field, which is between the two bounds, or an error that names the field and the place. */
    static long read(byte[] body, String field, String meaning, long least, long most) throws ApiException {
        try (JsonParser parser = FACTORY.createParser(tools.jackson.core.ObjectReadContext.empty(), body)) {
            return read(parser, field, meaning, least, most);
        } catch (StreamReadException e) {
            throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage() + at(e.getLocation()), field);
        } catch (JacksonException e) {
            throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage(), field);
        }
    }

    private static long read(JsonParser parser, String field, String meaning, long least, long most)
            throws ApiException {
        String example = "{\"" + field + "\": " + meaning + "}";
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw new ApiException(
                    400,
                    first == null
                            ? field + ": is missing, the body is empty (send " + example + ")"
                            : "the body is not an object" + at(parser.currentTokenLocation()) + " (send " + example
                                    + ")",
                    field);
        }
        long value = Long.MIN_VALUE;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (!field.equals(name)) {
                throw new ApiException(
                        400,
                        shown(name) + ": unknown field" + at(parser.currentTokenLocation()) + " (send " + example + ")",
                        shown(name));
            }
            JsonToken token = parser.nextToken();
            String place = at(parser.currentTokenLocation());
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw new ApiException(
                        400,
                        field + ": " + described(token) + place + " is not a whole number (send " + example + ")",
                        field);
            }
            value = number(parser, field, least, most, place);
        }
        if (parser.nextToken() != null) {
            throw new ApiException(400, "more follows the body's object" + at(parser.currentTokenLocation()), field);
        }
        if (value == Long.MIN_VALUE) {
            throw new ApiException(400, field + ": is missing (send " + example + ")", field);
        }
        return value;
    }

    private static long number(JsonParser parser, String field, long least, long most, String place)
            throws ApiException {
        java.math.BigInteger value = parser.getBigIntegerValue();
        if (value.compareTo(java.math.BigInteger.valueOf(least)) < 0
                || value.compareTo(java.math.BigInteger.valueOf(most)) > 0) {
            throw new ApiException(400, field + ": " + value + place + " is not in " + least + ".." + most, field);
        }
        return value.longValueExact();
    }

    private static String described(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "text";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "a truth value";
            case VALUE_NULL -> "null";
            case START_ARRAY -> "a list";
            case START_OBJECT -> "an object";
            default -> "it";
        };
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints().limit(64).forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }

    private static String at(TokenStreamLocation location) {
        return location == null || location.getLineNr() < 0
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
