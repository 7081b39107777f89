package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WrkOutputTest {
    private static final String SUMMARY = """
        Running 2s test @ http://10.70.1.1:8080/
          2 threads and 64 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     1.31ms    2.61ms  50.41ms   94.59%
            Req/Sec    17.60k     1.22k   20.10k    77.50%
          Latency Distribution
             50%  990.00us
             75%    1.31ms
             90%    1.82ms
             99%   12.78ms
          70112 requests in 2.00s, 11.10MB read
        Requests/sec:  35001.50
        Transfer/sec:      5.54MB
        """;

    @Test
    void a_clean_summary_is_rates_and_latencies_in_microseconds() {
        WrkOutput output = WrkOutput.parse(SUMMARY);
        assertThat(output).isEqualTo(new WrkOutput(70_112, 35_001.5, 990, 12_780, 0, ""));
    }

    @Test
    void seconds_and_minutes_are_understood() {
        WrkOutput output = WrkOutput.parse(SUMMARY.replace("990.00us", "1.50s").replace("12.78ms", "1.20m"));
        assertThat(output.p50Us()).isEqualTo(1_500_000);
        assertThat(output.p99Us()).isEqualTo(72_000_000);
    }

    @Test
    void socket_errors_and_other_statuses_are_counted_and_told() {
        WrkOutput output = WrkOutput.parse(
                SUMMARY.replace(
                        "Requests/sec:",
                        "  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 50000\nRequests/sec:"));
        assertThat(output.errors()).isEqualTo(54_321);
        assertThat(output.complaint()).contains("read 20").contains("Non-2xx or 3xx responses: 50000");
    }

    @Test
    void no_answer_at_all_is_a_failure_and_not_a_rate_of_0() {
        assertThatThrownBy(() -> WrkOutput.parse(SUMMARY.replace("70112", "0")
                        .replace(
                                "Requests/sec:",
                                "  Socket errors: connect 64, read 0, write 0, timeout 0\nRequests/sec:")))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("no request was answered")
                .hasMessageContaining("connect 64");
    }

    @Test
    void what_is_no_summary_is_a_failure_with_its_last_line() {
        assertThatThrownBy(() -> WrkOutput.parse("unable to connect to 10.70.1.1:8080 Connection refused\n"))
                .isInstanceOf(MeasurementException.class)
                .hasMessage("wrk: unable to connect to 10.70.1.1:8080 Connection refused");
        assertThatThrownBy(() -> WrkOutput.parse("")).hasMessage("wrk: printed nothing");
    }
}
