package io.weir.node.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.node.top.TopState.Mode;
import io.weir.node.top.TopState.Sort;
import org.junit.jupiter.api.Test;

class TopStateTest {
    private static final TopState BEGINNING = TopState.of(TopView.SERVERS, 1000);

    private static TopState typed(TopState state, String keys) {
        TopState after = state;
        for (int c : keys.codePoints().toArray()) {
            after = after.after(Key.of(c));
        }
        return after;
    }

    @Test
    void letters_and_numbers_choose_the_view() {
        assertThat(typed(BEGINNING, "d").view()).isEqualTo(TopView.DROPS);
        assertThat(typed(BEGINNING, "2").view()).isEqualTo(TopView.SERVICES);
        assertThat(BEGINNING.after(Key.of(Key.Kind.BACK_TAB)).view()).isEqualTo(TopView.GENERATIONS);
        assertThat(BEGINNING.after(Key.of(Key.Kind.RIGHT)).view()).isEqualTo(TopView.SERVICES);
    }

    @Test
    void every_view_has_keys_of_its_own() {
        for (TopView view : TopView.values()) {
            assertThat(typed(BEGINNING, String.valueOf(view.key())).view()).isEqualTo(view);
        }
    }

    @Test
    void each_view_is_sorted_for_itself() {
        TopState sorted = typed(BEGINNING, ">>r2");

        assertThat(sorted.sort()).isEqualTo(Sort.NONE);
        assertThat(typed(sorted, "1").sort()).isEqualTo(new Sort(1, true));
        assertThat(typed(sorted, "1<<<<").sort()).isEqualTo(new Sort(-1, true));
    }

    @Test
    void letters_of_a_filter_are_no_commands() {
        TopState filtering = typed(BEGINNING, "/q2d");

        assertThat(filtering.mode()).isEqualTo(Mode.FILTERING);
        assertThat(filtering.filter()).isEqualTo("q2d");
        assertThat(filtering.after(Key.of(Key.Kind.BACKSPACE)).filter()).isEqualTo("q2");
        TopState kept = filtering.after(Key.of(Key.Kind.ENTER));
        assertThat(kept.mode()).isEqualTo(Mode.LISTING);
        assertThat(kept.filter()).isEqualTo("q2d");
        assertThat(kept.after(Key.of(Key.Kind.ESCAPE)).filter()).isEmpty();
        assertThat(filtering.after(Key.of(Key.Kind.ESCAPE))).isEqualTo(BEGINNING);
    }

    @Test
    void a_filter_has_an_end() {
        assertThat(typed(BEGINNING, "/" + "x".repeat(1000)).filter().length()).isLessThan(100);
    }

    @Test
    void space_stands_still_and_help_ends_by_any_key() {
        assertThat(typed(BEGINNING, " ").paused()).isTrue();
        assertThat(typed(BEGINNING, "  ").paused()).isFalse();
        assertThat(typed(BEGINNING, "?").mode()).isEqualTo(Mode.HELP);
        assertThat(typed(BEGINNING, "?").after(Key.NOTHING).mode()).isEqualTo(Mode.HELP);
        assertThat(typed(BEGINNING, "?x").mode()).isEqualTo(Mode.LISTING);
    }

    @Test
    void q_and_ctrl_c_and_a_lost_terminal_end_it() {
        assertThat(typed(BEGINNING, "q").mode()).isEqualTo(Mode.QUIT);
        assertThat(typed(BEGINNING, "?q").mode()).isEqualTo(Mode.QUIT);
        assertThat(typed(BEGINNING, "/").after(Key.of(Key.Kind.INTERRUPT)).mode())
                .isEqualTo(Mode.QUIT);
        assertThat(BEGINNING.after(Key.of(Key.Kind.END)).mode()).isEqualTo(Mode.QUIT);
    }

    @Test
    void the_interval_stays_within_reason() {
        assertThat(typed(BEGINNING, "+").intervalMs()).isEqualTo(1500);
        assertThat(typed(BEGINNING, "-").intervalMs()).isEqualTo(500);
        assertThat(typed(BEGINNING, "-".repeat(100)).intervalMs()).isEqualTo(TopState.LEAST_INTERVAL_MS);
        assertThat(typed(BEGINNING, "+".repeat(100)).intervalMs()).isEqualTo(TopState.GREATEST_INTERVAL_MS);
    }

    @Test
    void nobody_scrolls_or_sorts_beyond_the_end() {
        TopState far = typed(BEGINNING, ">".repeat(50)).after(Key.of(Key.Kind.LAST));

        TopState inside = far.within(5, 30, 10);

        assertThat(inside.offset()).isEqualTo(20);
        assertThat(inside.sort().column()).isEqualTo(4);
        assertThat(BEGINNING.after(Key.of(Key.Kind.UP)).offset()).isZero();
    }
}
