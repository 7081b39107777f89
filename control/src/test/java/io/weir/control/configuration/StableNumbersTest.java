package io.weir.control.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StableNumbersTest {
    @Test
    void names_keep_their_numbers_whatever_the_order() {
        StableNumbers first = new StableNumbers().next(List.of("a", "b", "c"));
        StableNumbers second = first.next(List.of("c", "d", "a"));

        assertThat(List.of(first.of("a"), first.of("b"), first.of("c"))).containsExactly(1, 2, 3);
        assertThat(List.of(second.of("a"), second.of("c"), second.of("d"))).containsExactly(1, 3, 4);
        assertThat(second.of("b")).isZero();
    }

    @Test
    void the_next_generation_leaves_this_one_as_it_is() {
        StableNumbers first = new StableNumbers().next(List.of("a"));
        assertThat(first.next(List.of("b")).of("b")).isEqualTo(2);

        assertThat(first.of("a")).isEqualTo(1);
        assertThat(first.of("b")).isZero();
        assertThat(first.next(List.of("c")).of("c")).isEqualTo(2);
    }

    @Test
    void a_freed_number_is_used_again_only_when_no_other_is_left_and_the_oldest_first() {
        List<String> all =
                IntStream.rangeClosed(1, 65534).mapToObj(k -> "s" + k).toList();
        StableNumbers numbers = new StableNumbers().next(all);
        numbers = numbers.next(all.subList(0, 65533)).next(all.subList(1, 65533));
        List<String> more = new java.util.ArrayList<>(all.subList(1, 65533));

        more.add("x");
        numbers = numbers.next(more);
        assertThat(numbers.of("x")).isEqualTo(65535);
        more.add("y");
        numbers = numbers.next(more);
        assertThat(numbers.of("y")).isEqualTo(65534);
        more.add("z");
        assertThat(numbers.next(more).of("z")).isEqualTo(1);
    }

    @Test
    void numbers_found_in_the_shared_memory_are_taken_up() {
        StableNumbers numbers = new StableNumbers(Map.of("a", 5, "b", 2)).next(List.of("a", "c"));

        assertThat(numbers.of("a")).isEqualTo(5);
        assertThat(numbers.of("c")).isEqualTo(6);
    }

    @Test
    void more_names_than_numbers_are_refused() {
        List<String> names =
                IntStream.rangeClosed(0, 65535).mapToObj(k -> "s" + k).toList();

        assertThatThrownBy(() -> new StableNumbers().next(names)).hasMessageContaining("65536 names");
    }
}
