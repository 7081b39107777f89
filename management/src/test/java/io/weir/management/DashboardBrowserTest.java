package io.weir.management;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard in headless Chromium. What is done and looked at stands in {@code src/test/browser/dashboard.mjs}, which also
 * runs against a real node; this class serves it a played one, and leaves the screenshots in {@code target/screenshots}.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DashboardBrowserTest {
    private static final String TOKEN = "t0ken-of-the-test";
    private static final Path SOURCES = Path.of("src/test/browser");
    private static final Path SCRIPTS = Path.of("src/main/resources/io/weir/management/dashboard/script");
    private static final Path WORK = Path.of("target/browser");
    private static final List<String> CHROMIUM =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        assumeTrue(onPath("node"), "node is not installed (package nodejs)");
        copy(SOURCES, WORK);
        copy(SCRIPTS, WORK.resolve("script"));
    }

    @Test
    void modulesThatNeedNoBrowserDoWhatTheyShould() throws IOException, InterruptedException {
        String output = run(List.of("node", "--test", "modules.test.mjs"));
        assertThat(output).contains("fail 0");
    }

    @Test
    void theDashboardIsUsedInABrowser(@TempDir Path folder) throws IOException, InterruptedException {
        Path chromium = CHROMIUM.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(chromium != null, "no Chromium in any of " + CHROMIUM + " (package chromium)");
        assumeTrue(onPath("npm"), "npm is not installed (package npm)");
        run(List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
        LivelyNode node = new LivelyNode(System::currentTimeMillis);
        Path socket = folder.resolve("api.socket");
        ManagementServer server = ManagementServer.start(ManagementServer.Options.loopback(0), node, socket, TOKEN);
        int port = server.address().orElseThrow().getPort();
        List<String> command = List.of(
                "node",
                "dashboard.mjs",
                "--base",
                "http://127.0.0.1:" + port + "/",
                "--token",
                TOKEN,
                "--mode",
                "fixture",
                "--screenshots",
                Path.of("target/screenshots").toAbsolutePath().toString(),
                "--chromium",
                requireNonNull(chromium).toString());
        Process process = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .start();
        // A read of its output cannot be interrupted, so time ends the process.
        CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES).execute(() -> end(process));
        List<String> said = new ArrayList<>();
        try (BufferedReader output = process.inputReader();
                Writer input = process.outputWriter()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                said.add(line);
                switch (line) {
                    case "@stop" -> server.close();
                    case "@start" ->
                        server = ManagementServer.start(ManagementServer.Options.loopback(port), node, socket, TOKEN);
                    default -> {
                        continue;
                    }
                }
                input.write("done\n");
                input.flush();
            }
            assertThat(process.waitFor()).as(() -> String.join("\n", said)).isZero();
            assertThat(said).contains("@passed");
        } finally {
            end(process);
            server.close();
        }
        for (String theme : List.of("light", "dark")) {
            assertThat(Path.of("target/screenshots/dashboard-" + theme + "-1600.png"))
                    .isNotEmptyFile();
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static boolean onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            fail(String.join(" ", command) + ":\n" + output);
        }
        return output;
    }
}
