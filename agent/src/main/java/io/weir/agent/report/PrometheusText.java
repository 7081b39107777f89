package io.weir.agent.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads wanted values out of Prometheus' text format 0.0.4; OpenMetrics 1.0 passes too (its {@code # EOF}, timestamps in
 * seconds and exemplars are skipped). Lines of metrics that nobody wants are passed over without a further look, so that a
 * page of some thousand lines costs little. Whatever the bytes are, nothing throws; time and memory grow with their number
 * only.
 *
 * <p>Source: Prometheus documentation, "Exposition formats"; OpenMetrics 1.0, ABNF.
 *
 * @param sums by selector: the sum over all matching series; a selector that nothing matched is not there. May be NaN or
 *     infinite when the text says so
 * @param faults lines of wanted metrics that could not be understood, with their number; the first {@value #MAX_FAULTS}
 */
public record PrometheusText(Map<PrometheusSelector, Double> sums, List<String> faults) {
    public static final int MAX_BYTES = 4 << 20;
    /** A longer line is a fault. */
    public static final int MAX_LINE = 16 << 10;

    public static final int MAX_FAULTS = 8;
    /** The longest number that is read, "-1.7976931348623157e+308" with room to spare. */
    private static final int MAX_NUMBER = 48;

    public PrometheusText {
        sums = Map.copyOf(sums);
        faults = List.copyOf(faults);
    }

    /** Reads a page; what is beyond {@link #MAX_BYTES} is a fault and not looked at. */
    public static PrometheusText parse(byte[] bytes, int length, Set<PrometheusSelector> wanted) {
        Reader reader = new Reader(bytes, Math.min(length, Math.min(bytes.length, MAX_BYTES)), wanted);
        reader.read();
        if (length > MAX_BYTES) {
            reader.fault("what is beyond " + MAX_BYTES + " bytes was not read");
        }
        return new PrometheusText(reader.sums, reader.faults);
    }

    /** Sum over the matching series; empty when there was none. */
    public OptionalDouble value(PrometheusSelector selector) {
        Double sum = sums.get(selector);
        return sum == null ? OptionalDouble.empty() : OptionalDouble.of(sum);
    }

    private static final class Reader {
        private final byte[] bytes;
        private final int length;
        private final Set<PrometheusSelector> wanted;
        private final Set<String> names = new TreeSet<>();
        private final Map<PrometheusSelector, Double> sums = new HashMap<>();
        private final List<String> faults = new ArrayList<>();
        private int line;

        Reader(byte[] bytes, int length, Set<PrometheusSelector> wanted) {
            this.bytes = bytes;
            this.length = length;
            this.wanted = wanted;
            wanted.forEach(selector -> names.add(selector.name()));
        }

        void read() {
            int at = 0;
            while (at < length) {
                int end = at;
                while (end < length && bytes[end] != '\n') {
                    end++;
                }
                line++;
                line(at, end);
                at = end + 1;
            }
        }

        private void line(int from, int to) {
            int begin = from;
            while (begin < to && (bytes[begin] == ' ' || bytes[begin] == '\t')) {
                begin++;
            }
            int end = begin;
            while (end < to && PrometheusSeries.isNameCharacter(bytes[end], end == begin)) {
                end++;
            }
            if (!isWanted(begin, end)) {
                return;
            }
            if (to - begin > MAX_LINE) {
                fault("it is longer than " + MAX_LINE + " bytes");
                return;
            }
            series(new String(bytes, begin, to - begin, StandardCharsets.UTF_8));
        }

        private boolean isWanted(int from, int to) {
            for (String name : names) {
                if (name.length() == to - from && equal(name, from)) {
                    return true;
                }
            }
            return false;
        }

        private boolean equal(String name, int from) {
            for (int i = 0; i < name.length(); i++) {
                if (name.charAt(i) != bytes[from + i]) {
                    return false;
                }
            }
            return true;
        }

        private void series(String text) {
            PrometheusSeries series = new PrometheusSeries(text);
            String name = series.name();
            Map<String, String> labels = new HashMap<>();
            String fault = series.labels(labels);
            if (!fault.isEmpty()) {
                fault(name + ": " + fault);
                return;
            }
            // A timestamp and an OpenMetrics exemplar may follow; neither matters.
            String word = series.word();
            OptionalDouble value = number(word);
            if (value.isEmpty()) {
                fault(name + ": \"" + word.substring(0, Math.min(MAX_NUMBER, word.length())) + "\" is not a number");
                return;
            }
            for (PrometheusSelector selector : wanted) {
                if (selector.name().equals(name) && selector.matches(labels)) {
                    sums.merge(selector, value.getAsDouble(), Double::sum);
                }
            }
        }

        private static OptionalDouble number(String word) {
            switch (word.toLowerCase(Locale.ROOT)) {
                case "nan" -> {
                    return OptionalDouble.of(Double.NaN);
                }
                case "+inf", "inf", "+infinity", "infinity" -> {
                    return OptionalDouble.of(Double.POSITIVE_INFINITY);
                }
                case "-inf", "-infinity" -> {
                    return OptionalDouble.of(Double.NEGATIVE_INFINITY);
                }
                default -> {}
            }
            if (word.isEmpty() || word.length() > MAX_NUMBER) {
                return OptionalDouble.empty();
            }
            for (int i = 0; i < word.length(); i++) {
                // Java alone would also take 1d and 0x1p3.
                if ("0123456789+-.eE".indexOf(word.charAt(i)) < 0) {
                    return OptionalDouble.empty();
                }
            }
            try {
                return OptionalDouble.of(Double.parseDouble(word));
            } catch (NumberFormatException e) {
                return OptionalDouble.empty();
            }
        }

        void fault(String text) {
            if (faults.size() < MAX_FAULTS) {
                faults.add("line " + line + ": " + text);
            }
        }
    }
}
