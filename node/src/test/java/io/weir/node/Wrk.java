package io.weir.node;

import io.weir.lab.Station;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk printed: each request on a connection of its own.
 *
 * @param requests requests answered
 * @param output everything printed
 */
record Wrk(long requests, String output) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");

    static Wrk run(Station station, String url, int connections, int seconds) {
        String output = Programs.successIn(
                station,
                seconds + 30L,
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + seconds + "s",
                "--timeout",
                "10s",
                "-H",
                "Connection: close",
                url);
        Matcher matcher = REQUESTS.matcher(output);
        if (!matcher.find()) {
            throw new AssertionError("not wrk's summary:\n" + output);
        }
        return new Wrk(Long.parseLong(matcher.group(1)), output);
    }

    /** True when a connection failed, broke or timed out, or an answer was not 2xx. */
    boolean failed() {
        return output.contains("Socket errors") || output.contains("Non-2xx");
    }
}
