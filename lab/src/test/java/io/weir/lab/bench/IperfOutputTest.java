package io.weir.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IperfOutputTest {
    private static final String SUMMARY = """
        {
            "end":  {
                "streams":  [{ "receiver": { "bits_per_second": 1 } }],
                "sum_sent":  { "seconds": 2, "bits_per_second": 9.9e9, "retransmits": 3, "sender": true },
                "sum_received":  {
                    "start": 0, "end": 2.0, "bytes": 2400000000,
                    "bits_per_second":  9123456789.5, "sender": true
                }
            }
        }
        """;

    @Test
    void the_rate_is_the_receivers_sum() {
        assertThat(IperfOutput.parse(SUMMARY).bitsPerSecond()).isEqualTo(9_123_456_789.5);
        assertThat(IperfOutput.parse(SUMMARY.replace("9123456789.5", "1.5e+10")).bitsPerSecond())
                .isEqualTo(1.5e10);
    }

    @Test
    void an_error_is_a_failure_even_beside_figures() {
        assertThatThrownBy(() -> IperfOutput.parse(SUMMARY.replaceFirst("\\{", "{ \"error\": \"the server is busy\",")))
                .isInstanceOf(MeasurementException.class)
                .hasMessage("iperf3: the server is busy");
    }

    @Test
    void nothing_received_is_a_failure_and_not_a_rate_of_0() {
        assertThatThrownBy(() -> IperfOutput.parse(SUMMARY.replace("9123456789.5", "0")))
                .hasMessage("iperf3: nothing was received");
        assertThatThrownBy(() -> IperfOutput.parse("Segmentation fault\n")).hasMessage("iperf3: Segmentation fault");
    }
}
