package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir top} in a real terminal, that of tmux: keys go in, what stands on the screen comes out. */
class TopTerminalTest {
    private static final int SECONDS = 20;
    private static final String TMUX = "/usr/bin/tmux";

    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private NodeFixture node;

    private String socket = "";

    @BeforeEach
    void create() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of(TMUX)), "the program tmux is missing");
        node = NodeFixture.create(folder, "shown");
        node.traffic(1000, 5);
        socket = folder.resolve("tmux").toString();
    }

    @AfterEach
    void close() {
        if (!socket.isEmpty()) {
            tmux("kill-server");
            node.close();
        }
    }

    private Commands.Result tmux(String... arguments) {
        List<String> command = new ArrayList<>(List.of(TMUX, "-S", socket, "-f", "/dev/null"));
        command.addAll(List.of(arguments));
        return Commands.attempt(command, "", 10);
    }

    /** A shell in a terminal of 100 by 30, with UTF-8. */
    private void shell(String... environment) {
        List<String> command = new ArrayList<>(List.of("-u", "new-session", "-d", "-x", "100", "-y", "30"));
        for (String variable : environment) {
            command.addAll(List.of("-e", variable));
        }
        command.addAll(List.of("-e", "LC_ALL=C.UTF-8", "/bin/bash --norc --noprofile"));
        assertThat(tmux(command.toArray(String[]::new)).status()).isZero();
    }

    /** Types the command line of weir into the shell. */
    private void type(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(DemoCommand.self());
        command.removeLast();
        command.add(AllCommands.class.getName());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--map", node.file().toString()));
        Path script = folder.resolve("weir");
        Files.writeString(
                script,
                "exec "
                        + String.join(
                                " ", command.stream().map(w -> "'" + w + "'").toList()) + "\n");
        keys("echo before; bash " + script + "; echo bac''k-again", "Enter");
    }

    private void keys(String... keys) {
        List<String> command = new ArrayList<>(List.of("send-keys"));
        command.addAll(List.of(keys));
        assertThat(tmux(command.toArray(String[]::new)).status()).isZero();
    }

    private List<String> screen() {
        return tmux("capture-pane", "-p").output().lines().toList();
    }

    /** Waits, with the node alive, until the screen is as wanted. */
    private List<String> await(String what, Predicate<List<String>> wanted) throws InterruptedException {
        try {
            Programs.await(what, SECONDS, () -> {
                node.beat();
                return wanted.test(screen());
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the screen:\n" + String.join("\n", screen()), e);
        }
        return screen();
    }

    private static Predicate<List<String>> shows(String text) {
        return lines -> lines.stream().anyMatch(l -> l.contains(text));
    }

    @Test
    void a_person_looks_sorts_filters_and_leaves() throws IOException, InterruptedException {
        shell("TERM=tmux-256color");
        type("top", "--interval", "200ms");
        List<String> first = await("the servers are shown", shows("1 servers 2 services"));
        assertThat(first.get(0)).startsWith("shown  running  pid ");
        assertThat(first.get(5)).startsWith("alpha   unchecked");
        assertThat(first).noneMatch(l -> l.contains("before"));

        keys("2");
        await("services are shown", shows("weighted-round-robin"));
        keys("s", ">");
        await("sorted by name", shows("server▲"));
        keys("r");
        List<String> reversed = await("sorted the other way", shows("server▼"));
        assertThat(reversed.get(5)).startsWith("gamma");

        keys("/", "bet", "Enter");
        List<String> filtered = await("only beta", shows("filter 'bet', Esc clears it"));
        assertThat(filtered).anyMatch(l -> l.startsWith("beta")).noneMatch(l -> l.startsWith("alpha"));
        keys("Escape");
        await("all again", shows("alpha"));

        keys("?");
        await("help", shows("any key ends this help"));
        keys("x");
        node.traffic(0, 7);
        keys("Space");
        await("it stands still", shows("PAUSED"));
        keys("Space", "q");
        List<String> after = await("the shell is back", shows("back-again"));
        assertThat(after).anyMatch(l -> l.contains("before")).noneMatch(l -> l.contains("1 servers"));
        sane();
    }

    @Test
    void it_follows_the_size_of_the_terminal() throws IOException, InterruptedException {
        shell("TERM=tmux-256color");
        type("top");
        await("wide", shows("7 generations"));

        tmux("resize-window", "-x", "40", "-y", "10");
        List<String> small = await("narrow", shows("1 servers 2 3 4"));
        assertThat(small.get(0)).startsWith("shown  running  generation 1");

        tmux("resize-window", "-x", "160", "-y", "40");
        await("wide again", shows("SYN again"));
        keys("q");
        await("the shell is back", shows("back-again"));
        sane();
    }

    @Test
    void it_says_when_the_node_dies() throws IOException, InterruptedException {
        shell("TERM=tmux-256color");
        type("top", "--interval", "200ms");
        await("running", shows("shown  running"));

        node.silentFor(60_000);
        Programs.await(
                "the death of the control processor is shown",
                SECONDS,
                () -> shows("STUCK for 1 min").test(screen()));
        keys("C-c");
        await("the shell is back", shows("back-again"));
        sane();
    }

    @Test
    void a_signal_gives_the_terminal_back_too() throws IOException, InterruptedException {
        shell("TERM=tmux-256color");
        type("top");
        await("running", shows("shown  running"));
        String pane = tmux("display-message", "-p", "#{pane_pid}").output().strip();
        Commands.run("pkill", "-TERM", "-P", pane);

        List<String> after = await("the shell is back", shows("back-again"));
        assertThat(after).anyMatch(l -> l.contains("before")).noneMatch(l -> l.contains("1 servers"));
        sane();
    }

    @Test
    void colours_are_left_out_when_nobody_wants_them() throws IOException, InterruptedException {
        shell("TERM=tmux-256color", "NO_COLOR=1");
        type("top");
        await("running", shows("shown  running"));
        String plain = tmux("capture-pane", "-p", "-e").output();
        keys("q");

        assertThat(plain).doesNotContainPattern("\033\\[[0-9;]*3[0-7]m").contains("\033[7m");
    }

    @Test
    void a_terminal_that_cannot_place_its_cursor_is_refused() throws IOException, InterruptedException {
        shell("TERM=dumb");
        keys("export TERM=dumb", "Enter");
        type("top");

        await("it is said so", shows("--batch"));
    }

    /** Echo is on and lines are edited: what top changed is as it was. */
    private void sane() throws InterruptedException {
        keys("stty -a | tr ' ' '_' ; echo st''ty-done", "Enter");
        List<String> lines = await("stty has spoken", shows("stty-done"));
        String all = "_" + String.join("_", lines) + "_";
        assertThat(all).contains("_icanon_", "_echo_", "_isig_").containsPattern("susp_=_\\^Z");
        assertThat(tmux("display-message", "-p", "#{alternate_on}#{cursor_flag}")
                        .output()
                        .strip())
                .isEqualTo("01");
    }
}
