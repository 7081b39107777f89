package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of(".");

    private int weir(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("weir.yaml"), text).toString();
    }

    @Test
    void a_good_configuration_passes_the_check() throws IOException {
        String file = file("interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]");

        assertThat(weir("check", file)).isZero();
        assertThat(out.toString()).isEqualTo(file + ": ok: node weir, 1 interfaces, 0 services, 0 servers, 0 routes\n");
    }

    @Test
    void a_bad_configuration_is_named_with_its_place() throws IOException {
        String file = file("interfaces: [{name: eth0, adresses: [10.0.0.1/24]}]");

        assertThat(weir("check", file)).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(file + ":1:27: adresses: unknown key in interfaces (did you mean addresses?)\n");
    }

    @Test
    void a_bad_configuration_is_never_run() throws IOException {
        assertThat(weir("run", "-c", file("interfaces: nothing"))).isEqualTo(2);
    }

    @Test
    void an_interface_that_is_not_there_is_said_so() throws IOException {
        String file = file(
                "name: t" + ProcessHandle.current().pid()
                        + "\nmemory: {connections-ipv4: 1024, connections-ipv6: 1024, buffers: 256}\ninterfaces: [{name: nosuch0}]");

        assertThat(weir("run", "-c", file)).isEqualTo(3);
        assertThat(err.toString()).containsAnyOf("no such interface", "EPERM");
        assertThat(Path.of("/dev/shm/weir-t" + ProcessHandle.current().pid())).doesNotExist();
    }

    @Test
    void a_node_that_does_not_run_is_said_so() {
        for (String command : new String[] {"stat", "services", "connections", "interfaces"}) {
            assertThat(weir(command, "--name", "nobody")).as(command).isEqualTo(3);
        }
        assertThat(err.toString()).contains("/dev/shm/weir-nobody: no such file; does the node run?");
    }

    @Test
    void wrong_usage_is_refused() {
        assertThat(weir("chek")).isEqualTo(2);
        assertThat(weir("demo", "--seconds", "0")).isEqualTo(2);
        assertThat(weir("replay")).isEqualTo(2);
    }

    @Test
    void a_foreign_file_is_no_map() throws IOException {
        Path file = folder.resolve("map");
        Files.write(file, new byte[100_000]);

        assertThat(weir("stat", "--map", file.toString())).isEqualTo(3);
        assertThat(err.toString()).contains(file.toString());
    }

    @Test
    void help_lists_every_command() {
        assertThat(weir("--help")).isZero();
        assertThat(out.toString())
                .contains("run ", "check", "apply", "stat", "services", "connections", "interfaces", "replay", "demo");
    }
}
