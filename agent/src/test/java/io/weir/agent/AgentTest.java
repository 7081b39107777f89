package io.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.MetricSource;
import io.weir.agent.metric.Reading;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportSession;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgentTest {
    private static final ReportKey KEY = new ReportKey(7, new byte[32]);

    private static Receiver receiver(String name, Runnable sent) {
        ReportChannel channel = new ReportChannel() {
            @Override
            public void send(byte[] bytes, int length) {
                sent.run();
            }

            @Override
            public void close() {}
        };
        return new Receiver(name, channel, new ReportSession(KEY, 1), () -> 0, line -> {});
    }

    private static void hang(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void neither_a_source_nor_a_receiver_that_hangs_stops_reports_to_others() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch reports = new CountDownLatch(3);
        MetricSource stuck = new MetricSource() {
            @Override
            public String name() {
                return "stuck";
            }

            @Override
            public Set<Metric> metrics() {
                return Set.of(Metric.REQUESTS);
            }

            @Override
            public Reading read(long nowNs) {
                hang(over);
                return Reading.NONE;
            }
        };
        AgentOptions options = new AgentOptions(
                "web1", List.of(), Duration.ofMillis(1), Duration.ofSeconds(1), new BitSet(), "/", List.of());
        Collector collector = new Collector("web1", List.of(), List.of(new WatchedSource(stuck, 1000, line -> {})));
        Agent agent = new Agent(
                options, collector, List.of(receiver("stuck", () -> hang(over)), receiver("good", reports::countDown)));
        Thread thread = Thread.ofPlatform().start(agent::run);
        assertThat(reports.await(30, TimeUnit.SECONDS)).isTrue();
        agent.close();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        over.countDown();
    }
}
