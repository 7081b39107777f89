package io.weir.control.resource;

import io.weir.agent.report.AbsurdValues;
import io.weir.agent.report.LoadReport;
import io.weir.agent.report.PrometheusText;
import io.weir.agent.report.ReportOutcome;
import io.weir.control.configuration.LoadSourceConfiguration.Prometheus;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Reads a server's page of Prometheus metrics and makes a load report of it. For one thread. */
public final class PrometheusPoller implements LoadPoller {
    private static final int HEADER_BYTES = 64 << 10;

    private final PolledServer server;
    private final Prometheus configuration;
    private final PrometheusLoad load;
    private final TcpConnector connector;
    private final ResourceManager resources;
    private final ReportCounters counters;
    private final LongSupplier nowMs;
    private final LongSupplier nanoTime;
    private final Duration timeout;

    /**
     * @param nowMs the clock of {@link ResourceManager#accept}
     * @param nanoTime a clock for the rates
     * @param timeout for the whole exchange
     * @throws IllegalArgumentException when a name in the configuration is not that of a metric
     */
    public PrometheusPoller(
            PolledServer server,
            Prometheus configuration,
            TcpConnector connector,
            ResourceManager resources,
            ReportCounters counters,
            LongSupplier nowMs,
            LongSupplier nanoTime,
            Duration timeout) {
        this.server = server;
        this.configuration = configuration;
        this.connector = connector;
        this.resources = resources;
        this.counters = counters;
        this.nowMs = nowMs;
        this.nanoTime = nanoTime;
        this.timeout = timeout;
        load = new PrometheusLoad(server.name(), configuration);
    }

    @Override
    public void poll() throws IOException {
        byte[] page;
        try (BoundedConnection connection = BoundedConnection.open(
                connector,
                server.addresses(),
                configuration.port(),
                timeout,
                2 * PrometheusText.MAX_BYTES + HEADER_BYTES)) {
            page = HttpExchange.get(connection, host(), configuration.path(), PrometheusText.MAX_BYTES);
        }
        PrometheusText text = PrometheusText.parse(page, page.length, load.wanted());
        if (!load.isIn(text)) {
            throw new IOException("page " + configuration.path() + " has none of the metrics " + load.wanted()
                    + (text.faults().isEmpty() ? "" : " (" + text.faults().getFirst() + ")"));
        }
        LoadReport report = load.report(text, nanoTime.getAsLong());
        String absurd = AbsurdValues.in(report);
        counters.count(absurd == null ? ReportOutcome.ACCEPTED : ReportOutcome.ABSURD);
        if (absurd != null) {
            throw new IOException("page " + configuration.path() + ": " + absurd);
        }
        resources.accept(AbsurdValues.rounded(report), LoadSource.PROMETHEUS, nowMs.getAsLong());
        if (!text.faults().isEmpty()) {
            throw new IOException(
                    "page " + configuration.path() + ", " + text.faults().getFirst());
        }
    }

    private String host() {
        IpAddress address = server.addresses().getFirst();
        return (address.lengthBits() == 128 ? "[" + address + "]" : address.toString()) + ":" + configuration.port();
    }
}
