package io.weir.agent;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportSession;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One receiver of reports, its session, and what was said about it: a line when reports fail and when they go again. */
public final class Receiver implements AutoCloseable {
    /** A datagram's failure shows at the next one only, so that failing and going alternate. */
    private static final int GOES_AGAIN = 3;

    private final String name;
    private final ReportChannel channel;
    private final ReportSession session;
    private final LongSupplier wallMs;
    private final Consumer<String> log;
    private final byte[] bytes = new byte[ReportCodec.MAX_BYTES];
    private boolean failing;
    private int gone;

    Receiver(String name, ReportChannel channel, ReportSession session, LongSupplier wallMs, Consumer<String> log) {
        this.name = name;
        this.channel = channel;
        this.session = session;
        this.wallMs = wallMs;
        this.log = log;
    }

    /**
     * The receiver at an address.
     *
     * @param timeoutMs how long an HTTP receiver may take
     * @param log takes messages for people, a line each
     */
    public static Receiver of(ReceiverAddress address, ReportKey key, long timeoutMs, Consumer<String> log) {
        ReportChannel channel = switch (address) {
            case ReceiverAddress.Udp udp -> new UdpChannel(udp, InetAddress::getAllByName, System::nanoTime);
            case ReceiverAddress.Http http -> new HttpChannel(http.url(), timeoutMs);
        };
        return new Receiver(address.toString(), channel, new ReportSession(key), System::currentTimeMillis, log);
    }

    /** Its address. */
    public String name() {
        return name;
    }

    /** Sends a report; returns why it certainly did not arrive, if so. */
    public Optional<String> send(LoadReport report) {
        try {
            channel.send(bytes, session.encode(report, wallMs.getAsLong(), bytes));
            if (failing && ++gone >= GOES_AGAIN) {
                failing = false;
                log.accept("reports to " + name + " go again");
            }
            return Optional.empty();
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            gone = 0;
            if (!failing) {
                failing = true;
                log.accept("reports to " + name + " fail: " + reason);
            }
            return Optional.of(reason);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
