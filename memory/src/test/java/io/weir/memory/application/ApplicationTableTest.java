package io.weir.memory.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationTableTest {
    private static final ApplicationDescription ECHO = new ApplicationDescription(
            "reflector", "echo", 7, "drop", 500_000, List.of("udp-echoed", "tcp-opened"), List.of("not-open"), 0);
    private static final ApplicationDescription RELAY = new ApplicationDescription(
            "relay",
            "rtp",
            8,
            "reset",
            1_000_000,
            Collections.nCopies(ApplicationTable.MOST_COUNTERS, "a"),
            Collections.nCopies(ApplicationTable.MOST_DROP_REASONS, "b"),
            10_000);

    private static ApplicationTable table(int processors, ApplicationDescription... applications) {
        MemorySegment region = Arena.ofAuto().allocate(ApplicationTable.bytes(List.of(applications), processors), 4096);
        ApplicationTable table = new ApplicationTable(region);
        table.describe(List.of(applications), processors);
        return table;
    }

    @Test
    void descriptions_are_read_as_they_were_written() {
        ApplicationTable table = table(2, ECHO, RELAY);
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.processors()).isEqualTo(2);
        assertThat(table.description(0)).isEqualTo(ECHO);
        assertThat(table.description(1)).isEqualTo(RELAY);
        assertThat(table.shared(0).byteSize()).isZero();
        assertThat(table.shared(1).byteSize()).isEqualTo(10_000);
    }

    @Test
    void blocks_and_shared_memory_do_not_overlap() {
        ApplicationTable table = table(2, ECHO, RELAY);
        long number = 1;
        for (int application = 0; application < 2; application++) {
            for (int processor = 0; processor <= 2; processor++) {
                ApplicationBlock block = table.block(application, processor);
                block.start();
                block.add(ApplicationCount.PACKETS, number);
                block.addCounter(ApplicationTable.MOST_COUNTERS - 1, number);
                for (long k = 0; k < number; k++) {
                    block.addDrop(ApplicationTable.MOST_DROP_REASONS - 1);
                }
                block.stop("reason " + number);
                number++;
            }
        }
        table.shared(1).fill((byte) -1);
        number = 1;
        for (int application = 0; application < 2; application++) {
            for (int processor = 0; processor <= 2; processor++) {
                ApplicationBlock block = table.block(application, processor);
                assertThat(block.value(ApplicationCount.PACKETS)).isEqualTo(number);
                assertThat(block.counter(ApplicationTable.MOST_COUNTERS - 1)).isEqualTo(number);
                assertThat(block.counter(0)).isZero();
                assertThat(block.dropped(ApplicationTable.MOST_DROP_REASONS - 1))
                        .isEqualTo(number);
                assertThat(block.value(ApplicationCount.DROPPED)).isEqualTo(number);
                assertThat(block.reason()).isEqualTo("reason " + number);
                number++;
            }
        }
        assertThat(table.description(0)).isEqualTo(ECHO);
        assertThat(table.shared(1).get(ValueLayout.JAVA_BYTE, 9_999)).isEqualTo((byte) -1);
    }

    @Test
    void a_call_that_does_not_return_shows_for_how_long() {
        ApplicationBlock block = table(1, ECHO).block(0, 0);
        assertThat(block.state()).isEqualTo(ApplicationState.ABSENT);
        block.start();
        assertThat(block.insideMs(5_000)).isZero();
        block.enter(Integer.MAX_VALUE);
        assertThat(block.insideMs(Integer.MIN_VALUE + 9)).isEqualTo(10);
        block.leave();
        assertThat(block.insideMs(5_000)).isZero();
        assertThat(block.reason()).isEmpty();
        assertThat(block.state()).isEqualTo(ApplicationState.RUNNING);
    }

    @Test
    void a_long_reason_is_cut_between_characters() {
        ApplicationBlock block = table(1, ECHO).block(0, 1);
        block.stop("ä".repeat(200));
        assertThat(block.reason()).isEqualTo("ä".repeat(ApplicationBlock.REASON_BYTES / 2));
    }

    @Test
    void what_does_not_fit_is_refused() {
        ApplicationDescription many = new ApplicationDescription(
                "x", "x", 1, "drop", 1, Collections.nCopies(ApplicationTable.MOST_COUNTERS + 1, "a"), List.of(), 0);
        assertThatIllegalArgumentException().isThrownBy(() -> table(1, many));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table(
                        1,
                        Collections.nCopies(ApplicationTable.MOST_APPLICATIONS + 1, ECHO)
                                .toArray(ApplicationDescription[]::new)));
        ApplicationDescription longName =
                new ApplicationDescription("n".repeat(64), "x", 1, "drop", 1, List.of(), List.of(), 0);
        assertThatIllegalArgumentException().isThrownBy(() -> table(1, longName));
    }

    @Test
    void an_empty_region_has_no_applications() {
        assertThat(new ApplicationTable(Arena.ofAuto().allocate(64)).size()).isZero();
        assertThat(new ApplicationTable(Arena.ofAuto().allocate(8).asSlice(0, 0)).size())
                .isZero();
    }
}
