package io.weir.node;

import static io.weir.node.QueueAssignment.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueueAssignmentTest {
    @Test
    void interfaces_with_one_queue_take_turns() {
        assertThat(QueueAssignment.assign(List.of(List.of(ANY), List.of(ANY), List.of(ANY)), 2))
                .containsExactly(List.of(0), List.of(1), List.of(0));
    }

    @Test
    void the_queues_of_an_interface_are_spread() {
        assertThat(QueueAssignment.assign(List.of(List.of(ANY, ANY, ANY, ANY), List.of(ANY, ANY, ANY, ANY)), 4))
                .containsExactly(List.of(0, 1, 2, 3), List.of(0, 1, 2, 3));
    }

    @Test
    void what_is_configured_stays_and_the_rest_evens_it_out() {
        assertThat(QueueAssignment.assign(List.of(List.of(ANY, ANY), List.of(0, 0)), 2))
                .containsExactly(List.of(1, 1), List.of(0, 0));
    }

    @Test
    void one_processor_polls_everything() {
        assertThat(QueueAssignment.assign(List.of(List.of(ANY, ANY), List.of(0)), 1))
                .containsExactly(List.of(0, 0), List.of(0));
    }

    @Test
    void processors_without_a_queue_are_allowed() {
        assertThat(QueueAssignment.assign(List.of(List.of(ANY)), 3)).containsExactly(List.of(0));
    }
}
