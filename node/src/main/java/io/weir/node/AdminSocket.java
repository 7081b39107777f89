package io.weir.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Where a node's admin socket and its token are: in a folder that only the node's user may enter. */
final class AdminSocket {
    private AdminSocket() {}

    /** Folders in the order of preference. */
    static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        folders.add(Path.of("/run/weir"));
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isEmpty()) {
            folders.add(Path.of(runtime, "weir"));
        }
        folders.add(Path.of("/tmp", "weir-" + userId()));
        return folders;
    }

    private static Object userId() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return System.getProperty("user.name", "user");
        }
    }

    /** The first folder that exists with mode 0700 and is ours, or can be made so. */
    static Path ownFolder() {
        StringBuilder tried = new StringBuilder();
        for (Path folder : folders()) {
            try {
                if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(
                            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
                boolean ours = userId().equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
                if (ours
                        && PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                                .equals("rwx------")
                        && Files.isWritable(folder)) {
                    return folder;
                }
                tried.append(folder).append(" (not ours with mode 0700) ");
            } catch (IOException e) {
                tried.append(folder)
                        .append(" (")
                        .append(e.getClass().getSimpleName())
                        .append(") ");
            }
        }
        throw new NodeException(ExitStatus.UNAVAILABLE, "no folder for the admin socket; tried " + tried);
    }

    static Path socket(Path folder, String name) {
        return folder.resolve(name + ".sock");
    }

    static Path token(Path folder, String name) {
        return folder.resolve(name + ".token");
    }
}
