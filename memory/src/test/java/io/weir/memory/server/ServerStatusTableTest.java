package io.weir.memory.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.Together;
import io.weir.memory.server.ServerStatus.Health;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ServerStatusTableTest {
    private static final int SERVERS = 5;

    private final MemorySegment region = Arena.ofAuto().allocate(ServerStatusTable.bytes(SERVERS), 64);
    private final ServerStatusTable table = new ServerStatusTable(region);

    @Test
    void a_server_that_nothing_was_written_about_has_no_status() {
        assertThat(table.read(SERVERS)).isEqualTo(ServerStatus.NONE);
        assertThat(table.reports(ReportOutcome.ACCEPTED)).isZero();
    }

    @Test
    void what_was_written_last_is_read() {
        ServerStatus first = status(1, "HTTP 200");
        ServerStatus second = new ServerStatus(
                Health.DOWN,
                "connection refused",
                true,
                LoadSource.HAPROXY,
                1L << 40,
                true,
                0.5,
                12,
                0.25,
                0.75,
                0.001,
                1e6);
        table.write(3, status(9, "other"));
        table.write(4, first);
        assertThat(table.read(4)).isEqualTo(first);

        table.write(4, second);

        assertThat(table.read(4)).isEqualTo(second);
        assertThat(table.read(3)).isEqualTo(status(9, "other"));
        assertThat(table.read(5)).isEqualTo(ServerStatus.NONE);
    }

    @Test
    void a_long_message_is_cut_between_two_characters() {
        table.write(1, status(1, "a" + "é".repeat(60)));

        String message = table.read(1).message();

        assertThat(message).isEqualTo("a" + "é".repeat(47));
        assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSize(ServerStatus.MESSAGE_BYTES);
        table.write(1, status(1, "é".repeat(60)));
        assertThat(table.read(1).message()).isEqualTo("é".repeat(47));
    }

    @Test
    void a_write_that_a_killed_process_left_behind_reads_as_nothing_and_is_written_over() {
        table.write(2, status(2, "up"));
        long at = ServerStatusTable.bytes(1);
        region.set(ValueLayout.JAVA_LONG, at, region.get(ValueLayout.JAVA_LONG, at) + 1);

        assertThat(table.read(2)).isEqualTo(ServerStatus.NONE);

        table.write(2, status(3, "again"));
        assertThat(table.read(2)).isEqualTo(status(3, "again"));
    }

    @Test
    void readers_never_see_halves_of_two_writes() throws Exception {
        int writes = 200_000;
        AtomicBoolean ended = new AtomicBoolean();
        table.write(SERVERS, status(0, text(0)));
        Together.run(
                () -> {
                    try {
                        for (int k = 1; k <= writes; k++) {
                            table.write(SERVERS, status(k, text(k)));
                        }
                    } finally {
                        ended.set(true);
                    }
                    return null;
                },
                () -> {
                    long last = 0;
                    while (!ended.get()) {
                        ServerStatus seen = table.read(SERVERS);
                        int k = (int) seen.reportMs();
                        assertThat(seen).isEqualTo(status(k, text(k)));
                        assertThat(seen.reportMs()).isGreaterThanOrEqualTo(last);
                        last = seen.reportMs();
                    }
                    return null;
                });
        assertThat(table.read(SERVERS).reportMs()).isEqualTo(writes);
    }

    @Test
    void reports_are_counted_by_what_became_of_them_by_any_thread() throws Exception {
        Together.run(
                () -> {
                    for (int k = 0; k < 10_000; k++) {
                        table.count(ReportOutcome.REPLAYED);
                    }
                    return null;
                },
                () -> {
                    for (int k = 0; k < 10_000; k++) {
                        table.count(ReportOutcome.REPLAYED);
                    }
                    return null;
                });
        table.count(ReportOutcome.RATE_LIMITED);

        assertThat(table.reports(ReportOutcome.REPLAYED)).isEqualTo(20_000);
        assertThat(table.reports(ReportOutcome.RATE_LIMITED)).isEqualTo(1);
        assertThat(table.reports(ReportOutcome.ACCEPTED)).isZero();
        assertThat(table.read(0)).isEqualTo(ServerStatus.NONE);
    }

    @Test
    void numbers_outside_the_region_and_a_region_too_short_are_refused() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> table.read(SERVERS + 1))
                .withMessage("server 6 is not in 0..5");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> table.write(-1, ServerStatus.NONE));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ServerStatusTable(region.asSlice(0, 64)))
                .withMessageContaining("needs at least 320");
    }

    private static ServerStatus status(int k, String message) {
        return new ServerStatus(
                k % 2 == 0 ? Health.UP : Health.STARTING,
                message,
                k % 2 == 0,
                k % 3 == 0 ? LoadSource.AGENT : LoadSource.PASSIVE,
                k,
                k % 5 == 0,
                k,
                k,
                k,
                k,
                k,
                k);
    }

    private static String text(int k) {
        return String.valueOf((char) ('a' + k % 26)).repeat(k % ServerStatus.MESSAGE_BYTES);
    }
}
