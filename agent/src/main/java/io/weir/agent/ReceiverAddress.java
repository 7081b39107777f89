package io.weir.agent;

import io.weir.agent.http.HttpClient;
import java.net.URI;
import java.net.URISyntaxException;

/** Where reports go: a UDP port, or a URL for HTTP. */
public sealed interface ReceiverAddress {
    /** The port of datagrams when none is given. */
    int DEFAULT_PORT = 7411;

    /** The path of URLs that have none. */
    String DEFAULT_PATH = "/v1/reports";

    /** Datagrams. */
    record Udp(String host, int port) implements ReceiverAddress {
        @Override
        public String toString() {
            return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
        }
    }

    /** HTTP POST. */
    record Http(URI url) implements ReceiverAddress {
        @Override
        public String toString() {
            return url.toString();
        }
    }

    /**
     * Reads {@code HOST}, {@code HOST:PORT}, {@code ADDRESS}, {@code [IPV6]:PORT} or a URL of http or https.
     *
     * @throws IllegalArgumentException when it is none; the message says what is wrong
     */
    static ReceiverAddress parse(String text) {
        if (text.contains("://")) {
            return http(text);
        }
        String host = text;
        String port = "";
        int bracket = text.indexOf(']');
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[") && bracket > 0) {
            host = text.substring(1, bracket);
            if (bracket + 1 < text.length()) {
                if (text.charAt(bracket + 1) != ':') {
                    throw new IllegalArgumentException("\"" + text + "\" is not [IPV6]:PORT");
                }
                port = text.substring(bracket + 2);
            }
        } else if (colon >= 0 && colon == text.indexOf(':')) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        if (host.isBlank() || host.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has no host (write HOST:PORT, [IPV6]:PORT or http://HOST/)");
        }
        return new Udp(host, port.isEmpty() && !text.endsWith(":") ? DEFAULT_PORT : port(text, port));
    }

    /** Whether this is a URL of http or https with a host: one that the agent can ask. */
    static boolean isHttp(URI url) {
        return HttpClient.canAsk(url);
    }

    private static int port(String text, String port) {
        try {
            int number = Integer.parseInt(port);
            if (number >= 1 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\": port \"" + port + "\" is not a number", e);
        }
        throw new IllegalArgumentException("\"" + text + "\": port " + port + " is not within 1..65535");
    }

    private static ReceiverAddress http(String text) {
        try {
            URI url = new URI(text);
            if (isHttp(url)) {
                boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
                return new Http(bare ? url.resolve(DEFAULT_PATH) : url);
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no URL: " + e.getReason(), e);
        }
        throw new IllegalArgumentException("\"" + text + "\" is no URL of http or https with a host");
    }
}
