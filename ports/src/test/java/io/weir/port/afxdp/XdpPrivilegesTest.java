package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.port.TestNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Root without some of its capabilities: what is missing is named, with how to grant it. */
class XdpPrivilegesTest {
    private final TestNetwork network = new TestNetwork();
    private String middle = "";

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    @BeforeEach
    void build() {
        middle = network.namespace("middle");
        network.link(middle, "w0", network.namespace("left"), "l0");
    }

    @AfterEach
    void remove() {
        network.close();
    }

    /** What {@link OpenAttempt} says, run by a command that takes something away. */
    private String attempt(String... restriction) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", middle));
        command.addAll(List.of(restriction));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                HeldInterface.classPath(),
                OpenAttempt.class.getName(),
                "w0"));
        return TestNetwork.run(command.toArray(String[]::new));
    }

    private static String[] without(String capabilities) {
        return new String[] {"setpriv", "--bounding-set=" + capabilities, "--inh-caps=" + capabilities};
    }

    @ParameterizedTest
    @CsvSource({"-net_raw,CAP_NET_RAW", "'-net_admin,-sys_admin',CAP_NET_ADMIN", "'-bpf,-sys_admin',CAP_BPF"})
    void a_missing_capability_is_named_with_how_to_grant_it(String capabilities, String name) {
        String said = attempt(without(capabilities));
        assertThat(said)
                .contains("obstacle: af_xdp needs " + name + ": run as root, or `setcap")
                .contains("refused: ")
                .contains("needs " + name)
                .contains("AmbientCapabilities");
    }

    @Test
    void a_locked_memory_limit_below_the_packet_storage_is_named_with_what_is_needed() {
        List<String> restriction = new ArrayList<>(List.of("prlimit", "--memlock=65536:65536"));
        restriction.addAll(List.of(without("-ipc_lock,-sys_resource")));
        // 1,024 buffers of 2,048 bytes, for two registrations
        assertThat(attempt(restriction.toArray(String[]::new)))
                .contains("refused: setsockopt(XDP_UMEM_REG, 2097152 bytes): ENOBUFS")
                .contains("the locked-memory limit is 65536 bytes; 4194304 are needed")
                .contains("`ulimit -l 4096`")
                .contains("cap_ipc_lock");
    }

    @Test
    void the_limit_is_raised_where_that_is_allowed() {
        // the soft limit alone, which everyone may raise up to the hard one
        List<String> restriction = new ArrayList<>(List.of("prlimit", "--memlock=65536:"));
        restriction.addAll(List.of(without("-ipc_lock")));
        assertThat(attempt(restriction.toArray(String[]::new))).contains("opened: NATIVE");
    }

    @Test
    void with_all_of_them_there_is_no_obstacle() {
        assertThat(attempt("env")).contains("obstacle: \n").contains("opened: NATIVE");
    }

    @Test
    void a_user_namespace_is_told_that_it_cannot_load_programs() {
        assertThat(attempt("unshare", "-Ur"))
                .contains("obstacle: af_xdp needs bpf(2), which is closed to user namespaces")
                .contains("refused: ");
    }
}
