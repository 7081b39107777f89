package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ConfigurationKey;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The references in {@code docs/reference} are written from the code. After a change: {@code mvn test -pl node -am
 * -Dtest=*ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dweir.docs.write=true}.
 */
class ReferenceTest {
    private static final Path FOLDER = Project.FOLDER.resolve("docs/reference");

    @Test
    void the_configuration_reference_is_true() throws IOException {
        StringBuilder text = new StringBuilder(
                "# weir.yaml\n\nGenerated from `ConfigurationKey`. Unknown and duplicate keys are errors.\n");
        Set<String> sections = new LinkedHashSet<>();
        for (ConfigurationKey key : ConfigurationKey.values()) {
            sections.add(key.section());
        }
        for (String section : sections) {
            text.append("\n## ")
                    .append(section.isEmpty() ? "Top level" : "`" + section + "`")
                    .append("\n\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
            for (ConfigurationKey key : ConfigurationKey.values()) {
                if (key.section().equals(section)) {
                    row(text, "`" + key.key() + "`", key.type(), key.absent(), key.description());
                }
            }
        }
        check("configuration.md", text.toString());
    }

    @Test
    void the_counter_reference_is_true() throws IOException {
        StringBuilder text = new StringBuilder(
                "# Counters\n\nGenerated from `Counter` and `InterfaceCounter`. Each switching processor has its own block; tools add them up.\n");
        text.append("\n## Per processor\n\n| counter | counts |\n| --- | --- |\n");
        for (Counter counter : Counter.values()) {
            row(text, "`" + counter.key() + "`", counter.description());
        }
        text.append("\n## Per interface\n\n| counter | counts |\n| --- | --- |\n");
        for (InterfaceCounter counter : InterfaceCounter.values()) {
            row(text, "`" + counter.key() + "`", counter.description());
        }
        check("counters.md", text.toString());
    }

    @Test
    void the_drop_reason_reference_is_true() throws IOException {
        StringBuilder text = new StringBuilder(
                "# Drop reasons\n\nGenerated from `DropReason`. Every dropped packet has exactly one and is counted once, also per interface.\n\n| reason | the packet was |\n| --- | --- |\n");
        for (DropReason reason : DropReason.values()) {
            row(text, "`" + reason.key() + "`", reason.description());
        }
        check("drop-reasons.md", text.toString());
    }

    private static void row(StringBuilder text, String... cells) {
        for (String cell : cells) {
            text.append("| ").append(cell.replace("|", "\\|")).append(' ');
        }
        text.append("|\n");
    }

    static void check(String name, String text) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("weir.docs.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file))
                .as("docs/reference/%s is out of date; see the comment of ReferenceTest", name)
                .isEqualTo(text);
    }
}
