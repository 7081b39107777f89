package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.LabClient;
import io.weir.lab.LabServer;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** All in one box: the node's own host is a server beside those of Fig. 1, and a client of the service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalServerSystemTest {
    private static final int ROUNDS = 16;

    private final String name = "system-local-" + ProcessHandle.current().pid();
    private final List<LabServer> servers = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private LabServer local;

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("ip");
        Path folder = Programs.readable(temporary);
        figure = new Figure1(name + "-");
        for (String server : Figure1.SERVERS) {
            servers.add(LabServer.start(figure.station(server), server));
        }
        node = RunningNode.start(figure.weir(), folder, name, configuration());
        local = LabServer.start(figure.weir(), "local");
    }

    private String configuration() {
        return Figure1.configuration(name, "af_packet", 1, 1, 1)
                        .replace("services:", "  - {name: local, check: page}\nservices:")
                        .replace(
                                "      - {server: \"5-3\", port: 8080}",
                                "      - {server: \"5-3\", port: 8080}\n      - {server: local, port: 8080}")
                        .replace("\"5-3\"]", "\"5-3\", local]")
                + """
                checks: [{name: page, type: http, port: 8080, body: local, interval: 250ms, fall: 2, rise: 1}]
                host: {addresses: [10.0.1.20, "fd00:0:0:1::20"]}
                """;
    }

    @AfterAll
    void remove() {
        if (node != null) {
            node.close();
        }
        servers.forEach(LabServer::close);
        if (local != null) {
            local.close();
        }
        if (figure != null) {
            figure.close();
        }
    }

    private Set<String> served(Station client, String address) {
        return Station.await(client.submit(() -> {
            Set<String> names = new TreeSet<>();
            for (int k = 0; k < ROUNDS; k++) {
                names.add(LabClient.get(address, 80, "/"));
            }
            return names;
        }));
    }

    private Set<String> echoed(Station client, String address) {
        return Station.await(client.submit(() -> {
            Set<String> names = new TreeSet<>();
            for (int k = 0; k < 4 * ROUNDS; k++) {
                String answer = LabClient.ask(address, 7, "hello");
                names.add(answer.substring(0, answer.indexOf(' ')));
            }
            return names;
        }));
    }

    private void awaitHealth(String wanted) throws InterruptedException {
        Programs.await("local is " + wanted, 20, () -> {
            for (JsonNode each : node.json("servers")) {
                if (each.required("name").asString().equals("local")) {
                    return each.required("health").asString().equals(wanted);
                }
            }
            return false;
        });
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {Figure1.VIRTUAL_4, Figure1.VIRTUAL_6})
    void the_host_serves_beside_others_after_its_first_good_check(String address) throws InterruptedException {
        awaitHealth("up");

        assertThat(served(figure.station("7-1"), address)).containsExactly("5-1", "5-2", "5-3", "local");
        assertThat(served(figure.station("9-1"), address)).contains("local");
        assertThat(echoed(figure.station("7-1"), address)).contains("local");
    }

    @ParameterizedTest
    @Order(2)
    @ValueSource(strings = {Figure1.VIRTUAL_4, Figure1.VIRTUAL_6})
    void programs_on_the_host_are_clients_of_the_service_and_get_another_server(String address) {
        assertThat(served(figure.weir(), address)).doesNotContain("local").hasSizeGreaterThan(1);
        assertThat(echoed(figure.weir(), address)).doesNotContain("local");
    }

    @Test
    @Order(3)
    void it_drains_and_comes_back() {
        // UDP connections of the test before stay for minutes: not waited for
        Commands.Result drained = node.weir("drain", "local");
        assertThat(drained.status()).as(drained.output()).isZero();
        assertThat(served(figure.station("7-1"), Figure1.VIRTUAL_4)).doesNotContain("local");
        assertThat(node.weir("drain", "local", "--undo").status()).isZero();
        assertThat(served(figure.station("7-1"), Figure1.VIRTUAL_4)).contains("local");
    }

    @Test
    @Order(4)
    void when_its_program_ends_the_check_notices_and_others_serve() throws InterruptedException {
        local.close();
        awaitHealth("down");
        assertThat(served(figure.station("7-1"), Figure1.VIRTUAL_4)).containsExactly("5-1", "5-2", "5-3");

        local = LabServer.start(figure.weir(), "local");
        awaitHealth("up");
        assertThat(served(figure.station("7-1"), Figure1.VIRTUAL_6)).contains("local");
    }

    @Test
    @Order(5)
    void nothing_of_it_was_dropped_for_a_reason_that_means_a_mistake() {
        for (String reason : List.of("host-source-invalid", "control-destination-refused", "source-address-invalid")) {
            assertThat(node.drops(reason)).as(reason).isZero();
        }
    }
}
