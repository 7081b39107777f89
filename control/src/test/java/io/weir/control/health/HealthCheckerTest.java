package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The checker under a manual clock; checks are made by the test's thread. */
class HealthCheckerTest {
    private static final long MS = 1_000_000;
    private static final IpAddress ADDRESS4 = IpAddress.parse("10.0.0.1");
    private static final IpAddress ADDRESS6 = IpAddress.parse("2001:db8::1");

    private long now = 5_000 * MS;
    private final List<HealthEvent> events = new ArrayList<>();
    private final List<Long> startsMs = new ArrayList<>();
    private final Map<IpAddress, Boolean> answers = new HashMap<>();
    private final List<Runnable> underWay = new ArrayList<>();

    private HealthChecker checker(Executor executor, int most) {
        return new HealthChecker(
                (server, address) -> {
                    synchronized (startsMs) {
                        startsMs.add(now / MS);
                    }
                    return answers.getOrDefault(address, true) ? ProbeResult.good("fine") : ProbeResult.bad("refused");
                },
                events::add,
                () -> now,
                new Random(1),
                executor,
                most,
                () -> {});
    }

    private final HealthChecker checker = checker(Runnable::run, 10);

    private static CheckConfiguration check(double jitter, int fall) {
        return new CheckConfiguration(
                "c", new TcpProbe(80), Duration.ofMillis(1000), Duration.ofMillis(500), 2, fall, jitter);
    }

    private static CheckedServer server(String name, IpAddress... addresses) {
        return new CheckedServer(name, List.of(addresses), check(0, 3));
    }

    private void pass(HealthChecker which, long ms) {
        for (long i = 0; i < ms; i++) {
            which.runDue();
            now += MS;
        }
    }

    @Test
    void a_server_is_checked_once_per_interval_from_somewhere_in_the_first() {
        checker.configure(List.of(server("a", ADDRESS4)));
        pass(checker, 10_000);

        assertThat(startsMs).hasSize(10);
        assertThat(startsMs.getFirst()).isBetween(5_000L, 5_999L);
        for (int i = 1; i < startsMs.size(); i++) {
            assertThat(startsMs.get(i) - startsMs.get(i - 1)).isBetween(999L, 1001L);
        }
    }

    @Test
    void many_servers_start_spread_over_the_interval() {
        checker.configure(
                IntStream.range(0, 100).mapToObj(i -> server("s" + i, ADDRESS4)).toList());
        pass(checker, 1000);

        assertThat(startsMs).hasSize(100);
        long[] tenths = new long[10];
        startsMs.forEach(start -> tenths[(int) (start - 5_000) / 100]++);
        assertThat(Arrays.stream(tenths).boxed()).allMatch(count -> count >= 2 && count <= 25);
    }

    @Test
    void jitter_varies_the_interval_both_ways() {
        checker.configure(List.of(new CheckedServer("a", List.of(ADDRESS4), check(0.5, 3))));
        pass(checker, 100_000);

        List<Long> intervals = new ArrayList<>();
        for (int i = 1; i < startsMs.size(); i++) {
            intervals.add(startsMs.get(i) - startsMs.get(i - 1));
        }
        assertThat(intervals).allMatch(ms -> ms >= 500 && ms <= 1501);
        assertThat(intervals).anyMatch(ms -> ms < 700).anyMatch(ms -> ms > 1300);
        assertThat(intervals.stream().mapToLong(ms -> ms).average().orElseThrow())
                .isBetween(950.0, 1050.0);
    }

    @Test
    void a_server_falls_and_rises_and_every_check_is_told() {
        checker.configure(List.of(server("a", ADDRESS4)));
        pass(checker, 1000);
        answers.put(ADDRESS4, false);
        pass(checker, 3000);
        answers.put(ADDRESS4, true);
        pass(checker, 2000);

        assertThat(events)
                .extracting(HealthEvent::state)
                .containsExactly(
                        HealthState.UP,
                        HealthState.UP,
                        HealthState.UP,
                        HealthState.DOWN,
                        HealthState.DOWN,
                        HealthState.UP);
        assertThat(events.get(3)).isEqualTo(new HealthEvent("a", HealthState.DOWN, "refused"));
    }

