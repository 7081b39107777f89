package io.weir.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import org.junit.jupiter.api.Test;

class MetricTextTest {
    private static final long SECOND = 1_000_000_000L;

    private final MetricText text = new MetricText();

    private Reading read(String content) throws SourceException {
        return text.read(content, 0);
    }

    @Test
    void lines_of_key_and_value() throws SourceException {
        Reading reading =
                read("# load\nclients = 132\ncpu=37%\r\nmemory=0.5\n\nexecution=1.2e-2\nrequests=840\nother=x\n");
        assertThat(reading.toString()).isEqualTo("clients=132.0 cpu=0.37 memory=0.5 execution=0.012 requests=840.0");
        assertThat(text.seen()).containsExactlyInAnyOrder(Metric.values());
    }

    @Test
    void a_json_object() throws SourceException {
        Reading reading = read(
                " {\"clients\": 3, \"cpu\": \"50%\", \"pools\": [{\"a\": [1, {}]}, \"\\u00e4\\\"]\"], \"up\": true,"
                        + " \"requests\": null}\n");
        assertThat(reading.toString()).isEqualTo("clients=3.0 cpu=0.5");
        assertThat(text.seen()).containsExactlyInAnyOrder(Metric.CLIENTS, Metric.CPU, Metric.REQUESTS);
    }

    @Test
    void counters_become_rates_and_means() throws SourceException {
        assertThat(text.read("requests-total=1000\nexecution-sum=10\nexecution-count=1000", 0))
                .isEqualTo(Reading.NONE);
        assertThat(text.read("requests_total=1100\nexecution_sum=12\nexecution_count=1100", 2 * SECOND)
                        .toString())
                .isEqualTo("execution=0.02 requests=50.0");
    }

    @Test
    void unknown_is_a_value() throws SourceException {
        assertThat(read("clients=unknown\ncpu=-")).isEqualTo(Reading.NONE);
    }

    @Test
    void nonsense_is_named() {
        String[][] cases = {
            {
                "",
                "has none of clients, cpu, memory, execution, requests, requests-total, execution-sum with"
                        + " execution-count"
            },
            {
                "foo=1",
                "has none of clients, cpu, memory, execution, requests, requests-total, execution-sum with"
                        + " execution-count"
            },
            {"clients=1\nhello\n", "line 2: \"hello\" is not key=value"},
            {"clients=many", "clients: \"many\" is not a number"},
            {"clients=-1", "clients: -1 is negative (write unknown when it is not known)"},
            {"cpu=120%", "cpu: 1.2 is not within 0..1"},
            {"cpu=NaN", "cpu: NaN is not within 0..1"},
            {"requests=1e30", "requests: 1.0E30 is not within 0..1000000000"},
            {"requests-total=-5", "requests-total: -5 is not a counter (at least 0, and finite)"},
            {
                "execution-sum=Infinity\nexecution-count=1",
                "execution-sum: Infinity is not a counter (at least 0, and finite)"
            },
            {"{\"clients\": 1", "no JSON object: nothing where '}' was expected, at character 14"},
            {"{\"clients\" 1}", "no JSON object: '1' where ':' was expected, at character 12"},
            {"{} x", "no JSON object: 'x' where the end was expected, at character 4"},
            {"{\"a\": " + "[".repeat(100), "more than 64 values within each other"},
        };
        for (String[] one : cases) {
            assertThatThrownBy(() -> read(one[0]))
                    .as(one[0])
                    .isInstanceOf(SourceException.class)
                    .hasMessage(one[1]);
        }
    }
}
