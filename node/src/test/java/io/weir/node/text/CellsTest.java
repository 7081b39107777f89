package io.weir.node.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CellsTest {
    @Test
    void width_is_counted_in_cells() {
        assertThat(Cells.width("abc")).isEqualTo(3);
        assertThat(Cells.width("服务器")).isEqualTo(6);
        assertThat(Cells.width("e\u0301")).isEqualTo(1);
        assertThat(Cells.width("😀")).isEqualTo(2);
    }

    @Test
    void what_is_too_long_is_cut_with_an_ellipsis_and_never_through_a_character() {
        assertThat(Cells.cut("server-1", 8)).isEqualTo("server-1");
        assertThat(Cells.cut("server-10", 8)).isEqualTo("server-…");
        assertThat(Cells.cut("服务器", 4)).isEqualTo("服…");
        assertThat(Cells.cut("abc", 0)).isEmpty();
        assertThat(Cells.fit("服务器", 4, false)).isEqualTo("服… ");
    }

    @Test
    void nothing_that_steers_a_terminal_passes() {
        assertThat(Cells.printable("up\033[2Jdown\nnext\u202e")).isEqualTo("up�[2Jdown�next�");
        assertThat(Cells.printable("grün 服务")).isEqualTo("grün 服务");
    }

    @Test
    void numbers_are_short() {
        assertThat(Cells.compact(0)).isEqualTo("0");
        assertThat(Cells.compact(999)).isEqualTo("999");
        assertThat(Cells.compact(1000)).isEqualTo("1.00k");
        assertThat(Cells.compact(12_345)).isEqualTo("12.3k");
        assertThat(Cells.compact(999_999)).isEqualTo("1.00M");
        assertThat(Cells.compact(123_456_789_012.0)).isEqualTo("123G");
        assertThat(Cells.compact(-2500)).isEqualTo("-2.50k");
        assertThat(Cells.compact(Double.NaN)).isEqualTo("-");
    }

    @Test
    void times_are_said_in_two_units_at_most() {
        assertThat(Cells.duration(-5)).isEqualTo("0 s");
        assertThat(Cells.duration(59_999)).isEqualTo("59 s");
        assertThat(Cells.duration(200_000)).isEqualTo("3 min 20 s");
        assertThat(Cells.duration(7_200_000)).isEqualTo("2 h");
        assertThat(Cells.duration(360_000_000L)).isEqualTo("4 d 4 h");
    }
}
