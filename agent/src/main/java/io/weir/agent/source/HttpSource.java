package io.weir.agent.source;

import io.weir.agent.http.HttpAnswer;
import io.weir.agent.http.HttpClient;
import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/** A URL that answers with {@link MetricText}. */
public final class HttpSource implements MetricSource {
    /** Greatest answer of an application that is read; several fit the agent's small heap. */
    static final int MAX_BYTES = 1024 * 1024;

    private final URI url;
    private final HttpClient client;
    private final MetricText text = new MetricText();

    public HttpSource(URI url, long timeoutMs) {
        this.url = url;
        this.client = new HttpClient(timeoutMs, MAX_BYTES);
    }

    @Override
    public String name() {
        return "http " + url;
    }

    @Override
    public Set<Metric> metrics() {
        return text.seen();
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        return text.read(fetch(client, url).text(), nowNs);
    }

    /** What is at a URL. */
    static HttpAnswer fetch(HttpClient client, URI url) throws SourceException {
        try {
            HttpAnswer answer = client.get(url);
            if (answer.status() != 200) {
                throw new SourceException("answers with status " + answer.status());
            }
            return answer;
        } catch (IOException e) {
            throw new SourceException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }
}
