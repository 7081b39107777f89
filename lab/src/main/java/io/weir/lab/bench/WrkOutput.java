package io.weir.lab.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code wrk --latency} printed.
 *
 * @param requests requests answered
 * @param perSecond requests answered in a second
 * @param p50Us median latency in microseconds
 * @param p99Us latency that 99 % stay below, in microseconds
 * @param errors socket errors and answers other than 2xx and 3xx
 * @param complaint the lines about errors, empty without any
 */
record WrkOutput(long requests, double perSecond, double p50Us, double p99Us, long errors, String complaint) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern LATENCY =
            Pattern.compile("^\\s+(50|99)%\\s+([0-9.]+)(us|ms|s|m)\\s*$", Pattern.MULTILINE);
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    /** @throws MeasurementException when it is not wrk's summary */
    static WrkOutput parse(String output) {
        Matcher requests = REQUESTS.matcher(output);
        Matcher rate = RATE.matcher(output);
        if (!requests.find() || !rate.find()) {
            throw new MeasurementException("wrk: " + MeasurementException.lastLine(output));
        }
        double p50 = Double.NaN;
        double p99 = Double.NaN;
        Matcher latency = LATENCY.matcher(output);
        while (latency.find()) {
            double us = Double.parseDouble(latency.group(2)) * unitUs(latency.group(3));
            if (latency.group(1).equals("50")) {
                p50 = us;
            } else {
                p99 = us;
            }
        }
        long errors = 0;
        StringBuilder complaint = new StringBuilder();
        Matcher sockets = SOCKET_ERRORS.matcher(output);
        if (sockets.find()) {
            for (int i = 1; i <= 4; i++) {
                errors += Long.parseLong(sockets.group(i));
            }
            complaint.append(sockets.group());
        }
        Matcher status = STATUS.matcher(output);
        if (status.find()) {
            errors += Long.parseLong(status.group(1));
            complaint.append(complaint.isEmpty() ? "" : "; ").append(status.group());
        }
        long answered = Long.parseLong(requests.group(1));
        if (answered == 0) {
            throw new MeasurementException(
                    "wrk: no request was answered" + (complaint.isEmpty() ? "" : " (" + complaint + ")"));
        }
        return new WrkOutput(answered, Double.parseDouble(rate.group(1)), p50, p99, errors, complaint.toString());
    }

    private static double unitUs(String unit) {
        return switch (unit) {
            case "us" -> 1;
            case "ms" -> 1_000;
            case "s" -> 1_000_000;
            default -> 60_000_000;
        };
    }
}
