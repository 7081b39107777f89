package io.weir.control.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.AgentCheckText;
import io.weir.agent.report.LoadReport;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceManagerTest {
    private static final Duration STALE = Duration.ofSeconds(10);

    private final List<String> news = new ArrayList<>();
    private final ResourceManager resources = new ResourceManager(new ResourceListener() {
        @Override
        public void loadChanged(String server, ServerLoad load) {
            news.add(server + " changed");
        }

        @Override
        public void becameStale(String server, ServerLoad load, long ageMs) {
            news.add(server + " stale after " + ageMs);
        }

        @Override
        public void becameFresh(String server, ServerLoad load) {
            news.add(server + " fresh");
        }
    });

    @Test
    void the_last_report_is_kept_with_its_age_and_source() {
        resources.configure(Set.of("a"));
        resources.accept(report("a", 0.1), LoadSource.AGENT, 1000);
        resources.accept(report("a", 0.2), LoadSource.HTTP, 2000);

        ServerLoad load = resources.load("a").orElseThrow();
        assertThat(load.report().cpu()).isEqualTo(0.2);
        assertThat(load.source()).isEqualTo(LoadSource.HTTP);
        assertThat(load.ageMs(5000)).isEqualTo(3000);
        assertThat(load.isStale(12_000, STALE)).isFalse();
        assertThat(load.isStale(12_001, STALE)).isTrue();
        assertThat(news).containsExactly("a changed", "a changed");
    }

    @Test
    void servers_that_are_not_known_leave_nothing() {
        resources.configure(Set.of("a", "b"));
        resources.accept(report("x", 0.1), LoadSource.AGENT, 0);
        resources.accept("x", text("down"), 0);
        resources.accept(report("b", 0.1), LoadSource.AGENT, 0);
        resources.configure(Set.of("a"));

        assertThat(resources.loads()).isEmpty();
        assertThat(resources.isKnown("b")).isFalse();
        assertThat(news).containsExactly("b changed");
    }

    @Test
    void a_process_that_knows_no_servers_takes_so_many_and_no_more() {
        resources.configureAny(2);
        for (String server : List.of("a", "b", "c", "a")) {
            resources.accept(report(server, 0.1), LoadSource.AGENT, 0);
        }

        assertThat(resources.loads().keySet()).containsExactly("a", "b");
        assertThat(resources.isKnown("a")).isTrue();
        assertThat(resources.isKnown("c")).isFalse();
    }

    @Test
    void growing_stale_and_being_heard_again_are_said_once() {
        resources.configure(Set.of("a"));
        resources.accept(report("a", 0.1), LoadSource.AGENT, 0);
        news.clear();
        for (long now : new long[] {0, 10_000, 10_500, 20_000}) {
            resources.watch(now, STALE);
        }
        resources.accept(report("a", 0.1), LoadSource.AGENT, 21_000);
        resources.watch(21_001, STALE);
        resources.watch(22_000, STALE);

        assertThat(news).containsExactly("a stale after 10500", "a changed", "a fresh");
    }

    @Test
    void answers_to_agent_checks_add_up() {
        resources.configure(Set.of("a"));
        resources.accept("a", text("75% maxconn:30"), 0);
        resources.accept("a", text("down # disk full"), 1000);

        ServerLoad load = resources.load("a").orElseThrow();
        assertThat(load.source()).isEqualTo(LoadSource.HAPROXY);
        assertThat(load.weightPercent(1000, STALE)).hasValue(75);
        assertThat(load.wish().maxConnections()).hasValue(30);
        assertThat(load.availability()).isEqualTo(Availability.DOWN);
        assertThat(load.wish().message()).isEqualTo("disk full");
        assertThat(LoadReport.isKnown(load.report().cpu())).isFalse();

        resources.accept("a", text("up drain"), 2000);
        assertThat(availability()).isEqualTo(Availability.DRAINING);
        resources.accept("a", text("maint"), 3000);
        assertThat(availability()).isEqualTo(Availability.MAINTENANCE);
        resources.accept("a", text("ready"), 4000);
        assertThat(availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void a_silent_server_loses_its_percentage_but_stays_under_maintenance() {
        resources.configure(Set.of("a"));
        resources.accept("a", text("50% maint"), 0);

        ServerLoad load = resources.load("a").orElseThrow();
        assertThat(load.weightPercent(10_001, STALE)).isEmpty();
        assertThat(load.availability()).isEqualTo(Availability.MAINTENANCE);
        resources.forgetWish("a");
        assertThat(availability()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void metrics_and_wishes_of_a_server_do_not_replace_each_other() {
        resources.configure(Set.of("a"));
        resources.accept(report("a", 0.3), LoadSource.AGENT, 1000);
        resources.accept("a", text("50%"), 5000);

        ServerLoad load = resources.load("a").orElseThrow();
        assertThat(load.report().cpu()).isEqualTo(0.3);
        assertThat(load.receivedMs()).isEqualTo(1000);
        assertThat(load.source()).isEqualTo(LoadSource.AGENT);
        assertThat(load.weightPercent(5000, STALE)).hasValue(50);
        resources.accept(report("a", 0.4), LoadSource.AGENT, 6000);
        assertThat(resources.load("a").orElseThrow().weightPercent(6000, STALE)).hasValue(50);
    }

    private Availability availability() {
        return resources.load("a").orElseThrow().availability();
    }

    private static LoadReport report(String server, double cpu) {
        return new LoadReport(server, 1, cpu, 0.5, 0.01, 100);
    }

    private static AgentCheckText text(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        return AgentCheckText.parse(bytes, bytes.length);
    }
}
