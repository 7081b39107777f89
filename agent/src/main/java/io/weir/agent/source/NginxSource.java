package io.weir.agent.source;

import io.weir.agent.http.HttpClient;
import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Rate;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.net.URI;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * nginx' stub_status (ngx_http_stub_status_module): active connections, and the rate of its counter of requests. The agent's
 * own connection and request are not counted.
 *
 * <pre>
 *   Active connections: 291
 *   server accepts handled requests
 *    16630948 16630948 31070465
 *   Reading: 6 Writing: 179 Waiting: 106
 * </pre>
 */
public final class NginxSource implements MetricSource {
    private static final Pattern STATUS = Pattern.compile(
            "Active connections:\\s*(\\d{1,18})\\s+server accepts handled requests\\S*(?: request_time)?"
                    + "\\s+\\d+\\s+\\d+\\s+(\\d{1,18})\\b");

    /** The agent's connection, and its request each time. */
    private static final int OWN = 1;

    private final URI url;
    private final HttpClient client;
    private final Rate requests = new Rate();

    public NginxSource(URI url, long timeoutMs) {
        this.url = url;
        this.client = new HttpClient(timeoutMs, HttpSource.MAX_BYTES);
    }

    @Override
    public String name() {
        return "nginx " + url;
    }

    @Override
    public Set<Metric> metrics() {
        return Set.of(Metric.CLIENTS, Metric.REQUESTS);
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        return parse(HttpSource.fetch(client, url).text(), nowNs);
    }

    Reading parse(String text, long nowNs) throws SourceException {
        Matcher status = STATUS.matcher(text);
        if (!status.find()) {
            throw new SourceException("is not stub_status of nginx: \"" + Texts.shortened(text) + "\"");
        }
        double active = Double.parseDouble(status.group(1));
        return Reading.of(Metric.CLIENTS, Math.max(active - OWN, 0))
                .with(Metric.REQUESTS, requests.perSecond(Double.parseDouble(status.group(2)), nowNs, OWN))
                .checked();
    }
}
