package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.node.application.TestJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says about applications and host addresses that cannot be, with the place and the exit status. */
class ApplicationMistakesTest {
    private static final String PLAN = "return new ApplicationPlan(List.of(), List.of());";

    @TempDir
    private Path folder = Path.of("/");

    /** A configuration whose lines from the fourth on are these. */
    private Path write(String lines) throws IOException {
        return Files.writeString(folder.resolve("weir.yaml"), """
                name: mistaken
                interfaces: [{name: eth0, driver: af_packet, addresses: [198.51.100.1/24, "2001:db8::1/64"]}]
                servers: [{name: web1, addresses: [198.51.100.30]}]
                """ + lines);
    }

    /** Checks a configuration that is refused. */
    private void assertRefused(String lines, String... complaints) throws IOException {
        Path file = write(lines);
        Commands.Result result = RunningNode.execute(List.of("check", file.toString()));
        assertThat(result.status()).as(result.output()).isEqualTo(ExitStatus.REFUSED);
        for (String complaint : complaints) {
            assertThat(result.output()).contains(file + ":" + complaint);
        }
        assertThat(result.output().lines().filter(each -> each.startsWith(file + ":")))
                .hasSameSizeAs(complaints);
    }

    private static String listening(String jar, String address) {
        return """
                applications:
                  - name: a
                    type: mirror
                    jar: %s
                    listen: [{addresses: [%s], protocol: udp, ports: 7}]
                """.formatted(jar, address);
    }

    private Path jar(String version) throws IOException {
        return new TestJar(folder)
                .provider("Mirror", "mirror", PLAN)
                .version(version)
                .write("mirror.jar");
    }

    @Test
    void a_jar_that_is_missing() throws IOException {
        assertRefused(
                listening("/nowhere/mirror.jar", "198.51.100.10"),
                "7:10: application a: /nowhere/mirror.jar: there is no such file");
    }

    @Test
    void a_jar_for_another_version_of_the_interface() throws IOException {
        Path jar = jar("2.0");
        assertRefused(
                listening(jar.toString(), "198.51.100.10"),
                "7:10: application a: " + jar
                        + " was built for version 2.0 of the interface of applications, but this weir has 1.0");
    }

    @Test
    void a_node_does_not_start_with_a_jar_that_cannot_be_used() throws Exception {
        Path file = write(listening(jar("").toString(), "198.51.100.10"));
        Path log = folder.resolve("log");
        Process run = new ProcessBuilder(RunningNode.command("run", "-c", file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        assertThat(run.exitValue()).isEqualTo(ExitStatus.REFUSED);
        assertThat(Files.readString(log))
                .contains(file + ":7:10: application a: ", "does not say for which version of the interface");
    }

    @Test
    void claims_that_collide() throws IOException {
        assertRefused(
                """
                applications:
                  - {name: a, type: echo, listen: [{addresses: [198.51.100.10], protocol: both, ports: 7}]}
                  - {name: b, type: dns, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 1-100}], settings: {zone: [x.org]}}
                """,
                "6:86: listen: udp ports 1-100 of 198.51.100.10 are already claimed by application a (see line 5)");
    }

    @Test
    void a_claim_of_a_services_port() throws IOException {
        assertRefused("""
                services: [{name: web, addresses: [198.51.100.10], protocol: udp, port: 53, servers: [web1]}]
                applications:
                  - {name: a, type: echo, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 53}]}
                """, "6:87: listen: 198.51.100.10 with udp port 53 is service web's");
    }

    @Test
    void addresses_that_are_not_ours() throws IOException {
        assertRefused(
                """
                applications:
                  - {name: a, type: echo, listen: [{addresses: [192.0.2.1, "2001:db8:9::1"], protocol: udp, ports: 7}]}
                  - {name: b, type: echo, listen: [{addresses: [198.51.100.30], protocol: udp, ports: 7}]}
                """,
                "5:49: addresses: 192.0.2.1 is not ours",
                "5:60: addresses: 2001:db8:9::1 is not ours",
                "6:49: addresses: 198.51.100.30 is the address of server web1");
    }

    @Test
    void an_address_of_the_host_that_is_a_services_or_claimed() throws IOException {
        assertRefused(
                """
                host: {addresses: [198.51.100.20, 198.51.100.21]}
                services: [{name: web, addresses: [198.51.100.20], protocol: udp, port: 53, servers: [web1]}]
                applications:
                  - {name: a, type: echo, listen: [{addresses: [198.51.100.21], protocol: udp, ports: 7}]}
                """,
                "5:36: addresses: 198.51.100.20 is an address of the host",
                "7:49: addresses: 198.51.100.21 is an address of the host");
    }

    @Test
    void an_application_that_gets_no_packets() throws IOException {
        assertRefused("""
                applications:
                  - {name: excuse, type: sorry-page}
                """, "5:5: application excuse: it neither listens nor is it a server");
    }

    @Test
    void types_and_settings_that_are_mistyped() throws IOException {
        assertRefused("""
                applications:
                  - {name: a, type: ecko, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 7}]}
                  - {name: b, type: dns, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 53}],
                     settings: {zone: [x.org], names: {x.org: 192.0.2.333}}}
                """, "5:21: application a: type ecko is unknown; weir comes with dns, echo", "7:");
    }
}
