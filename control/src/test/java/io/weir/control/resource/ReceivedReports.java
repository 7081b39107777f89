package io.weir.control.resource;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportVerifier;
import io.weir.agent.report.ReportVerifier.Permission;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A receiver for the servers web-1, web-2 and db-1, with all keys tests use, and what reached the resource manager. */
final class ReceivedReports implements ResourceListener {
    static final ReportKey ALL = new ReportKey(1, new byte[32]);
    static final ReportKey WEB = new ReportKey(2, new byte[33]);

    final ReportTally tally = new ReportTally();
    final ResourceManager resources = new ResourceManager(this);
    final ReportReceiver receiver;
    long nanos = 5_000_000_000L;
    private final LinkedBlockingQueue<ServerLoad> loads = new LinkedBlockingQueue<>();

    ReceivedReports(int perSecond) {
        resources.configure(Set.of("web-1", "web-2", "db-1"));
        ReportVerifier verifier = new ReportVerifier(
                List.of(new Permission(ALL, Set.of()), new Permission(WEB, Set.of("web-1"))),
                Duration.ofSeconds(30),
                resources::isKnown,
                100,
                System::currentTimeMillis);
        receiver = new ReportReceiver(verifier, resources, tally, perSecond, () -> nanos / 1_000_000, () -> nanos);
    }

    @Override
    public void loadChanged(String server, ServerLoad load) {
        loads.add(load);
    }

    /** The next load that was taken over. */
    ServerLoad next() throws InterruptedException {
        ServerLoad load = loads.poll(20, TimeUnit.SECONDS);
        if (load == null) {
            throw new AssertionError("no load within 20 s; " + tally);
        }
        return load;
    }

    static byte[] report(ReportKey key, String server, long sequence) {
        byte[] bytes = new byte[ReportCodec.MAX_BYTES];
        LoadReport report = new LoadReport(server, sequence, 0.5, 0.25, 0.01, 100);
        return Arrays.copyOf(
                bytes, ReportCodec.encode(report, key, 77, sequence, System.currentTimeMillis() + sequence, bytes));
    }
}
