package io.weir.management.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an answer: its status, and its body by length, in chunks or to the end of the connection (RFC 9112 §6.3). */
final class HttpAnswerReader {
    private static final int LONGEST_LINE = 16 << 10;
    private static final int MOST_HEADERS = 100;
    private static final int BUFFER_BYTES = 16 << 10;

    private enum Framing {
        LENGTH,
        CHUNKS,
        TO_THE_END
    }

    private final TimedChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private int status;
    private Framing framing = Framing.TO_THE_END;
    /** Bytes that are left of the body, or of the chunk. */
    private long left;

    private boolean hasChunkBefore;
    private boolean hasEnded;

    private HttpAnswerReader(TimedChannel channel) {
        this.channel = channel;
    }

    /** Reads up to the body. */
    static HttpAnswerReader open(TimedChannel channel, String method) throws IOException {
        HttpAnswerReader reader = new HttpAnswerReader(channel);
        Map<String, String> headers;
        do {
            headers = reader.head();
        } while (reader.status >= 100 && reader.status < 200);
        reader.frame(headers, method);
        return reader;
    }

    private Map<String, String> head() throws IOException {
        String line = line();
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}(?: .*)?")) {
            throw new IOException("the answer is not HTTP: '" + line.substring(0, Math.min(line.length(), 80)) + "'");
        }
        status = Integer.parseInt(line.substring(9, 12));
        Map<String, String> headers = new HashMap<>();
        for (line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon <= 0 || headers.size() == MOST_HEADERS) {
                throw new IOException("the answer has a malformed header or too many");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private void frame(Map<String, String> headers, String method) throws IOException {
        String coding = headers.get("transfer-encoding");
        String length = headers.get("content-length");
        if (method.equals("HEAD") || status == 204 || status == 304) {
            framing = Framing.LENGTH;
        } else if (coding != null) {
            if (!coding.equalsIgnoreCase("chunked")) {
                throw new IOException("the answer has the unknown transfer coding '" + coding + "'");
            }
            framing = Framing.CHUNKS;
        } else if (length != null) {
            if (!length.matches("[0-9]{1,18}")) {
                throw new IOException("the answer has the length '" + length + "'");
            }
            framing = Framing.LENGTH;
            left = Long.parseLong(length);
        }
    }

    int status() {
        return status;
    }

    /** The rest of the body. */
    byte[] readAll(int most) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = next(); next >= 0; next = next()) {
            if (bytes.size() == most) {
                throw new IOException("the answer is longer than " + most + " bytes");
            }
            bytes.write(next);
        }
        return bytes.toByteArray();
    }

    /** The next line of the body without its end; null at the end of the body. */
    @Nullable
    String readLine(int longest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = next(); next >= 0; next = next()) {
            if (next == '\n') {
                return bytes.toString(StandardCharsets.UTF_8);
            }
            if (bytes.size() == longest) {
                throw new IOException("a line of the answer is longer than " + longest + " bytes");
            }
            if (next != '\r') {
                bytes.write(next);
            }
        }
        return null;
    }

    /** The next byte of the body; -1 at its end. */
    private int next() throws IOException {
        if (hasEnded) {
            return -1;
        }
        switch (framing) {
            case TO_THE_END -> {
                hasEnded = !fill();
                return hasEnded ? -1 : buffer.get() & 0xff;
            }
            case LENGTH -> hasEnded = left == 0;
            case CHUNKS -> {
                if (left == 0) {
                    chunk();
                }
            }
        }
        if (hasEnded) {
            return -1;
        }
        left--;
        return raw();
    }

    private void chunk() throws IOException {
        if (hasChunkBefore && !line().isEmpty()) {
            throw new IOException("a chunk of the answer does not end where it should");
        }
        hasChunkBefore = true;
        String size = line().split(";", 2)[0].strip();
        if (!size.matches("[0-9a-fA-F]{1,8}")) {
            throw new IOException("a chunk of the answer has the size '" + size + "'");
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            hasEnded = true;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = raw(); c != '\n'; c = raw()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a header line of the answer is longer than " + LONGEST_LINE + " bytes");
            }
            line.append((char) c);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }

    private int raw() throws IOException {
        if (!fill()) {
            throw new EOFException("the connection ended within the answer");
        }
        return buffer.get() & 0xff;
    }

    private boolean fill() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        return count > 0;
    }
}
