package io.weir.agent;

import io.weir.agent.http.HttpAnswer;
import io.weir.agent.http.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/** Reports as bodies of HTTP POST, a connection each. */
final class HttpChannel implements ReportChannel {
    private static final String CONTENT_TYPE = "application/octet-stream";
    private static final int MAX_ANSWER_BYTES = 16 * 1024;
    private static final int MAX_SHOWN = 200;

    private final URI url;
    private final HttpClient client;

    HttpChannel(URI url, long timeoutMs) {
        this.url = url;
        this.client = new HttpClient(timeoutMs, MAX_ANSWER_BYTES);
    }

    @Override
    public void send(byte[] bytes, int length) throws IOException {
        HttpAnswer answer = client.post(url, CONTENT_TYPE, Arrays.copyOf(bytes, length));
        if (answer.status() < 200 || answer.status() > 299) {
            String text = answer.text().strip().replaceAll("\\p{Cntrl}+", " ");
            throw new IOException("the answer is status " + answer.status()
                    + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), MAX_SHOWN))));
        }
    }

    @Override
    public void close() {}
}
