package io.weir.control.resource;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportSession;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sends the newest report of each server on to a node, as datagrams of its own session and key. A report is sent once, soon
 * after it came: a server that falls silent here grows stale there too. Reports that come while one of the same server waits
 * take its place.
 */
public final class ReportForwarder implements ResourceListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReportForwarder.class.getName());
    private static final long COMPLAINT_INTERVAL_NS = 60_000_000_000L;

    private final DatagramChannel node;
    private final ReportSession session;
    private final LongSupplier wallClockMs;
    private final Consumer<LoadReport> forwarded;
    private final Map<String, LoadReport> waiting = new LinkedHashMap<>(); // guarded by itself
    private final byte[] bytes = new byte[ReportCodec.MAX_BYTES];
    private long complainedNs = System.nanoTime() - 2 * COMPLAINT_INTERVAL_NS;
    private volatile boolean closed;

    /**
     * @param node connected to the node's report port; closed by {@link #close}
     * @param wallClockMs milliseconds since 1970-01-01 UTC
     * @param forwarded is told of each report that was sent
     */
    public ReportForwarder(
            DatagramChannel node, ReportSession session, LongSupplier wallClockMs, Consumer<LoadReport> forwarded) {
        this.node = node;
        this.session = session;
        this.wallClockMs = wallClockMs;
        this.forwarded = forwarded;
    }

    @Override
    public void loadChanged(String server, ServerLoad load) {
        synchronized (waiting) {
            waiting.put(server, load.report());
            waiting.notifyAll();
        }
    }

    /** Sends on from a thread of its own, and rests after each round, so that a busy server is not sent on more often. */
    public void start(Duration rest) {
        Thread.ofVirtual().name("report-forwarder").start(() -> {
            try {
                while (!closed) {
                    synchronized (waiting) {
                        while (waiting.isEmpty() && !closed) {
                            waiting.wait();
                        }
                    }
                    sendWaiting();
                    Thread.sleep(rest);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Sends what waits; returns how many the network took. For one thread at a time. */
    public int sendWaiting() {
        List<LoadReport> reports;
        synchronized (waiting) {
            reports = new ArrayList<>(waiting.values());
            waiting.clear();
        }
        int sent = 0;
        for (LoadReport report : reports) {
            sent += send(report) ? 1 : 0;
        }
        return sent;
    }

    private boolean send(LoadReport report) {
        try {
            int length = session.encode(report, wallClockMs.getAsLong(), bytes);
            write(ByteBuffer.wrap(bytes, 0, length));
            forwarded.accept(report);
            return true;
        } catch (IOException e) {
            complain(e);
            return false;
        }
    }

    private void write(ByteBuffer report) throws IOException {
        try {
            node.write(report);
        } catch (PortUnreachableException e) {
            // The answer to an earlier datagram, told instead of sending this one: nobody listened then, perhaps now.
            complain(e);
            node.write(report);
        }
    }

    private void complain(IOException e) {
        long now = System.nanoTime();
        if (!closed && now - complainedNs > COMPLAINT_INTERVAL_NS) {
            complainedNs = now;
            LOG.log(Level.WARNING, "reports do not reach the node: " + e);
        }
    }

    /** Sends nothing any more. */
    @Override
    public void close() throws IOException {
        closed = true;
        synchronized (waiting) {
            waiting.notifyAll();
        }
        node.close();
    }
}
