package io.weir.control.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaglevTest {
    private final Maglev maglev = new Maglev();

    @Test
    void members_stand_in_proportion_to_their_weights_within_one_slot() {
        Random random = new Random(1);
        for (int run = 0; run < 200; run++) {
            List<Candidate> candidates = candidates(1 + random.nextInt(100), random, 1, 1000);
            SelectionTable table = maglev.build(candidates);
            long total = candidates.stream().mapToLong(Candidate::weight).sum();
            int[] counts = table.counts();
            for (int k = 0; k < counts.length; k++) {
                double share = (double) candidates.get(k).weight() * table.size() / total;
                assertThat((double) counts[k])
                        .as("run %d %s", run, candidates.get(k))
                        .isCloseTo(share, within(1.0));
            }
        }
    }

    @Test
    void the_least_weight_still_has_a_slot() {
        List<Candidate> candidates = new ArrayList<>(candidates(99, new Random(2), 65535, 65535));
        candidates.add(new Candidate("least", 1));

        int[] counts = maglev.build(candidates).counts();

        assertThat(counts[99]).isEqualTo(1);
    }

    @Test
    void weight_0_has_no_slot() {
        SelectionTable table = maglev.build(List.of(new Candidate("a", 0), new Candidate("b", 3)));

        assertThat(table.counts()).containsExactly(0, table.size());
    }

    @Test
    void a_service_whose_weights_are_all_0_has_an_empty_table() {
        assertThat(maglev.build(List.of(new Candidate("a", 0), new Candidate("b", 0)))
                        .size())
                .isZero();
        assertThat(maglev.build(List.of()).size()).isZero();
    }

    @Test
    void the_order_of_members_does_not_matter() {
        List<Candidate> candidates = candidates(20, new Random(3), 1, 50);
        List<Candidate> shuffled = new ArrayList<>(candidates);
        Collections.shuffle(shuffled, new Random(4));

        assertThat(maglev.build(candidates).movedSlots(maglev.build(shuffled))).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 30, 100})
    void removing_one_member_moves_only_its_slots(int members) {
        List<Candidate> candidates = candidates(members, new Random(members), 1, 10);
        SelectionTable before = maglev.build(candidates);
        for (int removed = 0; removed < members; removed++) {
            List<Candidate> rest = new ArrayList<>(candidates);
            rest.remove(removed);
            // Rounding may move a slot of a member more.
            assertThat(before.movedSlots(maglev.build(rest, before)))
                    .isLessThanOrEqualTo(before.counts()[removed] + members);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 30, 100})
    void every_repair_moves_exactly_the_minimum(int members) {
        Random random = new Random(members);
        List<Candidate> candidates = candidates(members, random, 1, 100);
        SelectionTable table = maglev.build(candidates);
        for (int change = 0; change < 100; change++) {
            candidates = changed(candidates, random);
            SelectionTable next = maglev.build(candidates, table);
            assertThat(table.movedSlots(next)).isEqualTo(minimum(table, next));
            table = next;
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.5})
    void a_weight_change_moves_about_its_share(double change) {
        for (int members : new int[] {3, 10, 30, 100}) {
            List<Candidate> before = candidates(members, new Random(members), 100, 100);
            List<Candidate> after = new ArrayList<>(before);
            after.set(0, new Candidate(before.get(0).name(), (int) (100 * (1 + change))));
            double share = (1 + change) / (members + change) - 1.0 / members;
            SelectionTable table = maglev.build(before);

            double moved = (double) table.movedSlots(maglev.build(after, table)) / table.size();

            assertThat(moved).isCloseTo(share, within(2.0 * members / table.size()));
        }
    }

    /** Without a previous table (another node, a restart) this is the paper's algorithm; bounds: measured, rounded up. */
    @ParameterizedTest
    @CsvSource({"10, 1.2, 1.5", "30, 1.5, 4.0", "100, 3.0, 13.0"})
    void built_anew_a_table_moves_more_than_repaired(int members, double whenRemoved, double whenReweighted) {
        List<Candidate> equal = candidates(members, new Random(members), 100, 100);
        SelectionTable table = maglev.build(equal);
        assertThat(factor(table, maglev.build(equal.subList(1, members)))).isLessThan(whenRemoved);
        for (int weight : new int[] {90, 110, 120, 150, 50}) {
            List<Candidate> changed = new ArrayList<>(equal);
            changed.set(0, new Candidate(equal.get(0).name(), weight));
            assertThat(factor(table, maglev.build(changed))).isLessThan(whenReweighted);
            assertThat(factor(table, maglev.build(changed, table))).isEqualTo(1.0);
        }
    }

    @Test
    void a_member_that_comes_back_takes_back_many_of_its_slots() {
        List<Candidate> candidates = candidates(10, new Random(6), 1, 1);
        SelectionTable before = maglev.build(candidates);
        SelectionTable without = maglev.build(candidates.subList(0, 9), before);

        SelectionTable again = maglev.build(candidates, without);

        int lost = before.counts()[9];
        assertThat(before.movedSlots(again)).isLessThan(lost * 3 / 4);
    }

    @Test
    void a_table_grows_with_its_members_and_is_then_kept() {
        List<Candidate> many = candidates(101, new Random(7), 1, 1);
        SelectionTable large = maglev.build(many);

        assertThat(large.size()).isEqualTo(65_537);
        assertThat(maglev.build(many.subList(0, 10), large).size()).isEqualTo(65_537);
        assertThat(maglev.build(many.subList(0, 10)).size()).isEqualTo(10_007);
    }

    @Test
    void a_size_that_is_no_prime_is_refused() {
        assertThatThrownBy(() -> new Maglev(10_000)).hasMessageContaining("10000 is not a prime");
    }

    private static double factor(SelectionTable before, SelectionTable after) {
        return (double) before.movedSlots(after) / minimum(before, after);
    }

    /** What members gain: no table with these shares could move less. */
    private static int minimum(SelectionTable before, SelectionTable after) {
        int[] indexes = after.indexesIn(before);
        int gained = 0;
        for (int k = 0; k < indexes.length; k++) {
            gained += Math.max(0, after.counts()[k] - (indexes[k] < 0 ? 0 : before.counts()[indexes[k]]));
        }
        return gained;
    }

    private static List<Candidate> changed(List<Candidate> candidates, Random random) {
        List<Candidate> changed = new ArrayList<>(candidates);
        int index = random.nextInt(changed.size());
        switch (random.nextInt(3)) {
            case 0 -> {
                if (changed.size() > 1) {
                    changed.remove(index);
                }
            }
            case 1 -> {
                if (changed.size() < 100) {
                    changed.add(index, new Candidate("added" + random.nextInt(), 1 + random.nextInt(100)));
                }
            }
            default -> changed.set(index, new Candidate(changed.get(index).name(), random.nextInt(100)));
        }
        if (changed.stream().allMatch(each -> each.weight() == 0)) {
            changed.add(new Candidate("kept" + random.nextInt(), 1));
        }
        return changed;
    }

    static List<Candidate> candidates(int members, Random random, int least, int most) {
        List<Candidate> candidates = new ArrayList<>();
        for (int k = 0; k < members; k++) {
            candidates.add(new Candidate("server" + k, least + random.nextInt(most - least + 1)));
        }
        return candidates;
    }
}
