package io.weir.agent.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * HTTP/1.1 (RFC 9112), a connection per request, for endpoints beside the agent and for receivers of reports. The clients of
 * the JDK have no time limit for a whole exchange or cost more memory than the agent may have. Redirections are not followed.
 */
public final class HttpClient {
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int NS_PER_MS = 1_000_000;

    private final long timeoutMs;
    private final int maxBodyBytes;

    /**
     * @param timeoutMs for a whole exchange, name resolution apart
     * @param maxBodyBytes answers with more are refused
     */
    public HttpClient(long timeoutMs, int maxBodyBytes) {
        this.timeoutMs = timeoutMs;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Whether this is a URL that the client can ask: http or https with a host. */
    public static boolean canAsk(URI url) {
        String scheme = url.getScheme();
        return url.getHost() != null
                && url.getPort() <= 65_535
                && scheme != null
                && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"));
    }

    /**
     * Asks for a document.
     *
     * @throws IOException when the server cannot be reached, does not answer in time, or answers something that is no HTTP
     */
    public HttpAnswer get(URI url) throws IOException {
        return exchange(url, head(url, "GET") + "\r\n", new byte[0]);
    }

    /** Sends a body. */
    public HttpAnswer post(URI url, String contentType, byte[] body) throws IOException {
        String head =
                head(url, "POST") + "Content-Type: " + contentType + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        return exchange(url, head, body);
    }

    private static String head(URI url, String method) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return method + " " + path + query + " HTTP/1.1\r\nHost: " + url.getHost() + port
                + "\r\nUser-Agent: weir-agent\r\nAccept: */*\r\nConnection: close\r\n";
    }

    private HttpAnswer exchange(URI url, String head, byte[] body) throws IOException {
        if (!canAsk(url)) {
            throw new IOException(url + ": is no URL of http or https");
        }
        InetAddress[] addresses = resolve(url.getHost());
        long deadlineNs = System.nanoTime() + timeoutMs * NS_PER_MS;
        try (Socket socket = connect(url, addresses, deadlineNs)) {
            byte[] request = head.getBytes(StandardCharsets.ISO_8859_1);
            ByteArrayOutputStream out = new ByteArrayOutputStream(request.length + body.length);
            out.write(request);
            out.write(body);
            out.writeTo(socket.getOutputStream());
            return new Answer(new TimedInput(socket, deadlineNs)).read();
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException("no answer within " + timeoutMs + " ms");
        }
    }

    private static InetAddress[] resolve(String host) throws IOException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new UnknownHostException(host + ": no such host");
        }
    }

    private static Socket connect(URI url, InetAddress[] addresses, long deadlineNs) throws IOException {
        boolean secure = url.getScheme().equalsIgnoreCase("https");
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        IOException failure = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(address, port), leftMs(deadlineNs));
                return secure ? secured(socket, url.getHost(), port, deadlineNs) : socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure == null ? new IOException(url.getHost() + ": has no address") : failure;
    }

    private static Socket secured(Socket socket, String host, int port, long deadlineNs) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(leftMs(deadlineNs));
        secured.startHandshake();
        return secured;
    }

    private static int leftMs(long deadlineNs) throws SocketTimeoutException {
        long left = (deadlineNs - System.nanoTime()) / NS_PER_MS;
        if (left <= 0) {
            throw new SocketTimeoutException("out of time");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    /** Input of which each part must come before the deadline, however little comes at a time. */
    private static final class TimedInput {
        private final Socket socket;
        private final InputStream in;
        private final long deadlineNs;
        private final byte[] buffer = new byte[8192];
        private int at;
        private int end;

        TimedInput(Socket socket, long deadlineNs) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadlineNs = deadlineNs;
        }

        /** The next byte, or -1 at the end. */
        int read() throws IOException {
            return fill() ? buffer[at++] & 0xff : -1;
        }

        /** Moves what is there, at most some bytes, and returns how many; -1 at the end. */
        int move(ByteArrayOutputStream to, long most) throws IOException {
            if (!fill()) {
                return -1;
            }
            int n = (int) Math.min(most, end - at);
            to.write(buffer, at, n);
            at += n;
            return n;
        }

        private boolean fill() throws IOException {
            if (at == end) {
                socket.setSoTimeout(leftMs(deadlineNs));
                at = 0;
                end = Math.max(in.read(buffer), 0);
            }
            return at < end;
        }
    }

    /** Reads status, headers and body. */
    private final class Answer {
        private final TimedInput in;
        private int headerBytes;

        Answer(TimedInput in) {
            this.in = in;
        }

        HttpAnswer read() throws IOException {
            int status = status(line());
            while (status >= 100 && status < 200) {
                headers();
                status = status(line());
            }
            Headers headers = headers();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (headers.chunked) {
                chunks(body);
            } else if (headers.length >= 0) {
                exactly(headers.length, body);
            } else if (status != 204 && status != 304) {
                toEnd(body);
            }
            return new HttpAnswer(status, body.toByteArray());
        }

        private static int status(String line) throws IOException {
            if (line.length() < 12 || !line.startsWith("HTTP/1.")) {
                throw new IOException("answer is no HTTP: \"" + shortened(line) + "\"");
            }
            try {
                return Integer.parseInt(line, 9, 12, 10);
            } catch (NumberFormatException e) {
                throw new IOException("answer is no HTTP: \"" + shortened(line) + "\"", e);
            }
        }

        private Headers headers() throws IOException {
            Headers headers = new Headers();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
                String value = line.substring(colon + 1).strip();
                if (name.equals("content-length")) {
                    headers.length = length(value, 10);
                } else if (name.equals("transfer-encoding")) {
                    headers.chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
                }
            }
            return headers;
        }

        private static long length(String digits, int radix) throws IOException {
            try {
                return Long.parseUnsignedLong(digits, radix) & Long.MAX_VALUE;
            } catch (NumberFormatException e) {
                throw new IOException("length \"" + shortened(digits) + "\" is not a number", e);
            }
        }

        private void chunks(ByteArrayOutputStream body) throws IOException {
            while (true) {
                headerBytes = 0;
                String size = line();
                int extension = size.indexOf(';');
                long bytes = length((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
                if (bytes == 0) {
                    return; // trailers are of no interest
                }
                exactly(bytes, body);
                line();
            }
        }

        private void exactly(long bytes, ByteArrayOutputStream body) throws IOException {
            refuseMoreThan(body.size() + bytes);
            long left = bytes;
            while (left > 0) {
                int n = in.move(body, left);
                if (n < 0) {
                    throw new EOFException("the answer ends " + left + " bytes early");
                }
                left -= n;
            }
        }

        private void toEnd(ByteArrayOutputStream body) throws IOException {
            while (in.move(body, Integer.MAX_VALUE) >= 0) {
                refuseMoreThan(body.size());
            }
        }

        private void refuseMoreThan(long bytes) throws IOException {
            if (bytes < 0 || bytes > maxBodyBytes) {
                throw new IOException("the answer has more than " + maxBodyBytes + " bytes");
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("the connection was closed before the answer was complete");
                }
                if (++headerBytes > MAX_HEADER_BYTES) {
                    throw new IOException("headers have more than " + MAX_HEADER_BYTES + " bytes");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }

    private static final class Headers {
        private long length = -1;
        private boolean chunked;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
