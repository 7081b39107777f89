package io.weir.port.afpacket;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.linux.NativeMemory;
import io.weir.linux.Privileges;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.port.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnprivilegedTest {
    /** nobody: an ordinary user without any capability. */
    private static final String[] AS_NOBODY = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};

    @Test
    void an_ordinary_user_switches_frames_inside_a_user_namespace(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>(Privileges.isRoot() ? List.of(AS_NOBODY) : List.of());
        command.addAll(List.of("unshare", "-Urnm", "sh", "-c"));
        assumeWorks(command);
        String classPath = readableByAll(folder);

        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command.add("mount -t tmpfs tmpfs /run && cd / && exec " + java
                + " --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -cp " + classPath + " "
                + UnprivilegedExchange.class.getName());
        assertThat(TestNetwork.run(command.toArray(String[]::new))).endsWith("passed\n");
    }

    private static void assumeWorks(List<String> prefix) {
        List<String> probe = new ArrayList<>(prefix);
        probe.add("mount -t tmpfs tmpfs /run");
        String failure = "";
        try {
            TestNetwork.run(probe.toArray(String[]::new));
        } catch (IllegalStateException | UncheckedIOException e) {
            failure = String.valueOf(e.getMessage());
        }
        Assumptions.assumeTrue(failure.isEmpty(), "no user namespaces for ordinary users here: " + failure);
    }

    /** The checkout may stand where other users cannot look. */
    private static String readableByAll(Path folder) throws IOException, URISyntaxException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> parts = new ArrayList<>();
        for (Class<?> one :
                List.of(NativeMemory.class, ProcessorCounters.class, AfPacketPort.class, UnprivilegedExchange.class)) {
            Path source = Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path target = folder.resolve(parts.size() + (Files.isDirectory(source) ? "" : ".jar"));
            copy(source, target);
            parts.add(target.toString());
        }
        return String.join(":", parts);
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, target.resolve(source.relativize(file).toString()));
            }
        }
    }
}
