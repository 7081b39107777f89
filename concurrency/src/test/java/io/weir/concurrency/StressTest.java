package io.weir.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Runs every race of this module under jcstress, briefly: two forks per race of half a second each. For a longer look
 * at one race: {@code -Dstress.time-ms=10000 -Dstress.race=SameKey}.
 */
class StressTest {
    private static final String DEFAULT_TIME_MS = "400";
    private static final int LIMIT_SECONDS = 240;

    /** The progress line of jcstress 0.16. */
    private static final Pattern RESULTS = Pattern.compile(
            "\\(Results: (\\d+) planned; (\\d+) passed, (\\d+) failed, (\\d+) soft errs, (\\d+) hard errs\\)");

    @Test
    void no_race_shows_a_forbidden_outcome() throws IOException, InterruptedException {
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "a race takes two processors");
        String race = System.getProperty("stress.race", "");
        long races = races().stream().filter(name -> name.contains(race)).count();
        assertThat(races).as("races in META-INF/TestList").isPositive();
        Path directory = Files.createDirectories(Path.of("target", "jcstress"));
        Path output = directory.resolve("output.txt");

        Process process = new ProcessBuilder(command(race))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }

        String printed = Files.readString(output);
        assertThat(ended).as("ended within %s s%n%s", LIMIT_SECONDS, printed).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        MatchResult last = lastResults(printed);
        assertThat(last.group(1)).as("planned; %s", printed).isEqualTo(String.valueOf(races));
        assertThat(last.group(2)).as("passed; %s", printed).isEqualTo(String.valueOf(races));
    }

    private static List<String> command(String race) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                absoluteClassPath(),
                "org.openjdk.jcstress.Main",
                "-t",
                ".*" + Pattern.quote(race) + ".*",
                "-f",
                "1",
                "-fsm",
                "1",
                "-iters",
                "1",
                "-time",
                System.getProperty("stress.time-ms", DEFAULT_TIME_MS),
                // One compilation for both actors and no pinning: as many runs as the time allows.
                "-sc",
                "false",
                "-af",
                "NONE",
                "-jvmArgs",
                "-XX:+UseSerialGC -Xmx256m",
                "-r",
                "report");
    }

    private static String absoluteClassPath() {
        StringBuilder absolute = new StringBuilder();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            absolute.append(Path.of(entry).toAbsolutePath()).append(java.io.File.pathSeparator);
        }
        return absolute.toString();
    }

    /** The races jcstress knows of: written by its annotation processor, one a line. */
    private static List<String> races() {
        try (InputStream list = StressTest.class.getResourceAsStream("/META-INF/TestList")) {
            assertThat(list).as("META-INF/TestList").isNotNull();
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MatchResult lastResults(String printed) {
        Matcher matcher = RESULTS.matcher(printed);
        MatchResult last = null;
        while (matcher.find()) {
            last = matcher.toMatchResult();
        }
        if (last == null) {
            throw new AssertionError("jcstress printed no results:\n" + printed);
        }
        return last;
    }
}
