package io.weir.agent.source;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.metric.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.function.LongSupplier;

/** A file that the application writes again and again, as {@link MetricText}. Older than a limit it is ignored. */
public final class FileSource implements MetricSource {
    private static final int MAX_BYTES = 64 * 1024;

    private final Path file;
    private final long maxAgeMs;
    private final LongSupplier wallMs;
    private final MetricText text = new MetricText();
    private FileTime modified = FileTime.fromMillis(Long.MIN_VALUE);
    private Reading last = Reading.NONE;

    /**
     * @param maxAgeMs time since the last change after which the file is ignored
     * @param wallMs the clock of the file system, such as {@link System#currentTimeMillis}
     */
    public FileSource(Path file, long maxAgeMs, LongSupplier wallMs) {
        this.file = file;
        this.maxAgeMs = maxAgeMs;
        this.wallMs = wallMs;
    }

    @Override
    public String name() {
        return "file " + file;
    }

    @Override
    public Set<Metric> metrics() {
        return text.seen();
    }

    @Override
    public Reading read(long nowNs) throws SourceException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new SourceException("is not a regular file");
            }
            FileTime time = attributes.lastModifiedTime();
            if (wallMs.getAsLong() - time.toMillis() > maxAgeMs) {
                throw new SourceException("was not written for more than " + maxAgeMs / 1000.0 + " s (--max-age)");
            }
            // Rates are over the time between two writes, not between two looks.
            if (!time.equals(modified)) {
                last = text.read(content(), time.toMillis() * 1_000_000);
                modified = time;
            }
            return last;
        } catch (NoSuchFileException e) {
            throw new SourceException("no such file", e);
        } catch (IOException e) {
            throw new SourceException("cannot be read: " + e, e);
        }
    }

    private String content() throws IOException, SourceException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new SourceException("has more than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