    @Test
    void of_two_addresses_both_must_answer() {
        answers.put(ADDRESS6, false);
        checker.configure(List.of(server("a", ADDRESS4, ADDRESS6)));
        pass(checker, 1000);

        assertThat(startsMs).hasSize(2);
        assertThat(events).containsExactly(new HealthEvent("a", HealthState.DOWN, "2001:db8::1: refused"));
    }

    @Test
    void checks_under_way_are_bounded_and_one_per_server() {
        HealthChecker slow = checker(underWay::add, 3);
        slow.configure(
                IntStream.range(0, 5).mapToObj(i -> server("s" + i, ADDRESS4)).toList());
        pass(slow, 5000);
        assertThat(underWay).hasSize(3);

        List<Runnable> first = List.copyOf(underWay);
        underWay.clear();
        first.forEach(Runnable::run);
        pass(slow, 1);

        assertThat(events).hasSize(3);
        // the two that waited, and one of the three for the second time
        assertThat(underWay).hasSize(3);
        underWay.forEach(Runnable::run);
        assertThat(events).extracting(HealthEvent::server).contains("s0", "s1", "s2", "s3", "s4");
    }

    @Test
    void a_check_of_a_server_that_is_gone_tells_nothing() {
        HealthChecker slow = checker(underWay::add, 3);
        slow.configure(List.of(server("a", ADDRESS4)));
        pass(slow, 1000);
        slow.configure(List.of());
        assertThat(slow.states()).isEmpty();

        underWay.forEach(Runnable::run);
        pass(slow, 5000);

        assertThat(events).isEmpty();
        assertThat(underWay).hasSize(1);
    }

    @Test
    void a_server_that_comes_back_is_not_checked_beside_its_old_check() {
        HealthChecker slow = checker(underWay::add, 3);
        slow.configure(List.of(server("a", ADDRESS4)));
        pass(slow, 1000);
        slow.configure(List.of());
        slow.configure(List.of(server("a", ADDRESS4)));
        pass(slow, 3000);
        assertThat(underWay).hasSize(1);

        underWay.removeFirst().run();
        assertThat(events).isEmpty();
        assertThat(slow.states()).containsExactly(Map.entry("a", HealthState.UNCHECKED));
        pass(slow, 1);
        underWay.removeFirst().run();
        assertThat(events).containsExactly(new HealthEvent("a", HealthState.UP, "fine"));
    }

    @Test
    void the_same_list_again_disturbs_nothing() {
        checker.configure(List.of(server("a", ADDRESS4)));
        for (int i = 0; i < 50; i++) {
            pass(checker, 100);
            checker.configure(List.of(server("a", ADDRESS4)));
        }
        assertThat(startsMs).hasSize(5);
    }

    @Test
    void another_check_keeps_the_state_and_another_address_does_not() {
        checker.configure(List.of(server("a", ADDRESS4)));
        pass(checker, 1000);
        checker.configure(List.of(new CheckedServer("a", List.of(ADDRESS4), check(0, 1))));
        assertThat(checker.states()).containsExactly(Map.entry("a", HealthState.UP));

        answers.put(ADDRESS4, false);
        pass(checker, 1000);
        assertThat(events.getLast().state()).isEqualTo(HealthState.DOWN);

        checker.configure(List.of(new CheckedServer("a", List.of(ADDRESS6), check(0, 1))));
        assertThat(checker.states()).containsExactly(Map.entry("a", HealthState.UNCHECKED));
    }

    @Test
    void two_servers_of_one_name_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checker.configure(List.of(server("a", ADDRESS4), server("a", ADDRESS6))))
                .withMessageContaining("server a");
    }
}
