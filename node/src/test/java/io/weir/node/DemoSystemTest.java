package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Demo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code weir demo} as its users run it; .ci/run runs it as the README says, as root and with the driver that weir chooses. */
class DemoSystemTest {
    private static final String NOBODY = "65534";
    private static final long SECONDS = 240;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeAll
    static void needs_root() {
        Programs.assume("ip", "setpriv", "unshare");
    }

    @Test
    void it_ends_with_status_0_as_root_on_af_xdp_and_says_so() {
        Commands.Result demo =
                Commands.attempt(RunningNode.command("demo", "--seconds", "3", "--driver", "af_xdp"), "", SECONDS);
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output())
                .contains("weir ran with af_xdp ")
                .contains("expectations hold")
                .doesNotContain("FAIL");
    }

    @Test
    void it_ends_with_status_0_for_an_ordinary_user() throws IOException {
        Assumptions.assumeTrue(
                Commands.attempt(asNobody(List.of("unshare", "-Urnm", "true")), "", 10)
                                .status()
                        == 0,
                "users may not make user namespaces here");
        List<String> command = new ArrayList<>(RunningNode.command("demo", "--seconds", "3"));
        Programs.copyClassPath(command, folder);
        Commands.Result demo = Commands.attempt(asNobody(command), "", SECONDS);
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output()).contains("expectations hold").doesNotContain("FAIL");
    }

    static List<String> asNobody(List<String> program) {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
        command.addAll(program);
        return command;
    }

    @Test
    void ctrl_c_leaves_nothing_behind() throws IOException, InterruptedException {
        Path log = folder.resolve("demo.log");
        Process demo = new ProcessBuilder(RunningNode.command("demo", "--seconds", "60"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Programs.await("traffic", 90, () -> lines(log).contains("Equal weights, unequal servers"));
            List<ProcessHandle> children = demo.descendants().toList();
            assertThat(children).isNotEmpty();
            List<String> names = new ArrayList<>(List.of(String.valueOf(demo.pid())));
            children.forEach(c -> names.add(String.valueOf(c.pid())));
            assertThat(leftovers(names)).isNotEmpty();

            Commands.run("kill", "-INT", String.valueOf(demo.pid()));
            assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(demo.exitValue()).isNotZero();
            Programs.await("processes ended", 10, () -> children.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(leftovers(names)).isEmpty();
        } finally {
            demo.destroyForcibly().waitFor();
        }
    }

    /** Namespaces, map files and folders of demos with these process ids. */
    private static List<String> leftovers(List<String> pids) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path place : List.of(Path.of("/run/netns"), Path.of("/dev/shm"), Path.of("/run/weir"))) {
            if (!Files.isDirectory(place)) {
                continue;
            }
            try (var files = Files.list(place)) {
                files.map(Path::toString)
                        .filter(file -> pids.stream()
                                .anyMatch(pid -> file.endsWith("demo-" + pid)
                                        || file.contains("demo-" + pid + "-")
                                        || file.contains("demo-" + pid + ".")))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static String lines(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void an_expectation_that_does_not_hold_fails_it() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        Assumptions.assumeTrue(
                Files.exists(addresses) && !Files.readString(addresses).isBlank(), "the JVM of this test has no IPv6");
        // A weir that says it has applied a configuration and has not.
        Path liar = folder.resolve("weir");
        Files.writeString(
                liar,
                "#!/bin/sh\n"
                        + "for last; do :; done\n"
                        + "[ \"$1\" = apply ] && case $last in *drained*) echo fine; exit 0;; esac\n"
                        + "exec "
                        + String.join(" ", RunningNode.command()) + " \"$@\"\n");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        String name = "demo-" + ProcessHandle.current().pid();
        int status = new Demo(
                        DemoCommand.options(
                                name, List.of("sh", liar.toString()), 0, 2, false, "auto", Set.of(Demo.Chapter.DRAIN)),
                        new PrintStream(text, true, StandardCharsets.UTF_8))
                .run();
        String output = text.toString(StandardCharsets.UTF_8);
        assertThat(output).contains("FAIL  no new connection goes to the drained server");
        assertThat(status).isEqualTo(1);
    }
}
