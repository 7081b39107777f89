package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void words_stand_left_and_numbers_right() {
        TextTable table =
                new TextTable("name", "packets", "note").row("a", 1L, "x").row("longer", 1_234_567L, "");

        assertThat(table.render()).isEqualTo("""
            name      packets  note
            a               1  x
            longer  1,234,567
            """);
    }

    @Test
    void a_row_has_as_many_cells_as_the_table_columns() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TextTable("a", "b").row("only one"));
    }
}
