package io.weir.control.resource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;

/**
 * As much of HTTP/1.1 (RFC 9112) as one GET with {@code Connection: close} needs. Bounded in everything by the connection and
 * the limits here.
 */
final class HttpExchange {
    static final int MAX_LINE = 8192;
    static final int MAX_HEADERS = 100;

    private HttpExchange() {}

    /** The body of the answer to a GET; an error for any status but 200. */
    static byte[] get(BoundedConnection connection, String host, String path, int mostBytes) throws IOException {
        connection.write(BoundedConnection.ascii("GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: weir\r\nAccept: text/plain;version=0.0.4, text/plain;q=0.5\r\n"
                + "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"));
        String status = connection.line(MAX_LINE);
        while (status.startsWith("HTTP/1.") && status.regionMatches(8, " 1", 0, 2)) {
            readHeaders(connection); // an interim answer (RFC 9110 §15.2)
            status = connection.line(MAX_LINE);
        }
        if (!status.startsWith("HTTP/1.") || !status.regionMatches(8, " 200", 0, 4)) {
            throw new IOException("GET " + path + " was answered with \"" + printable(status) + "\", not with 200");
        }
        Headers headers = readHeaders(connection);
        if (headers.chunked) {
            return chunks(connection, mostBytes);
        }
        if (headers.contentLength > mostBytes) {
            throw tooLong(path, mostBytes);
        }
        if (headers.contentLength >= 0) {
            byte[] body = new byte[(int) headers.contentLength];
            connection.readFully(body, 0, body.length);
            return body;
        }
        return rest(connection, path, mostBytes);
    }

    private static byte[] rest(BoundedConnection connection, String path, int mostBytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] some = new byte[MAX_LINE];
        for (int count = connection.read(some, 0, some.length);
                count >= 0;
                count = connection.read(some, 0, some.length)) {
            if (body.size() + count > mostBytes) {
                throw tooLong(path, mostBytes);
            }
            body.write(some, 0, count);
        }
        return body.toByteArray();
    }

    /** RFC 9112 §7.1; trailers are left unread. */
    private static byte[] chunks(BoundedConnection connection, int mostBytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = connection.line(MAX_LINE);
            int end = line.indexOf(';');
            String digits = (end < 0 ? line : line.substring(0, end)).strip();
            if (!digits.matches("[0-9a-fA-F]{1,7}")) {
                throw new IOException("\"" + printable(line) + "\" is not the size of a chunk");
            }
            int size = Integer.parseInt(digits, 16);
            if (size == 0) {
                return body.toByteArray();
            }
            if (size > mostBytes - body.size()) {
                throw tooLong("the page", mostBytes);
            }
            byte[] chunk = new byte[size];
            connection.readFully(chunk, 0, size);
            body.write(chunk, 0, size);
            if (!connection.line(2).isEmpty()) {
                throw new IOException("a chunk is longer than its size says");
            }
        }
    }

    private static IOException tooLong(String what, int mostBytes) {
        return new IOException(what + " has more than " + mostBytes + " bytes");
    }

    /** What of a message's header matters here. */
    record Headers(long contentLength, boolean chunked) {}

    /** @throws IOException also for a length that is none, or two of them (RFC 9112 §6.3) */
    static Headers readHeaders(BoundedConnection connection) throws IOException {
        long length = -1;
        boolean chunked = false;
        for (int i = 0; i < MAX_HEADERS; i++) {
            String line = connection.line(MAX_LINE);
            if (line.isEmpty()) {
                return new Headers(length, chunked);
            }
            int colon = line.indexOf(':');
            String name = (colon < 0 ? line : line.substring(0, colon)).toLowerCase(Locale.ROOT);
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                if (length >= 0 || !value.matches("[0-9]{1,12}")) {
                    throw new IOException("\"" + printable(line) + "\" is not one length");
                }
                length = Long.parseLong(value);
            } else if (name.equals("transfer-encoding")) {
                if (!value.equalsIgnoreCase("chunked")) {
                    throw new IOException("transfer encoding \"" + printable(value) + "\" is not known");
                }
                chunked = true;
            }
        }
        throw new IOException("more than " + MAX_HEADERS + " header lines");
    }

    static String printable(String text) {
        return text.substring(0, Math.min(80, text.length())).replaceAll("[^ -~]", "?");
    }
}
