package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    private static final String PAGE = """
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400"}    3 1395066363000

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9
        metric_without_timestamp_and_labels 12.47
        something_weird{problem="division by zero"} +Inf -3982045
        http_request_duration_seconds_bucket{le="0.05"} 24054
        http_request_duration_seconds_sum 53423
        http_request_duration_seconds_count 144320 # {trace_id="KOO5S4vxi0o"} 0.67
        spaced { a = "1" , b = "2" , } 7e-1
        nothing NaN
        # EOF
        """;

    @Test
    void values_of_the_documented_example_are_found() {
        assertThat(value("metric_without_timestamp_and_labels")).isEqualTo(12.47);
        assertThat(value("http_request_duration_seconds_sum")).isEqualTo(53423);
        assertThat(value("http_request_duration_seconds_count")).isEqualTo(144320);
        assertThat(value("something_weird")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(value("nothing")).isNaN();
        assertThat(value("spaced{b=\"2\"}")).isEqualTo(0.7);
    }

    @Test
    void labels_choose_series_and_several_are_summed() {
        assertThat(value("http_requests_total{code=\"400\"}")).isEqualTo(3);
        assertThat(value("http_requests_total")).isEqualTo(1030);
        assertThat(value("msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\"}"))
                .isEqualTo(1.458255915e9);
        PrometheusSelector none = PrometheusSelector.parse("http_requests_total{code=\"500\"}");
        assertThat(parse(PAGE, none).value(none)).isEmpty();
    }

    @Test
    void bad_lines_of_wanted_metrics_are_named_and_leave_the_others() {
        PrometheusSelector a = PrometheusSelector.parse("a");
        PrometheusText text =
                parse("a 1\na x\na{b} 1\na{b=\"1} 1\nunwanted x\na{b=\"1\",b=\"2\"} 1\na 0x10\na\na 2\n", a);

        assertThat(text.value(a)).hasValue(3);
        assertThat(text.faults())
                .containsExactly(
                        "line 2: a: \"x\" is not a number",
                        "line 3: a: \"=\" is missing after label b at column 4",
                        "line 4: a: the value of label b is not in double quotes",
                        "line 6: a: label b is there twice",
                        "line 7: a: \"0x10\" is not a number",
                        "line 8: a: \"\" is not a number");
    }

    @Test
    void long_lines_long_numbers_and_many_faults_are_bounded() {
        PrometheusSelector a = PrometheusSelector.parse("a");
        assertThat(parse("a{x=\"" + "y".repeat(PrometheusText.MAX_LINE) + "\"} 1\n", a)
                        .faults())
                .hasSize(1);
        assertThat(parse("a " + "1".repeat(100_000) + "\n", a).faults()).hasSize(1);
        assertThat(parse("a x\n".repeat(1000), a).faults()).hasSize(PrometheusText.MAX_FAULTS);
        byte[] page = new byte[PrometheusText.MAX_BYTES + 1];
        assertThat(PrometheusText.parse(page, page.length, Set.of(a)).faults()).hasSize(1);
    }

    @Test
    void selectors_that_are_none_are_refused_with_the_form() {
        assertThat(PrometheusSelector.parse(" a:b_c{d=\"e\"} "))
                .isEqualTo(new PrometheusSelector("a:b_c", Map.of("d", "e")));
        for (String bad : new String[] {"", "1a", "{a=\"b\"}", "a{", "a{b=c}", "a b", "a{b=~\"c\"}", "a{b=\"c\"}d"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PrometheusSelector.parse(bad))
                    .withMessageContaining("\"" + bad + "\"")
                    .withMessageContaining("write name or name{label=\"value\"}");
        }
    }

    private static double value(String selector) {
        PrometheusSelector parsed = PrometheusSelector.parse(selector);
        PrometheusText text = parse(PAGE, parsed);
        assertThat(text.faults()).isEmpty();
        return text.value(parsed).orElseThrow();
    }

    private static PrometheusText parse(String page, PrometheusSelector... wanted) {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        return PrometheusText.parse(bytes, bytes.length, Set.of(wanted));
    }
}
