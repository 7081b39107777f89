package io.weir.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.node.simulation.EvenLoadStrategy.Reports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the ways to spread connections are worth, in virtual time. The table in docs/balancing.md is written by {@code mvn
 * test -pl node -am -Dtest=BalancingSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dweir.docs.write=true}.
 */
class BalancingSimulationTest {
    private static final Path DOCUMENT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent()).resolve("docs/balancing.md");
    private static final String BEGIN = "<!-- simulation: begin -->\n";
    private static final String END = "\n<!-- simulation: end -->";

    private static Contest contest;

    @BeforeAll
    static void run() {
        contest = new Contest();
    }

    @ParameterizedTest
    @CsvSource({"0.6,1", "0.6,5", "0.6,10", "0.8,1", "0.8,5", "0.8,10", "0.9,1", "0.9,5", "0.9,10"})
    void even_load_evens_the_load_of_unequal_servers_whatever_the_age_of_reports(double load, int delay) {
        Outcome evenLoad = contest.of(Contest.evenLoad(delay, Reports.DATED), load);

        assertThat(evenLoad.steady().maxToMean()).isLessThan(1.1);
        for (String equal : List.of(Contest.EQUAL_MAGLEV, Contest.EQUAL_ROUND_ROBIN)) {
            Outcome other = contest.of(equal, load);
            assertThat(other.steady().maxToMean()).as(equal).isGreaterThan(1.8);
            assertThat(evenLoad.steady().p99())
                    .as(equal)
                    .isLessThan(other.steady().p99() / 100);
            assertThat(evenLoad.after().p99())
                    .as(equal)
                    .isLessThan(other.after().p99() / 20);
        }
        assertThat(evenLoad.steady().p99())
                .isLessThan(1.5 * contest.of(Contest.ORACLE, load).steady().p99());
    }

    @ParameterizedTest
    @CsvSource({"0.6,1", "0.6,5", "0.6,10", "0.8,1", "0.8,5", "0.8,10", "0.9,1", "0.9,5", "0.9,10"})
    void even_load_comes_to_rest_whatever_the_age_of_reports(double load, int delay) {
        Outcome evenLoad = contest.of(Contest.evenLoad(delay, Reports.DATED), load);

        assertThat(evenLoad.restlessness(Simulation.STEADY_FROM, Simulation.SLOW_FROM))
                .isLessThan(0.08);
        assertThat(evenLoad.restlessness(Simulation.AFTER_FROM, Simulation.SECONDS - 1))
                .isLessThan(0.15);
    }

    @ParameterizedTest
    @CsvSource({"0.6,5", "0.6,10", "0.8,5", "0.8,10"})
    void even_load_comes_to_rest_when_nobody_tells_the_age_of_reports(double load, int delay) {
        Outcome evenLoad = contest.of(Contest.evenLoad(delay, Reports.UNDATED), load);

        assertThat(evenLoad.restlessness(Simulation.STEADY_FROM, Simulation.SLOW_FROM))
                .isLessThan(0.08);
        assertThat(evenLoad.steady().maxToMean()).isLessThan(1.1);
    }

    @Test
    void at_nearly_full_load_and_with_reports_that_are_secretly_old_shares_stay_bounded() {
        for (int delay : new int[] {5, 10}) {
            Outcome evenLoad = contest.of(Contest.evenLoad(delay, Reports.UNDATED), 0.9);

            assertThat(evenLoad.restlessness(Simulation.STEADY_FROM, Simulation.SLOW_FROM))
                    .isLessThan(0.25);
            assertThat(evenLoad.steady().maxToMean()).isLessThan(1.3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10})
    void the_share_of_a_server_that_becomes_slow_falls_to_what_it_can_do(int delay) {
        for (double load : Contest.LOADS) {
            Outcome evenLoad = contest.of(Contest.evenLoad(delay, Reports.DATED), load);

            double before = evenLoad.meanShare(Simulation.SLOWED, Simulation.STEADY_FROM, Simulation.SLOW_FROM);
            double soon = evenLoad.meanShare(Simulation.SLOWED, Simulation.SLOW_FROM + 55, Simulation.SETTLED_FROM);
            double after = evenLoad.meanShare(Simulation.SLOWED, Simulation.AFTER_FROM, Simulation.SECONDS - 1);

            assertThat(before).isBetween(0.085, 0.105); // a capacity of 4 in 42
            assertThat(soon).as("at load %s", load).isLessThan(0.75 * before);
            assertThat(after).isBetween(0.040, 0.060); // 2 in 40
        }
    }

    @Test
    void after_the_change_the_loads_of_all_servers_are_even_again() {
        for (double load : Contest.LOADS) {
            for (int delay : new int[] {1, 5, 10}) {
                assertThat(contest.of(Contest.evenLoad(delay, Reports.DATED), load)
                                .after()
                                .maxToMean())
                        .isLessThan(1.2);
            }
            assertThat(contest.of("Maglev, weights by capacity", load).after().maxToMean())
                    .as("weights that were right once")
                    .isGreaterThan(1.6);
        }
    }

    @Test
    void least_connections_by_the_weights_of_even_load_is_as_good_as_the_oracle_all_the_time() {
        for (double load : Contest.LOADS) {
            Outcome both = contest.of(Contest.EVEN_LEAST, load);
            Outcome oracle = contest.of(Contest.ORACLE, load);

            assertThat(both.steady().p99()).isLessThan(1.05 * oracle.steady().p99());
            assertThat(both.change().p99()).isLessThan(1.05 * oracle.change().p99());
            assertThat(both.after().p99()).isLessThan(1.05 * oracle.after().p99());
            assertThat(both.steady().maxToMean()).isLessThan(1.05);
            assertThat(both.steady().maxToMean())
                    .isLessThan(contest.of(Contest.TWO_CHOICES, load).steady().maxToMean());
        }
    }

    @Test
    void without_any_report_live_connections_and_handshakes_still_beat_equal_weights() {
        for (double load : Contest.LOADS) {
            Outcome passive = contest.of("Maglev, even load, no reports", load);

            assertThat(passive.steady().maxToMean()).isLessThan(1.25);
            assertThat(passive.steady().p99())
                    .isLessThan(contest.of(Contest.EQUAL_MAGLEV, load).steady().p99() / 50);
        }
    }

    @Test
    void a_run_gives_the_same_figures_each_time() {
        Strategy.Factory strategy = on -> new EvenLoadStrategy(Draws.Way.HOT_COLD, on, 5, Reports.DATED);

        Outcome first = Simulation.run(0.8, strategy);
        Outcome second = Simulation.run(0.8, strategy);

        assertThat(second.steady()).isEqualTo(first.steady());
        assertThat(second.after()).isEqualTo(first.after());
    }

    @Test
    void the_table_in_the_documentation_is_true() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        assertThat(begin).as("marks of the table in %s", DOCUMENT).isBetween(BEGIN.length(), end);
        String table = contest.table();
        if (Boolean.getBoolean("weir.docs.write")) {
            document = document.substring(0, begin) + table + document.substring(end);
            Files.writeString(DOCUMENT, document);
            end = document.indexOf(END);
        }
        assertThat(document.substring(begin, end))
                .as("docs/balancing.md is out of date; see the comment of this class")
                .isEqualTo(table);
    }
}
