package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every source file stands as the formatter would write it, whichever JDK runs Maven. */
class SourceFormatTest {
    @Test
    void every_source_file_is_formatted() throws Exception {
        Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build());
        List<String> unformatted = new ArrayList<>();
        List<Path> files = sources();
        assertThat(files).hasSizeGreaterThan(50);
        for (Path file : files) {
            String text = Files.readString(file);
            if (!formatter.formatSource(text).equals(text)) {
                unformatted.add(file.toString());
            }
        }
        assertThat(unformatted)
                .as("run mvn spotless:apply with Maven on JDK 25 or later")
                .isEmpty();
    }

    private static List<Path> sources() throws IOException {
        Path root = Project.FOLDER;
        List<Path> files = new ArrayList<>();
        try (var modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                Path source = module.resolve("src");
                if (Files.isDirectory(source) && Files.exists(module.resolve("pom.xml"))) {
                    try (var tree = Files.walk(source)) {
                        tree.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
                    }
                }
            }
        }
        return files;
    }
}
