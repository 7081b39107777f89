package io.weir.control.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest {
    private final WeightedRoundRobin algorithm = new WeightedRoundRobin();

    @Test
    void equal_weights_take_turns_in_order() {
        assertThat(sequence(new Candidate("a", 7), new Candidate("b", 7), new Candidate("c", 7)))
                .isEqualTo("abc");
    }

    @Test
    void a_heavy_member_does_not_come_in_a_burst() {
        assertThat(sequence(new Candidate("a", 50), new Candidate("b", 10), new Candidate("c", 10)))
                .isEqualTo("aaabcaa");
    }

    @Test
    void weight_0_has_no_turn() {
        assertThat(sequence(new Candidate("a", 0), new Candidate("b", 4))).isEqualTo("b");
        assertThat(algorithm.build(List.of(new Candidate("a", 0))).size()).isZero();
    }

    @Test
    void every_stretch_of_the_sequence_has_about_the_shares_of_the_whole() {
        Random random = new Random(1);
        for (int run = 0; run < 100; run++) {
            List<Candidate> candidates = MaglevTest.candidates(2 + random.nextInt(20), random, 1, 100);
            SelectionTable table = algorithm.build(candidates);
            int[] counts = table.counts();
            int[] seen = new int[counts.length];
            for (int slot = 0; slot < table.size(); slot++) {
                seen[table.slots().member(slot)]++;
                for (int k = 0; k < counts.length; k++) {
                    double share = (double) counts[k] * (slot + 1) / table.size();
                    assertThat((double) seen[k]).as("run %d slot %d", run, slot).isCloseTo(share, within(10.0));
                }
            }
        }
    }

    @Test
    void a_long_sequence_is_bounded_and_keeps_the_shares() {
        List<Candidate> candidates =
                List.of(new Candidate("a", 65535), new Candidate("b", 32767), new Candidate("c", 1));

        SelectionTable table = algorithm.build(candidates);

        assertThat(table.size()).isLessThanOrEqualTo(WeightedRoundRobin.MAX_LENGTH);
        int[] counts = table.counts();
        assertThat(counts[2]).isEqualTo(1);
        assertThat((double) counts[0] / table.size()).isCloseTo(2.0 / 3, within(0.001));
    }

    @Test
    void least_connections_holds_members_in_proportion() {
        SelectionTable table = new LeastConnections().build(List.of(new Candidate("a", 30), new Candidate("b", 10)));

        assertThat(table.counts()).containsExactly(3, 1);
    }

    @Test
    void source_hash_is_a_maglev_table() {
        List<Candidate> candidates = MaglevTest.candidates(5, new Random(1), 1, 9);

        assertThat(new SourceHash().build(candidates)).isEqualTo(new Maglev().build(candidates));
    }

    @Test
    void quotas_always_add_up() {
        Random random = new Random(2);
        for (int run = 0; run < 500; run++) {
            List<Candidate> candidates =
                    MaglevTest.candidates(1 + random.nextInt(200), random, 0, 1 << random.nextInt(16));
            int active =
                    (int) candidates.stream().filter(each -> each.weight() > 0).count();
            int slots = active + random.nextInt(5000);
            int[] quotas = Quotas.of(candidates, slots);
            assertThat(IntStream.of(quotas).sum()).isEqualTo(active == 0 ? 0 : slots);
            for (int k = 0; k < quotas.length; k++) {
                assertThat(quotas[k] > 0).isEqualTo(candidates.get(k).weight() > 0);
            }
        }
    }

    private String sequence(Candidate... candidates) {
        SelectionTable table = algorithm.build(List.of(candidates));
        StringBuilder sequence = new StringBuilder();
        for (int slot = 0; slot < table.size(); slot++) {
            sequence.append(table.member(slot));
        }
        return sequence.toString();
    }
}
