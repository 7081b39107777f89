package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import io.weir.wire.Ipv4Address;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of the file. Readers report what is wrong with its place to the shared list of problems and return the
 * default, so that one run names every problem.
 */
final class YamlSection {
    private final Problems problems;
    private final String section;
    private final @Nullable Node node;
    private final Map<String, Node> values = new LinkedHashMap<>();

    /** @param node the mapping; null for a section that is absent */
    YamlSection(Problems problems, String section, @Nullable Node node) {
        this.problems = problems;
        this.section = section;
        this.node = node;
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                readKey(tuple);
            }
        } else if (node != null && !isNull(node)) {
            problems.add(
                    node, (section.isEmpty() ? "the file" : section) + ": is not a mapping", "write key: value lines");
        }
    }

    private void readKey(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
            problems.add(tuple.getKeyNode(), "a key must be plain text", "");
            return;
        }
        String key = scalar.getValue();
        List<String> known = ConfigurationKey.keysOf(section);
        if (!known.contains(key)) {
            problems.add(
                    scalar,
                    key + ": unknown key" + (section.isEmpty() ? "" : " in " + section),
                    Suggestions.closest(key, known)
                            .map(k -> "did you mean " + k + "?")
                            .orElse("known: " + String.join(", ", known)));
            return;
        }
        Node earlier = values.putIfAbsent(key, tuple.getValueNode());
        if (earlier != null) {
            problems.add(
                    scalar, key + ": is there twice", "the first is in line " + Problems.line(earlier) + "; keep one");
        }
    }

    boolean has(ConfigurationKey key) {
        Node value = values.get(key.key());
        return value != null && !isNull(value);
    }

    /** The value's node, or the section's own when the key is absent: a place for messages. */
    @Nullable
    Node place(ConfigurationKey key) {
        Node value = values.get(key.key());
        return value != null ? value : node;
    }

    void problem(ConfigurationKey key, String message, String fix) {
        problems.add(place(key), key.key() + ": " + message, fix);
    }

    YamlSection section(ConfigurationKey key) {
        return new YamlSection(problems, key.key(), values.get(key.key()));
    }

    /** The mapping of a key as the section {@code name}. */
    YamlSection section(ConfigurationKey key, String name) {
        return new YamlSection(problems, name, values.get(key.key()));
    }

    /** A number with or without fraction, or a percentage: {@code 0.8} and {@code 80%} are the same. */
    double share(ConfigurationKey key, double absent, double least, double greatest) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return absent;
        }
        var matcher = DECIMAL.matcher(text.get());
        if (!matcher.matches()) {
            problem(key, "'" + Problems.shown(text.get()) + "' is not a number", "try 0.8 or 80%");
            return absent;
        }
        double value = Double.parseDouble(matcher.group(1)) / (matcher.group(2) == null ? 1 : 100);
        if (value < least || value > greatest) {
            problem(key, text.get() + (value < least ? " < " + least : " > " + greatest), least + ".." + greatest);
            return absent;
        }
        return value;
    }

    /** Scalars of a list. A single scalar is a list of one. */
    List<ScalarNode> scalars(ConfigurationKey key, int greatest) {
        if (values.get(key.key()) instanceof ScalarNode scalar) {
            return isNull(scalar) ? List.of() : List.of(scalar);
        }
        List<ScalarNode> scalars = new ArrayList<>();
        for (Node element : list(key, greatest)) {
            if (element instanceof ScalarNode scalar) {
                scalars.add(scalar);
            } else {
                problems.add(element, key.key() + ": is not a single value", "");
            }
        }
        return scalars;
    }

    /** Elements of a list; an empty list when absent. */
    List<Node> list(ConfigurationKey key, int greatest) {
        Node value = values.get(key.key());
        if (value == null || isNull(value)) {
            return List.of();
        }
        if (!(value instanceof SequenceNode sequence)) {
            problem(key, "is not a list", "write [a, b] or lines that start with -");
            return List.of();
        }
        if (sequence.getValue().size() > greatest) {
            problem(key, sequence.getValue().size() + " elements > " + greatest, "");
            return List.of();
        }
        return sequence.getValue();
    }

    /** The scalar's text, or empty when absent or not a scalar (reported). */
    Optional<String> text(ConfigurationKey key) {
        Node value = values.get(key.key());
        if (value == null || isNull(value)) {
            return Optional.empty();
        }
        return problems.scalar(value, key.key());
    }

    /** A required text; reported and empty when absent. */
    String required(ConfigurationKey key) {
        if (!has(key)) {
            problems.add(node, (section.isEmpty() ? "" : section + ": ") + key.key() + " is missing", key.type());
            return "";
        }
        return text(key).orElse("");
    }

    /** A name: letters, digits, dot, dash and underscore, at most 63. */
    String name(ConfigurationKey key, String name) {
        if (!name.isEmpty() && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            problem(
                    key,
                    "'" + Problems.shown(name) + "' is not a name",
                    "letters, digits, '.', '-' and '_', at most 63");
        }
        return name;
    }

    long number(ConfigurationKey key, long absent, long least, long greatest) {
        return text(key)
                .map(t -> problems.number(place(key), key.key(), t, absent, least, greatest))
                .orElse(absent);
    }

    boolean flag(ConfigurationKey key, boolean absent) {
        return text(key)
                .map(t -> switch (t) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> {
                        problem(key, "'" + Problems.shown(t) + "' is neither true nor false", "");
                        yield absent;
                    }
                })
                .orElse(absent);
    }

    /** One of an enum's constants, written in lower case with dashes. */
    <E extends Enum<E>> E choice(ConfigurationKey key, E absent, Class<E> type) {
        return choice(key, type).orElse(absent);
    }

    /** Likewise; empty when absent or none of them (reported). */
    <E extends Enum<E>> Optional<E> choice(ConfigurationKey key, Class<E> type) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text.get())) {
                return Optional.of(constant);
            }
            names.add(name);
        }
        problem(
                key,
                "'" + Problems.shown(text.get()) + "' is not one of " + String.join(", ", names),
                Suggestions.closest(text.get(), names)
                        .map(n -> "did you mean " + n + "?")
                        .orElse(""));
        return Optional.empty();
    }

    /** A duration such as {@code 500ms}, {@code 60s}, {@code 15m} or {@code 2h}. */
    Duration duration(ConfigurationKey key, Duration absent, Duration least, Duration greatest) {
        return duration(key, absent, least, greatest, DURATION, "try 500ms, 60s, 15m or 2h");
    }

    /** Likewise, but also {@code 500us}. */
    Duration shortDuration(ConfigurationKey key, Duration absent, Duration least, Duration greatest) {
        return duration(key, absent, least, greatest, SHORT_DURATION, "try 500us or 2ms");
    }

    private Duration duration(
            ConfigurationKey key, Duration absent, Duration least, Duration greatest, Pattern form, String fix) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return absent;
        }
        var matcher = form.matcher(text.get());
        if (!matcher.matches()) {
            problem(key, "'" + Problems.shown(text.get()) + "' is not a duration", fix);
            return absent;
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "us" -> Duration.of(amount, ChronoUnit.MICROS);
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        if (duration.compareTo(least) < 0 || duration.compareTo(greatest) > 0) {
            String from = least.toNanos() % 1_000_000 == 0 ? least.toMillis() + "ms" : least.toNanos() / 1000 + "us";
            problem(key, text.get() + " is not in " + from + ".." + greatest.toSeconds() + "s", "");
            return absent;
        }
        return duration;
    }

    /** A scalar read by a parser that throws {@link IllegalArgumentException} with a message for people. */
    <T> Optional<T> parsed(ConfigurationKey key, BiFunction<Node, String, Optional<T>> parser) {
        Node value = values.get(key.key());
        return value == null ? Optional.empty() : text(key).flatMap(t -> parser.apply(value, t));
    }

    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getValue().isEmpty() && scalar.isPlain();
    }

    private static final Pattern DECIMAL = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?) ?(%)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(us|ms|s)");

    /** What was found wrong so far. */
    static final class Problems {
        private static final int MOST = 100;
        private final String file;
        private final List<ConfigurationException.Problem> found = new ArrayList<>();

        Problems(String file) {
            this.file = file;
        }

        void add(@Nullable Node node, String message, String fix) {
            Optional<Mark> mark = node == null ? Optional.empty() : node.getStartMark();
            add(
                    mark.map(m -> m.getLine() + 1).orElse(0),
                    mark.map(m -> m.getColumn() + 1).orElse(0),
                    message,
                    fix);
        }

        void add(int line, int column, String message, String fix) {
            if (found.size() < MOST) {
                found.add(new ConfigurationException.Problem(file, line, column, message, fix));
            }
        }

        String file() {
            return file;
        }

        void add(ConfigurationException.Problem problem) {
            add(problem.line(), problem.column(), problem.message(), problem.fix());
        }

        boolean isEmpty() {
            return found.isEmpty();
        }

        ConfigurationException toException() {
            List<ConfigurationException.Problem> sorted = new ArrayList<>(found);
            sorted.sort(java.util.Comparator.comparingInt(ConfigurationException.Problem::line)
                    .thenComparingInt(ConfigurationException.Problem::column));
            return new ConfigurationException(sorted);
        }

        Optional<String> scalar(Node node, String what) {
            if (node instanceof ScalarNode scalar) {
                return Optional.of(scalar.getValue());
            }
            add(node, what + ": is not a single value", "");
            return Optional.empty();
        }

        long number(@Nullable Node node, String what, String text, long absent, long least, long greatest) {
            String digits = text.replace("_", "");
            long value;
            try {
                value = Long.parseLong(digits);
            } catch (NumberFormatException e) {
                add(node, what + ": '" + shown(text) + "' is not a whole number", least + ".." + greatest);
                return absent;
            }
            if (value < least || value > greatest) {
                add(
                        node,
                        what + ": " + value + (value < least ? " < " + least : " > " + greatest),
                        least + ".." + greatest);
                return absent;
            }
            return value;
        }

        /** The value that a parser makes of a scalar; what it throws is a problem of that place. */
        <T> Optional<T> parsed(Node node, String what, Function<String, T> parser) {
            return scalar(node, what).flatMap(text -> {
                try {
                    return Optional.of(parser.apply(text));
                } catch (IllegalArgumentException e) {
                    add(node, what + ": " + shown(String.valueOf(e.getMessage())), "");
                    return Optional.empty();
                }
            });
        }

        /** Refuses a name that {@code names} has already. */
        void unique(Map<String, Node> names, String name, @Nullable Node place, String what) {
            if (name.isEmpty() || place == null) {
                return;
            }
            Node earlier = names.putIfAbsent(name, place);
            if (earlier != null) {
                add(place, what + " '" + shown(name) + "' is there twice", "the first is in line " + line(earlier));
            }
        }

        /** Refuses an address that is not one of a single host elsewhere. */
        void requireUnicast(Node node, String what, IpAddress address) {
            boolean isBroadcast = address instanceof Ipv4Address v4 && v4.bits() == -1;
            if (address.isMulticast() || address.isLoopback() || address.isUnspecified() || isBroadcast) {
                add(node, what + ": " + address + " is not a unicast address", "");
            }
        }

        static int line(Node node) {
            return node.getStartMark().map(m -> m.getLine() + 1).orElse(0);
        }

        /** The text without control characters and not too long for a message. */
        static String shown(String text) {
            String clean = text.replaceAll("\\p{Cntrl}", "?");
            return clean.length() <= 60 ? clean : clean.substring(0, 57) + "...";
        }
    }
}
