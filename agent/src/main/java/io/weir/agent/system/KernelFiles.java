package io.weir.agent.system;

import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The small files that the kernel writes about itself. */
public final class KernelFiles {
    private final Path root;

    /** Files below a folder; {@code /} but in tests. */
    public KernelFiles(Path root) {
        this.root = root;
    }

    Path path(String file) {
        return root.resolve(file.startsWith("/") ? file.substring(1) : file);
    }

    /** The text of a file. */
    String text(String file) throws SourceException {
        try {
            return Files.readString(path(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new SourceException(file + ": no such file", e);
        } catch (IOException e) {
            throw new SourceException(file + ": " + e.getMessage(), e);
        }
    }

    /** The text of a file, or an empty one when it cannot be read, as of a feature that the kernel lacks. */
    String textIfAny(String file) {
        Path path = path(file);
        try {
            // An exception at each interval would cost more than the rest of a report.
            return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** The number that a line {@code KEY NUMBER} or {@code KEY: NUMBER} of a text has, or -1. */
    static long number(String text, String key) {
        int at = text.startsWith(key) ? 0 : text.indexOf("\n" + key) + 1;
        if (at == 0 && !text.startsWith(key)) {
            return -1;
        }
        at += key.length();
        if (at < text.length() && text.charAt(at) == ':') {
            at++;
        }
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        int end = at;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        // 18 digits fit a long
        return end == at || end - at > 18 ? -1 : Long.parseLong(text, at, end, 10);
    }
}
