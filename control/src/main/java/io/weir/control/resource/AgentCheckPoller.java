package io.weir.control.resource;

import io.weir.agent.report.AgentCheckText;
import io.weir.control.configuration.LoadSourceConfiguration.AgentCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Asks a server as HAProxy's agent check does: connects, sends nothing, reads one line. For one thread. */
public final class AgentCheckPoller implements LoadPoller {
    private final PolledServer server;
    private final AgentCheck check;
    private final TcpConnector connector;
    private final ResourceManager resources;
    private final LongSupplier nowMs;
    private final Duration timeout;

    /**
     * @param nowMs the clock of {@link ResourceManager#accept}
     * @param timeout for connecting and reading together
     */
    public AgentCheckPoller(
            PolledServer server,
            AgentCheck check,
            TcpConnector connector,
            ResourceManager resources,
            LongSupplier nowMs,
            Duration timeout) {
        this.server = server;
        this.check = check;
        this.connector = connector;
        this.resources = resources;
        this.nowMs = nowMs;
        this.timeout = timeout;
    }

    @Override
    public void poll() throws IOException {
        byte[] line = new byte[AgentCheckText.MAX_LINE];
        int length = 0;
        try (BoundedConnection connection =
                BoundedConnection.open(connector, server.addresses(), check.port(), timeout, line.length)) {
            while (length < line.length) {
                int next = connection.read();
                if (next < 0) {
                    break;
                }
                line[length++] = (byte) next;
                if (next == '\n' || next == '\r') {
                    break;
                }
            }
        }
        AgentCheckText text = AgentCheckText.parse(line, length);
        if (!text.isEmpty()) {
            resources.accept(server.name(), text, nowMs.getAsLong());
        }
        if (!text.warning().isEmpty()) {
            throw new IOException("answer on port " + check.port() + ": " + text.warning());
        }
        if (text.isEmpty()) {
            throw new IOException("answer on port " + check.port() + " says nothing (such as 75%, up or drain)");
        }
    }
}
