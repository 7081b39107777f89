package io.weir.control.health;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads one response to a GET request, strictly (RFC 9112) and within bounds. Whatever is wrong is an IOException with
 * the words for people.
 */
final class HttpResponse {
    static final int MOST_HEAD_BYTES = 16 << 10;
    static final int MOST_BODY_BYTES = 64 << 10;

    private static final int MOST_INTERIM = 8;
    private static final int MOST_CHUNK_LINE = 256;

    private final InputStream in;
    private int headBytes;
    private int status;
    private long contentLength = -1;
    private boolean chunked;

    /** @param in buffered */
    HttpResponse(InputStream in) {
        this.in = in;
    }

    /** Reads status line and fields, and returns the status; interim responses (1xx) are passed over. */
    int readHead() throws IOException {
        for (int i = 0; i <= MOST_INTERIM; i++) {
            status = status(headLine());
            contentLength = -1;
            chunked = false;
            for (String line = headLine(); !line.isEmpty(); line = headLine()) {
                field(line);
            }
            if (status >= 200) {
                if (chunked && contentLength >= 0) {
                    throw new IOException("HTTP: both Content-Length and Transfer-Encoding");
                }
                return status;
            }
        }
        throw new IOException("HTTP: more than " + MOST_INTERIM + " interim responses");
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[0-9] [1-9][0-9][0-9]( .*)?")) {
            throw new IOException("HTTP: \"" + Words.line(line.length() > 40 ? line.substring(0, 40) : line)
                    + "\" is no status line");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private void field(String line) throws IOException {
        int colon = line.indexOf(':');
        String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
        if (!name.matches("[!#$%&'*+.^_`|~0-9a-z-]+")) {
            throw new IOException("HTTP: \"" + Words.line(line) + "\" is no header field");
        }
        String value = line.substring(colon + 1).strip();
        if (name.equals("content-length")) {
            if (!value.matches("[0-9]{1,18}") || (contentLength >= 0 && contentLength != Long.parseLong(value))) {
                throw new IOException("HTTP: bad Content-Length \"" + Words.line(value) + "\"");
            }
            contentLength = Long.parseLong(value);
        } else if (name.equals("transfer-encoding")) {
            if (chunked || !value.equalsIgnoreCase("chunked")) {
                throw new IOException("HTTP: unknown Transfer-Encoding \"" + Words.line(value) + "\"");
            }
            chunked = true;
        }
    }

    /** Reads the first 64 KiB of the body. */
    String readBody() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (status == 204 || status == 304) {
            return "";
        }
        if (chunked) {
            readChunks(body);
        } else {
            long wanted = contentLength < 0 ? Long.MAX_VALUE : contentLength;
            long missing = copy(body, wanted);
            if (contentLength >= 0 && missing > 0 && body.size() < MOST_BODY_BYTES) {
                throw new IOException("HTTP: closed after " + body.size() + " of " + contentLength + " bytes of body");
            }
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private void readChunks(ByteArrayOutputStream body) throws IOException {
        while (body.size() < MOST_BODY_BYTES) {
            String line = line(MOST_CHUNK_LINE, "chunk");
            int end = line.indexOf(';');
            String size = (end < 0 ? line : line.substring(0, end)).strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("HTTP: \"" + Words.line(size) + "\" is no chunk size");
            }
            long bytes = Long.parseLong(size, 16);
            if (bytes == 0) {
                return;
            }
            long missing = copy(body, bytes);
            if (body.size() < MOST_BODY_BYTES
                    && (missing > 0 || !line(MOST_CHUNK_LINE, "chunk").isEmpty())) {
                throw new IOException("HTTP: the body ends within a chunk");
            }
        }
    }

    /** Copies as much as there is room for; returns how many of {@code wanted} bytes did not come. */
    private long copy(ByteArrayOutputStream body, long wanted) throws IOException {
        byte[] piece = new byte[8192];
        long left = wanted;
        while (left > 0 && body.size() < MOST_BODY_BYTES) {
            int room = (int) Math.min(Math.min(left, piece.length), MOST_BODY_BYTES - body.size());
            int count = in.read(piece, 0, room);
            if (count < 0) {
                break;
            }
            body.write(piece, 0, count);
            left -= count;
        }
        return left;
    }

    private String headLine() throws IOException {
        String line = line(MOST_HEAD_BYTES - headBytes, "head");
        headBytes += line.length() + 2;
        return line;
    }

    /** A line without its end; a bare line feed ends it too (RFC 9112 section 2.2). */
    private String line(int most, String what) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException(
                        headBytes == 0 && line.size() == 0
                                ? "HTTP: closed without an answer"
                                : "HTTP: closed within the " + what);
            }
            if (octet == '\n') {
                break;
            }
            if (line.size() >= most) {
                throw new IOException("HTTP: " + what + " longer than " + limit(what) + " bytes");
            }
            line.write(octet);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static int limit(String what) {
        return what.equals("head") ? MOST_HEAD_BYTES : MOST_CHUNK_LINE;
    }
}
