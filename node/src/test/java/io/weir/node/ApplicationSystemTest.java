package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.node.application.TestJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Network applications of a real node, shipped ones and one in a jar, over the network of Fig. 1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplicationSystemTest {
    private static final String ECHO_4 = "10.0.1.200";
    private static final String ECHO_6 = "fd00:0:0:1::200";

    private final String name = "system-application-" + ProcessHandle.current().pid();

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("curl", "python3", "ping");
        Path folder = Programs.readable(temporary);
        Path jar = new TestJar(folder)
                .provider("Mirror", "mirror", "return new ApplicationPlan(List.of(), List.of());")
                .source("Failing", """
                        package test;
                        import io.weir.application.*;
                        import java.util.List;
                        public final class Failing implements ApplicationProvider {
                            public String type() { return "failing"; }
                            public String summary() { return "Throws at its first packet."; }
                            public ApplicationPlan plan(Settings s) { return new ApplicationPlan(List.of(), List.of()); }
                            public NetworkApplication create(ApplicationContext c) {
                                return packets -> { throw new IllegalStateException("bad luck"); };
                            }
                        }
                        """)
                .service("test.Failing")
                .write("test.jar");
        figure = new Figure1(name + "-");
        // No server runs, so the page is all there is.
        node = RunningNode.start(figure.weir(), folder, name, """
                name: %s
                interfaces:
                  - {name: ext0, addresses: [10.0.1.1/24, "fd00:0:0:1::1/64"]}
                  - {name: ext1, addresses: [10.0.2.1/24, "fd00:0:0:2::1/64"]}
                  - {name: int0, addresses: [10.1.1.1/24, "fd01:0:0:1::1/64"]}
                  - {name: int1, addresses: [10.1.2.1/24, "fd01:0:0:2::1/64"]}
                checks: [{name: port, type: tcp, port: 8080, interval: 250ms, fall: 1}]
                servers:
                  - {name: "5-1", addresses: [10.1.1.11, "fd01:0:0:1::11"], check: port}
                  - {name: sorry, application: page}
                  - {name: doomed, application: failing}
                services:
                  - name: web
                    addresses: [10.0.1.100, "fd00:0:0:1::100"]
                    protocol: tcp
                    port: 80
                    servers: ["5-1", {server: sorry, backup: true}]
                  - {name: doom, addresses: [10.0.1.100], protocol: udp, port: 9, servers: [doomed]}
                applications:
                  - name: reflector
                    type: echo
                    listen: [{addresses: [%s, "%s"], protocol: udp, ports: 7}]
                  - name: mirror
                    type: mirror
                    jar: %s
                    listen: [{addresses: [10.0.1.1], protocol: udp, ports: 2000-2001}]
                  - {name: failing, type: failing, jar: %s, listen: [{addresses: [%s], protocol: udp, ports: 13}]}
                  - {name: page, type: sorry-page}
                """.formatted(name, ECHO_4, ECHO_6, jar, jar, ECHO_4));
    }

    @AfterAll
    void remove() {
        if (node != null) {
            node.close();
        }
        if (figure != null) {
            figure.close();
        }
    }

    private String client(String... program) {
        return Programs.successIn(figure.station("7-1"), 60, program);
    }

    private void echoes(String address, int port) {
        assertThat(client("python3", "-c", UdpPrograms.ECHO_CLIENT, address, String.valueOf(port), "50"))
                .contains("50 of 50 echoed");
    }

    private JsonNode application(String application) {
        for (JsonNode each : node.json("applications")) {
            if (each.path("name").asString().equals(application)) {
                return each;
            }
        }
        throw new AssertionError("no application " + application);
    }

    @Test
    void a_claimed_address_answers_pings_and_its_application_packets() {
        for (String address : List.of(ECHO_4, ECHO_6)) {
            client("ping", "-c", "2", "-W", "5", "-i", "0.2", address);
            echoes(address, 7);
        }

        JsonNode reflector = application("reflector");
        assertThat(reflector.path("state").asString()).isEqualTo("running");
        assertThat(reflector.path("packets").asLong()).isGreaterThanOrEqualTo(100);
        assertThat(reflector.path("counts").path("answered").asLong())
                .isEqualTo(reflector.path("packets").asLong());
    }

    @Test
    void an_application_in_a_jar_listens_on_an_own_address() {
        echoes("10.0.1.1", 2000);
        echoes("10.0.1.1", 2001);

        assertThat(application("mirror").path("packets").asLong()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void a_page_says_sorry_when_all_servers_of_a_service_are_down() throws InterruptedException {
        Programs.await(
                "5-1 is down",
                20,
                () -> node.json("servers")
                        .required(0)
                        .required("health")
                        .asString()
                        .equals("down"));

        for (String address : List.of("10.0.1.100", "[fd00:0:0:1::100]")) {
            assertThat(client(
                            "curl",
                            "-g",
                            "-sS",
                            "--max-time",
                            "20",
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{http_code}",
                            "http://" + address + "/"))
                    .isEqualTo("503");
        }
        JsonNode sorry = node.json("servers").required(1);
        assertThat(sorry.required("health").asString()).isEqualTo("up");
        assertThat(sorry.required("healthMessage").asString())
                .startsWith("application runs on all switching processors");
    }

    @Test
    void an_application_that_throws_is_stopped_and_says_why_and_all_else_goes_on() throws InterruptedException {
        Commands.Result silent =
                Programs.in(figure.station("7-1"), 60, "python3", "-c", UdpPrograms.ECHO_CLIENT, ECHO_4, "13", "1");
        assertThat(silent.status()).isNotZero();

        JsonNode failing = application("failing");
        assertThat(failing.path("state").asString()).isEqualTo("stopped");
        assertThat(failing.path("reason").asString()).startsWith("threw java.lang.IllegalStateException: bad luck");
        Programs.await(
                "the server that it is, is down",
                10,
                () -> node.json("servers")
                        .required(2)
                        .required("health")
                        .asString()
                        .equals("down"));
        assertThat(node.json("servers").required(2).required("healthMessage").asString())
                .startsWith("application threw java.lang.IllegalStateException: bad luck");
        assertThat(node.log().lines().filter(each -> each.contains("application failing on switching processor 0")))
                .hasSize(1);
        echoes(ECHO_4, 7);
    }
}
