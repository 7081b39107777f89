package io.weir.node;

import java.nio.file.Path;
import java.util.Objects;

/** Where the sources of this build are. */
final class Project {
    /** The folder with all modules; tests run in the folder of theirs. */
    static final Path FOLDER =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    private Project() {}
}
