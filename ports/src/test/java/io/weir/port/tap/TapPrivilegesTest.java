package io.weir.port.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.port.TestNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody is told who may not make a TAP device, or where there are none. */
class TapPrivilegesTest {
    private final TestNetwork network = new TestNetwork();
    private String namespace = "";

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    @BeforeEach
    void build() {
        namespace = network.namespace("host");
    }

    @AfterEach
    void remove() {
        network.close();
    }

    /** What {@link OpenAttempt} says, run by a command that takes something away. */
    private String attempt(String... restriction) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(List.of(restriction));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                OpenAttempt.class.getName(),
                "198.51.100.20"));
        return TestNetwork.run(command.toArray(String[]::new));
    }

    @Test
    void a_missing_capability_is_named() {
        assertThat(attempt("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"))
                .contains("refused: ioctl(TUNSETIFF, \"weir0\"): EPERM")
                .contains("making a device needs CAP_NET_ADMIN in this network namespace");
    }

    @Test
    void a_machine_without_the_driver_is_told_how_to_get_it() {
        assertThat(attempt("unshare", "-m", "sh", "-c", "mount -t tmpfs none /dev/net && exec \"$0\" \"$@\""))
                .contains("refused: open(\"/dev/net/tun\"): ENOENT")
                .contains("`modprobe tun`")
                .contains("--device /dev/net/tun");
    }

    @Test
    void a_device_file_that_is_closed_is_named_with_how_to_open_it() {
        assertThat(attempt(
                        "setpriv", "--bounding-set=-dac_override,-dac_read_search", "unshare", "-m", "sh", "-c", """
                        mount -t tmpfs none /dev/net && touch /dev/net/tun && chmod 0 /dev/net/tun && exec "$0" "$@\""""))
                .contains("refused: open(\"/dev/net/tun\"): EACCES")
                .contains("`chmod 0666 /dev/net/tun`");
    }

    @Test
    void with_everything_there_the_device_is_up() {
        assertThat(attempt("env")).contains("opened: true");
    }
}
