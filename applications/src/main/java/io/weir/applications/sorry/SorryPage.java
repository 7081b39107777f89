package io.weir.applications.sorry;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The answers, ready to be sent: to a request, and to one with HEAD, which gets no body (RFC 9110 section 9.3.2). Each goes in
 * one segment, as there is nobody who would remember what was sent before.
 */
final class SorryPage {
    /** What every path takes: the least MTU of IPv6 without IPv6 and TCP header (RFC 8200 section 5). */
    static final int MOST_BYTES = 1220;

    private static final String PAGE = """
        <!doctype html>
        <title>Out of service</title>
        <h1>Out of service</h1>
        <p>We are sorry: nobody can answer at the moment. Please try again in a little while.
        """;

    private final byte[] whole;
    private final int headerLength;

    private SorryPage(byte[] whole, int headerLength) {
        this.whole = whole;
        this.headerLength = headerLength;
    }

    /** Header and body; not to be changed. */
    byte[] whole() {
        return whole;
    }

    /** Bytes of the header. */
    int headerLength() {
        return headerLength;
    }

    /**
     * Reads the settings.
     *
     * @throws SettingsException when they are wrong, the file cannot be read, or the page is too long
     */
    static SorryPage of(Settings settings) throws SettingsException {
        String file = settings.text("file", "");
        String text = settings.text("page", "");
        long retryAfterMs = settings.milliseconds("retry-after", 30_000);
        settings.refuseOthers();
        if (!file.isEmpty() && !text.isEmpty()) {
            throw new SettingsException("file", "file: there is a page already; leave one of them out");
        }
        byte[] body = (text.isEmpty() ? PAGE : text).getBytes(StandardCharsets.UTF_8);
        if (!file.isEmpty()) {
            body = read(file);
        }
        boolean html = new String(body, StandardCharsets.UTF_8).stripLeading().startsWith("<");
        // Never less than 128 bytes, which the numbers that SorryApplication tells states by need.
        String header = "HTTP/1.1 503 Service Unavailable\r\n"
                + "Content-Type: text/" + (html ? "html" : "plain") + "; charset=utf-8\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + "Retry-After: " + Math.max(1, retryAfterMs / 1000) + "\r\n"
                + "Cache-Control: no-store\r\n"
                + "Connection: close\r\n\r\n";
        byte[] head = header.getBytes(StandardCharsets.US_ASCII);
        if (head.length + body.length > MOST_BYTES) {
            String setting = file.isEmpty() ? "page" : "file";
            throw new SettingsException(
                    setting,
                    setting + ": " + body.length
                            + " bytes are too long; with the header the page must fit into one segment"
                            + " on every path, so at most " + (MOST_BYTES - head.length) + " bytes");
        }
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return new SorryPage(whole, head.length);
    }

    private static byte[] read(String file) throws SettingsException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            // One more than fits is enough to see that it does not.
            return in.readNBytes(MOST_BYTES + 1);
        } catch (IOException | InvalidPathException e) {
            throw new SettingsException("file", "file: cannot read \"" + file + "\": " + e);
        }
    }
}
