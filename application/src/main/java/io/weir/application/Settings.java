package io.weir.application;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an application as they stand in the configuration: texts, lists of texts, and sections of further
 * settings. What is asked for is remembered, so that {@link #refuseOthers} finds misspelt names. The methods that return a
 * value throw {@link SettingsException} when it has the wrong form.
 */
public final class Settings {
    /** Without any settings. */
    public static final Settings NONE = new Settings("", Map.of());

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final String path;
    private final Map<String, Object> values;
    private final Set<String> asked = new TreeSet<>();

    private Settings(String path, Map<String, ?> values) {
        this.path = path;
        this.values = new LinkedHashMap<>(values);
    }

    /** Settings from a tree of {@link String}, {@link List} of {@link String}, and {@link Map}. */
    public static Settings of(Map<String, ?> values) {
        return new Settings("", values);
    }

    /** Names of the settings, in their order. */
    public List<String> names() {
        return List.copyOf(values.keySet());
    }

    private @Nullable Object value(String name) {
        asked.add(name);
        return values.get(name);
    }

    private String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private SettingsException wrong(String name, String message) {
        return new SettingsException(pathOf(name), pathOf(name) + ": " + message);
    }

    /** A text, or {@code otherwise} when it is not set. */
    public String text(String name, String otherwise) throws SettingsException {
        Object value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(name, "a single value is wanted here");
    }

    /** A whole number within limits, or {@code otherwise} when it is not set. */
    public long number(String name, long least, long greatest, long otherwise) throws SettingsException {
        String text = text(name, "");
        if (text.isEmpty() && !values.containsKey(name)) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.strip());
            if (number >= least && number <= greatest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(name, "\"" + text + "\" is no whole number within " + least + ".." + greatest);
    }

    /** A duration such as 20ms, 5s or 2m, in milliseconds; {@code otherwiseMs} when it is not set. */
    public long milliseconds(String name, long otherwiseMs) throws SettingsException {
        String text = text(name, "");
        if (text.isEmpty() && !values.containsKey(name)) {
            return otherwiseMs;
        }
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong(name, "\"" + text + "\" is no duration; write it like 200ms, 5s or 2m");
        }
        long unit = switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
        return Long.parseLong(matcher.group(1)) * unit;
    }

    /** True or false, or {@code otherwise} when it is not set. */
    public boolean flag(String name, boolean otherwise) throws SettingsException {
        String text = text(name, Boolean.toString(otherwise));
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "\"" + text + "\" is neither true nor false");
        };
    }

    /** A list of texts; a single text is a list of one; empty when it is not set. */
    public List<String> list(String name) throws SettingsException {
        Object value = value(name);
        List<String> texts = new ArrayList<>();
        switch (value) {
            case null -> {}
            case String text -> texts.add(text);
            case List<?> list -> {
                for (Object each : list) {
                    if (!(each instanceof String text)) {
                        throw wrong(name, "a list of single values is wanted here");
                    }
                    texts.add(text);
                }
            }
            default -> throw wrong(name, "a list is wanted here");
        }
        return List.copyOf(texts);
    }

    /** Further settings; {@link #NONE} when they are not set. */
    public Settings section(String name) throws SettingsException {
        Object value = value(name);
        if (value == null) {
            return new Settings(pathOf(name), Map.of());
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> named = new LinkedHashMap<>();
            map.forEach((key, each) -> named.put(String.valueOf(key), each));
            return new Settings(pathOf(name), named);
        }
        throw wrong(name, "further settings are wanted here, as name: value");
    }

    /** Refuses settings that nobody has asked for; to be called last. */
    public void refuseOthers() throws SettingsException {
        for (String name : values.keySet()) {
            if (!asked.contains(name)) {
                throw wrong(name, "there is no such setting; there are: " + String.join(", ", asked));
            }
        }
    }
}
