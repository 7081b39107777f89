package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Starting, changing and ending a node under real traffic. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeLifeSystemTest {
    private static final String URL = "http://" + Figure1.VIRTUAL_4 + "/";
    private static final int APPLIES = 20;
    private static final int SECONDS = 4;

    private final List<Figure1> figures = new ArrayList<>();
    private final String name =
            "system-life-" + driver() + "-" + ProcessHandle.current().pid();

    /** How weir reaches its interfaces. */
    String driver() {
        return "af_packet";
    }

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private @Nullable RunningNode running;

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("nginx", "curl", "wrk");
        folder = Programs.readable(temporary);
        Figure1 figure = new Figure1(name + "-");
        figures.add(figure);
        for (String server : Figure1.SERVERS) {
            Nginx.start(figure.station(server), folder, server, Nginx.PORT);
        }
    }

    @AfterAll
    void remove() {
        if (running != null) {
            running.close();
        }
        figures.forEach(Figure1::close);
    }

    /** The node of the test before, when it is still there, as it was in the beginning. */
    @BeforeEach
    void begin() throws IOException, InterruptedException {
        String configuration = Figure1.configuration(name, driver(), 1, 1, 1);
        if (running != null && running.process().isAlive()) {
            Files.writeString(running.configuration(), configuration);
            assertThat(running.apply(configuration).status()).isZero();
        } else {
            start();
        }
    }

    private void start() throws IOException, InterruptedException {
        running = RunningNode.start(
                figures.getFirst().weir(), folder, name, Figure1.configuration(name, driver(), 1, 1, 1));
    }

    private RunningNode node() {
        return Objects.requireNonNull(running);
    }

    private String page() {
        return Programs.successIn(
                        figures.getFirst().station("7-1"), 20, "curl", "-sS", "--fail", "--max-time", "10", URL)
                .strip();
    }

    private long generation() {
        return node().json("stat").required("configurationGeneration").asLong();
    }

    @Test
    void changes_under_load_break_no_connection() throws IOException {
        Future<Wrk> load = figures.getFirst()
                .station("9-1")
                .submit(() -> Wrk.run(figures.getFirst().station("9-1"), URL, 16, SECONDS));
        long before = generation();
        int applied = 0;
        while (applied < APPLIES || !load.isDone()) {
            // every server is drained and comes back in its turn
            int[] weights = {3, 3, 3};
            weights[applied % 3] = applied % 2 == 0 ? 0 : 1;
            assertThat(node().apply(Figure1.configuration(name, driver(), weights))
                            .status())
                    .isZero();
            applied++;
        }
        Wrk wrk = io.weir.lab.Station.await(load);
        System.out.println("wrk under " + applied + " changes: " + wrk.output());
        assertThat(wrk.failed()).as(wrk.output()).isFalse();
        assertThat(wrk.requests()).isGreaterThan(200);
        assertThat(generation() - before).isEqualTo(applied);
    }

    @Test
    void a_bad_file_is_refused_and_changes_nothing() throws IOException {
        long before = generation();
        Commands.Result refused =
                node().apply(Figure1.configuration(name, driver(), 1, 1, 1).replace("protocol: udp", "protocol: upd"));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).containsPattern("next\\.yaml:\\d+:\\d+: protocol: 'upd'");
        assertThat(generation()).isEqualTo(before);
        assertThat(Figure1.SERVERS).contains(page());
    }

    @Test
    void what_needs_a_restart_is_refused_and_changes_nothing() throws IOException {
        long before = generation();
        Commands.Result refused =
                node().apply(Figure1.configuration(name, driver(), 1, 1, 1).replace("buffers: 4096", "buffers: 8192"));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).contains("buffers");
        assertThat(generation()).isEqualTo(before);
    }

    @Test
    void sighup_reads_the_file_again() throws IOException, InterruptedException {
        long before = generation();
        Files.writeString(node().configuration(), Figure1.configuration(name, driver(), 0, 1, 0));
        node().signal("HUP");
        Programs.await("the next generation", 10, () -> generation() == before + 1);
        for (int i = 0; i < 5; i++) {
            assertThat(page()).isEqualTo("5-2");
        }
        Files.writeString(node().configuration(), "services: none\n");
        node().signal("HUP");
        Programs.await("a complaint in the log", 10, () -> node().log().contains("nothing was changed"));
        assertThat(generation()).isEqualTo(before + 1);
        assertThat(page()).isEqualTo("5-2");
    }

    @Test
    void sigterm_ends_it_and_leaves_nothing_behind() throws InterruptedException {
        assertThat(node().map()).exists();
        Path socket = AdminSocket.socket(AdminSocket.ownFolder(), name);
        assertThat(socket).exists();
        node().signal("TERM");
        assertThat(node().awaitEnd()).isIn(0, 143);
        assertThat(node().map()).doesNotExist();
        assertThat(socket).doesNotExist();
        assertThat(AdminSocket.token(AdminSocket.ownFolder(), name)).doesNotExist();
        assertThat(node().log()).doesNotContain("Exception");
    }

    @Test
    void a_second_node_of_the_same_name_is_refused() {
        assertThat(page()).isIn(Figure1.SERVERS);
        Commands.Result second = Programs.in(
                figures.getFirst().weir(),
                30,
                RunningNode.command("run", "-c", node().configuration().toString())
                        .toArray(String[]::new));
        assertThat(second.status()).as(second.output()).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(second.output()).contains("weir-" + name).doesNotContain("\tat ");
        assertThat(page()).isIn(Figure1.SERVERS);
        assertThat(node().json("stat").required("running").asBoolean()).isTrue();
        // and it can still be told to change
        assertThat(node().weir("apply", node().configuration().toString()).status())
                .isZero();
    }

    @Test
    void it_starts_again_after_kill_9() throws IOException, InterruptedException {
        assertThat(page()).isIn(Figure1.SERVERS);
        node().signal("KILL");
        node().awaitEnd();
        Programs.await("stat says so", 10, () -> node().weir("stat").output().contains("NOT RUNNING"));
        assertThat(node().counter("connections-created")).isPositive();
        start();
        assertThat(page()).isIn(Figure1.SERVERS);
        assertThat(node().json("stat").required("running").asBoolean()).isTrue();
    }
}
