package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.PrometheusText;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrometheusLoadTest {
    private static final long SECOND = 1_000_000_000L;
    private static final double UNKNOWN = LoadReport.UNKNOWN;

    private final PrometheusLoad load = new PrometheusLoad(
            "web-1",
            new Prometheus(
                    9100, "/metrics", Duration.ofSeconds(5), "cpu", "", "open{kind=\"in\"}", "took_sum", "took_count"));

    @Test
    void counters_need_two_pages_and_gauges_one() {
        assertThat(page(0, "cpu 0.5\nopen{kind=\"in\"} 7\nopen{kind=\"out\"} 9\ntook_sum 10\ntook_count 1000\n"))
                .isEqualTo(new LoadReport("web-1", 7, 0.5, UNKNOWN, UNKNOWN, UNKNOWN));

        LoadReport second = page(5, "cpu 0.6\nopen{kind=\"in\"} 8\ntook_sum 14\ntook_count 1200\n");
        assertThat(second.executionSeconds()).isCloseTo(0.02, within(1e-9));
        assertThat(second.requestsPerSecond()).isCloseTo(40, within(1e-9));
    }

    @Test
    void a_reset_counter_gives_nothing_until_the_page_after() {
        page(0, "took_sum 10\ntook_count 1000\n");
        LoadReport reset = page(5, "took_sum 11\ntook_count 3\n");
        assertThat(reset.executionSeconds()).isEqualTo(UNKNOWN);
        assertThat(reset.requestsPerSecond()).isEqualTo(UNKNOWN);

        LoadReport after = page(10, "took_sum 12\ntook_count 13\n");
        assertThat(after.executionSeconds()).isCloseTo(0.1, within(1e-9));
        assertThat(after.requestsPerSecond()).isCloseTo(2, within(1e-9));
    }

    @Test
    void without_requests_the_rate_is_zero_and_the_execution_time_unknown() {
        page(0, "took_sum 10\ntook_count 1000\n");
        LoadReport idle = page(5, "took_sum 10\ntook_count 1000\n");

        assertThat(idle.requestsPerSecond()).isZero();
        assertThat(idle.executionSeconds()).isEqualTo(UNKNOWN);
    }

    @Test
    void a_page_without_the_counters_breaks_the_difference_but_not_the_next() {
        page(0, "took_sum 10\ntook_count 1000\n");
        page(5, "cpu NaN\n");
        assertThat(page(10, "took_sum 20\ntook_count 2000\n").requestsPerSecond())
                .isEqualTo(UNKNOWN);
        assertThat(page(15, "took_sum 21\ntook_count 2010\n").requestsPerSecond())
                .isCloseTo(2, within(1e-9));
    }

    @Test
    void a_name_that_is_none_is_refused() {
        Prometheus wrong = new Prometheus(1, "/", Duration.ofSeconds(1), "cpu{", "", "", "", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrometheusLoad("web-1", wrong))
                .withMessageContaining("\"cpu{\"");
    }

    private LoadReport page(int seconds, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return load.report(PrometheusText.parse(bytes, bytes.length, load.wanted()), seconds * SECOND);
    }
}
