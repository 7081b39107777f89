package io.weir.memory.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class QueueTableTest {
    private final QueueTable table = new QueueTable(Arena.ofAuto().allocate(3L * QueueTable.ROW_BYTES, 64));

    private static QueueDescription queue(int interfaceId, int number) {
        return new QueueDescription(
                interfaceId, number, 1, "af_xdp", "native copy", 2048, 1024, 512, 256, "as configured");
    }

    @Test
    void a_description_comes_back_as_it_was_written() {
        table.describe(1, queue(7, 3));

        assertThat(table.description(1)).contains(queue(7, 3));
    }

    @Test
    void zeros_are_unused_rows() {
        assertThat(table.rows()).isEqualTo(3);
        assertThat(table.description(0)).isEmpty();
        assertThat(table.rowsOf(7)).isEmpty();
    }

    @Test
    void the_rows_of_an_interface_are_found_in_order() {
        table.describe(0, queue(7, 0));
        table.describe(1, queue(8, 0));
        table.describe(2, queue(7, 1));

        assertThat(table.rowsOf(7)).containsExactly(0, 2);
    }

    @Test
    void values_stand_beside_the_description_of_their_row_only() {
        table.describe(0, queue(1, 0));
        table.describe(1, queue(1, 1));
        QueueRecord record = table.record(0);
        for (QueueValue value : QueueValue.values()) {
            record.set(value, 100 + value.index());
        }
        record.add(QueueValue.RECEIVED, 5);

        assertThat(table.value(0, QueueValue.RECEIVED)).isEqualTo(105);
        assertThat(table.value(0, QueueValue.KERNEL_INVALID)).isEqualTo(100 + QueueValue.KERNEL_INVALID.index());
        assertThat(table.value(1, QueueValue.RECEIVED)).isZero();
        assertThat(table.description(0)).contains(queue(1, 0));
        assertThat(table.description(1)).contains(queue(1, 1));
    }

    @Test
    void a_text_that_is_too_long_is_cut() {
        table.describe(0, new QueueDescription(1, 0, 0, "d".repeat(100), "m", 0, 0, 0, 0, "r".repeat(1000)));

        assertThat(table.description(0)).hasValueSatisfying(q -> {
            assertThat(q.driver()).isEqualTo("d".repeat(31));
            assertThat(q.mode()).isEqualTo("m");
            assertThat(q.reason()).isEqualTo("r".repeat(255));
        });
    }

    @Test
    void a_row_outside_of_the_table_is_refused() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> table.record(3));
    }
}
