package io.weir.agent.source;

import io.weir.agent.metric.MeanExecution;
import io.weir.agent.metric.Metric;
import io.weir.agent.metric.Rate;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as an application writes them for the agent: lines {@code key=value} ({@code #} begins a comment) or one JSON object.
 *
 * <pre>
 *   clients=132            clients presently served
 *   cpu=0.37  or  37%      of what the server may use; likewise memory
 *   execution=0.012        mean execution time of a request in seconds
 *   requests=840           requests per second
 *   requests-total=91234   or a counter of requests, of which the agent makes the rate
 *   execution-sum=1093.1   or two counters, seconds and requests, of which it makes the mean
 *   execution-count=91234
 * </pre>
 *
 * {@code unknown}, {@code null} and {@code -} are a metric that is not known at present; other keys are of no account.
 */
final class MetricText {
    private static final String REQUESTS_TOTAL = "requests-total";
    private static final String EXECUTION_SUM = "execution-sum";
    private static final String EXECUTION_COUNT = "execution-count";

    private final Rate requests = new Rate();
    private final MeanExecution execution = new MeanExecution();
    private final Set<Metric> seen = Collections.synchronizedSet(EnumSet.noneOf(Metric.class));

    /** The metrics that some text had. */
    Set<Metric> seen() {
        synchronized (seen) {
            return Set.copyOf(seen);
        }
    }

    /** What a text tells. */
    Reading read(String text, long nowNs) throws SourceException {
        Map<String, String> values = values(text);
        Reading reading = Reading.NONE;
        boolean any = false;
        for (Metric metric : Metric.values()) {
            String value = values.get(metric.key());
            if (value != null) {
                reading = reading.with(metric, number(metric.key(), value));
                seen.add(metric);
                any = true;
            }
        }
        String total = values.get(REQUESTS_TOTAL);
        if (total != null) {
            double counter = counter(REQUESTS_TOTAL, total);
            reading = reading.with(Metric.REQUESTS, requests.perSecond(counter, nowNs));
            seen.add(Metric.REQUESTS);
            any = true;
        }
        String sum = values.get(EXECUTION_SUM);
        String count = values.get(EXECUTION_COUNT);
        if (sum != null && count != null) {
            double mean = execution.mean(counter(EXECUTION_SUM, sum), counter(EXECUTION_COUNT, count), nowNs);
            reading = reading.with(Metric.EXECUTION, mean);
            seen.add(Metric.EXECUTION);
            any = true;
        }
        if (!any) {
            throw new SourceException("has none of " + Metric.keys() + ", " + REQUESTS_TOTAL + ", " + EXECUTION_SUM
                    + " with " + EXECUTION_COUNT);
        }
        return reading.checked();
    }

    private static Map<String, String> values(String text) throws SourceException {
        if (text.stripLeading().startsWith("{")) {
            try {
                Map<String, String> values = new TreeMap<>();
                JsonNumbers.parse(text).forEach((key, value) -> values.put(key.replace('_', '-'), value));
                return values;
            } catch (IllegalArgumentException e) {
                throw new SourceException(String.valueOf(e.getMessage()), e);
            }
        }
        Map<String, String> values = new TreeMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            int equals = stripped.indexOf('=');
            if (equals < 1) {
                throw new SourceException(
                        "line " + number + ": \"" + Texts.shortened(stripped) + "\" is not key=value");
            }
            values.put(
                    stripped.substring(0, equals).strip().replace('_', '-'),
                    stripped.substring(equals + 1).strip());
        }
        return values;
    }

    private static double counter(String key, String text) throws SourceException {
        double value = number(key, text);
        if (!(value >= 0 && value <= Double.MAX_VALUE)) {
            throw new SourceException(key + ": " + text + " is not a counter (at least 0, and finite)");
        }
        return value;
    }

    private static double number(String key, @Nullable String text) throws SourceException {
        if (text == null || text.equals("unknown") || text.equals("null") || text.equals("-")) {
            return Reading.UNKNOWN;
        }
        boolean percent = text.endsWith("%");
        try {
            double value = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
            if (value == Reading.UNKNOWN) {
                throw new SourceException(key + ": " + text + " is negative (write unknown when it is not known)");
            }
            return percent ? value / 100 : value;
        } catch (NumberFormatException e) {
            throw new SourceException(key + ": \"" + Texts.shortened(text) + "\" is not a number", e);
        }
    }
}
