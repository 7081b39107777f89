package io.weir.control.resource;

import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportDatagram;
import io.weir.agent.report.ReportOutcome;
import io.weir.agent.report.ReportVerifier;
import io.weir.agent.report.ReportVerifier.Verdict;
import io.weir.memory.server.ServerStatus.LoadSource;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Takes reports from the network to the {@link ResourceManager}: limits their rate before any cryptography, verifies them,
 * counts each outcome, and passes the newest on. A refused report changes nothing but its counter, and at most one a second
 * is named in the log. Safe for any number of threads.
 */
public final class ReportReceiver implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReportReceiver.class.getName());
    private static final long LOG_INTERVAL_NS = 1_000_000_000;
    /** Under a flood the thread rests so often, and the socket's own buffer drops: a flood costs a bounded share of a core. */
    private static final int REFUSED_BEFORE_REST = 64;

    private static final long REST_NS = 1_000_000;

    private final ReportVerifier verifier;
    private final ResourceManager resources;
    private final ReportCounters counters;
    private final LongSupplier nowMs;
    private final LongSupplier nanoTime;
    private final List<DatagramChannel> channels = new CopyOnWriteArrayList<>();
    private final Object logLock = new Object();
    private volatile SourceLimiter limiter;
    private volatile boolean closed;
    private long lastLogNs; // guarded by logLock, as the next
    private long unnamed;

    /**
     * @param perSecond greatest number of reports looked at per second
     * @param nowMs the clock of {@link ResourceManager#accept}
     * @param nanoTime a clock for the rates
     */
    public ReportReceiver(
            ReportVerifier verifier,
            ResourceManager resources,
            ReportCounters counters,
            int perSecond,
            LongSupplier nowMs,
            LongSupplier nanoTime) {
        this.verifier = verifier;
        this.resources = resources;
        this.counters = counters;
        this.nowMs = nowMs;
        this.nanoTime = nanoTime;
        limiter = new SourceLimiter(perSecond, nanoTime.getAsLong());
        lastLogNs = nanoTime.getAsLong() - LOG_INTERVAL_NS;
    }

    /** From now on so many reports per second are looked at. */
    public void limit(int perSecond) {
        limiter = new SourceLimiter(perSecond, nanoTime.getAsLong());
    }

    /** Judges one report and passes it on when it is the newest of its server. */
    public Verdict receive(byte[] bytes, int offset, int length, InetAddress source, LoadSource by) {
        Verdict verdict = limiter.admits(source, nanoTime.getAsLong())
                ? verifier.verify(bytes, offset, length)
                : new Verdict(ReportOutcome.RATE_LIMITED, ReportOutcome.RATE_LIMITED.meaning(), null, false);
        counters.count(verdict.outcome());
        ReportDatagram datagram = verdict.datagram();
        if (verdict.outcome() != ReportOutcome.ACCEPTED) {
            name(verdict, source);
        } else if (verdict.newest() && datagram != null) {
            resources.accept(datagram.report(), by, nowMs.getAsLong());
        }
        return verdict;
    }

    private void name(Verdict verdict, InetAddress source) {
        long more;
        synchronized (logLock) {
            long now = nanoTime.getAsLong();
            if (now - lastLogNs < LOG_INTERVAL_NS) {
                unnamed++;
                return;
            }
            lastLogNs = now;
            more = unnamed;
            unnamed = 0;
        }
        LOG.log(
                Level.WARNING,
                "report from " + IpAddress.ofOctets(source.getAddress()) + " dropped (" + verdict.outcome() + "): "
                        + verdict.reason() + (more == 0 ? "" : "; and " + more + " others since the last notice"));
    }

    /**
     * Receives from a bound channel in blocking mode, with a thread of its own, until one of the two is closed. Closing this
     * closes the channel.
     */
    public void listen(DatagramChannel channel) {
        channels.add(channel);
        if (closed) {
            close(channel);
            return;
        }
        Thread.ofVirtual().name("report-receiver").start(() -> receiveAll(channel));
    }

    private void receiveAll(DatagramChannel channel) {
        // One byte more than the longest report, so that a longer datagram is seen to be too long.
        ByteBuffer buffer = ByteBuffer.allocate(ReportCodec.MAX_BYTES + 1);
        int refused = 0;
        while (!closed && channel.isOpen()) {
            try {
                buffer.clear();
                InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
                if (source == null) {
                    throw new IOException("a report channel in non-blocking mode");
                }
                Verdict verdict = receive(buffer.array(), 0, buffer.position(), source.getAddress(), LoadSource.AGENT);
                refused = verdict.outcome() == ReportOutcome.RATE_LIMITED ? refused + 1 : 0;
                if (refused == REFUSED_BEFORE_REST) {
                    refused = 0;
                    LockSupport.parkNanos(REST_NS);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // An ICMP error to an earlier datagram, or a shortage: neither ends the channel.
                LOG.log(Level.WARNING, "reports: " + e);
                LockSupport.parkNanos(LOG_INTERVAL_NS);
            }
        }
    }

    /** Closes all channels; their threads end. */
    @Override
    public void close() {
        closed = true;
        channels.forEach(ReportReceiver::close);
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a report channel could not be closed: " + e);
        }
    }
}
