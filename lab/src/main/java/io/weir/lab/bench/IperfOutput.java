package io.weir.lab.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code iperf3 --json} printed about a TCP test.
 *
 * @param bitsPerSecond as the receiver counted
 */
record IperfOutput(double bitsPerSecond) {
    private static final Pattern ERROR = Pattern.compile("\"error\":\\s*\"([^\"]*)\"");
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*?\"bits_per_second\":\\s*([0-9.eE+]+)");

    /** @throws MeasurementException when iperf3 reports an error or nothing was received */
    static IperfOutput parse(String output) {
        Matcher error = ERROR.matcher(output);
        if (error.find()) {
            throw new MeasurementException("iperf3: " + error.group(1));
        }
        Matcher received = RECEIVED.matcher(output);
        if (!received.find()) {
            throw new MeasurementException("iperf3: " + MeasurementException.lastLine(output));
        }
        double rate = Double.parseDouble(received.group(1));
        if (rate <= 0) {
            throw new MeasurementException("iperf3: nothing was received");
        }
        return new IperfOutput(rate);
    }
}
