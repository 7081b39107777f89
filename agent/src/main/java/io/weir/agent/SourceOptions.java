package io.weir.agent;

import io.weir.agent.source.PrometheusMapping;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** Where an agent asks an application for its load. */
public sealed interface SourceOptions {
    /** An endpoint with Prometheus' text format. */
    record Prometheus(URI url, PrometheusMapping mapping) implements SourceOptions {}

    /** nginx' stub_status. */
    record Nginx(URI url) implements SourceOptions {}

    /** A URL that answers with key=value lines or JSON. */
    record Http(URI url) implements SourceOptions {}

    /** A file of key=value lines or JSON, ignored when it was last written longer ago than {@code maxAge}. */
    record File(Path file, Duration maxAge) implements SourceOptions {}

    /** A command line that prints key=value lines or JSON. */
    record Command(String line) implements SourceOptions {}
}
