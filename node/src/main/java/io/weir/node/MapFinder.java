package io.weir.node;

import io.weir.memory.map.MemoryMap;
import io.weir.memory.map.MemoryMapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which node a command is about. */
final class MapFinder {
    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "name of the node; by default the only one on this machine")
    @Nullable
    String name;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "the node's map file, when it is not /dev/shm/weir-NAME")
    @Nullable
    Path file;

    /** Attaches to the node's shared memory, read-only. */
    NodeMemory attach() {
        Path path = path();
        try {
            return NodeMemory.attach(path);
        } catch (MemoryMapException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    /** The node's name, asked of its map when it was not given. */
    String nodeName() {
        if (name != null) {
            return name;
        }
        try (NodeMemory memory = attach()) {
            return memory.map().nodeName();
        }
    }

    /** The map file that the options mean. */
    Path path() {
        if (file != null) {
            return file;
        }
        if (name != null) {
            return MemoryMap.defaultPath(name);
        }
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(Path.of("/dev/shm"), "weir-*")) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, "/dev/shm cannot be read: " + e.getMessage());
        }
        return switch (found.size()) {
            case 0 ->
                throw new NodeException(
                        ExitStatus.UNAVAILABLE, "no node has a map in /dev/shm (start one with weir run -c FILE)");
            case 1 -> found.getFirst();
            default -> {
                Path usual = MemoryMap.defaultPath("weir");
                if (found.contains(usual)) {
                    yield usual;
                }
                throw new NodeException(
                        ExitStatus.REFUSED,
                        "several nodes have maps; give --name: "
                                + String.join(
                                        ", ",
                                        found.stream()
                                                .map(p -> p.getFileName()
                                                        .toString()
                                                        .substring("weir-".length()))
                                                .sorted()
                                                .toList()));
            }
        };
    }
}
