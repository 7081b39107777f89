package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Results results =
            new Results(2, List.of(Contestants.NONE, Contestants.NFTABLES, Contestants.AF_PACKET, Contestants.AF_XDP));
    private final Report report =
            new Report(Map.of("kernel", "6.18"), EnumSet.of(Row.SHORT_CONNECTIONS, Row.BULK_1), results);

    @Test
    void columns_are_aligned() {
        String table = new Grid(List.of("median", "none", "af_packet"))
                .row(List.of("rate", "12,345", "1"))
                .row(List.of("a longer one", "-", "2.50"))
                .aligned();
        assertThat(table).isEqualTo("""
                median          none  af_packet
                rate          12,345          1
                a longer one       -       2.50
                """);
    }

    @Test
    void markdown_keeps_bars_out_of_cells() {
        assertThat(new Grid(List.of("a", "b")).row(List.of("x|y", "1")).markdown())
                .isEqualTo("""
                | a | b |
                | --- | ---: |
                | x\\|y | 1 |
                """);
    }

    @Test
    void errors_and_failures_stand_in_the_table_and_below_it() {
        results.record(Contestants.NFTABLES, Metric.SHORT_RATE, 0, 1000);
        results.record(Contestants.AF_PACKET, Metric.SHORT_RATE, 0, 950);
        results.record(Contestants.AF_PACKET, Metric.SHORT_RATE, 1, 950);
        results.failed(Contestants.NFTABLES, Row.SHORT_CONNECTIONS, "wrk: no request was answered");
        results.errors(Contestants.AF_PACKET, Row.SHORT_CONNECTIONS, 17, "Socket errors: connect 0, read 17");
        results.failed(Contestants.AF_PACKET, Row.BULK_1, "iperf3: the server is busy");
        results.absent(Contestants.AF_XDP, "driver: 'af_xdp' is not a driver");
        for (String text : List.of(report.text(), report.markdown())) {
            assertThat(text)
                    .contains("950 (17 errors)")
                    .contains("1,000 (1 of 2 failed)")
                    .contains("failed: wrk: no request was answered")
                    .contains("failed: iperf3: the server is busy")
                    .contains("af_xdp does not take part: driver: 'af_xdp' is not a driver")
                    .contains("short connections, af_packet / nftables: 0.95, target >= 0.90")
                    .contains("iperf3, 1 stream, weir / nftables: -, target >= 0.75");
        }
        assertThat(report.text().lines().filter(l -> l.startsWith("iperf3, 1 stream")))
                .singleElement()
                .asString()
                .contains("failed");
    }

    @Test
    void only_targets_of_measured_rows_are_told() {
        assertThat(report.verdicts().keySet())
                .isNotEmpty()
                .noneMatch(t -> t.contains("keep-alive") || t.contains("UDP"));
    }

    @Test
    void tab_separated_values_have_every_figure_of_every_round_and_no_more() {
        results.record(Contestants.NONE, Metric.BULK_1_RATE, 0, 10.5);
        results.record(Contestants.NONE, Metric.BULK_1_RATE, 1, 11);
        assertThat(report.tsv().lines())
                .containsExactly(
                        "# kernel\t6.18",
                        "contestant\tmetric\tunit\tround\tvalue",
                        "none\tbulk-1-rate\tGbit/s\t1\t10.500",
                        "none\tbulk-1-rate\tGbit/s\t2\t11.000");
    }
}
