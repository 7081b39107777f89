package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.server.ReportOutcome;
import io.weir.memory.server.ServerStatus;
import io.weir.memory.server.ServerStatus.Health;
import io.weir.memory.server.ServerStatus.LoadSource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that read the shared memory, on the map file of a node that does not run. */
class ListingsTest {
    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private NodeFixture node;

    @BeforeEach
    void create() {
        node = NodeFixture.create(folder, "listed");
        node.traffic(1000, 5);
        node.status("alpha", status(Health.UP, "200 OK", false, 100));
        node.status("beta", status(Health.DOWN, "connection refused\033[2J", true, 42_000));
        node.memory().serverStatus().count(ReportOutcome.ACCEPTED);
        node.memory().serverStatus().count(ReportOutcome.REPLAYED);
    }

    private ServerStatus status(Health health, String message, boolean stale, int ageMs) {
        return new ServerStatus(
                health,
                message,
                stale,
                LoadSource.AGENT,
                node.memory().map().nowMs() - ageMs,
                stale,
                0.5,
                12,
                0.25,
                0.75,
                0.0125,
                99.5);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private AllCommands.Result weir(String command, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = command;
        all[1] = "--map";
        all[2] = node.file().toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return AllCommands.run(all);
    }

    @Test
    void servers_are_listed_with_health_load_and_share() {
        AllCommands.Result result = weir("servers");

        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(0))
                .matches("server +addresses +health +services: weight share +live +total +load +cpu +memory +clients"
                        + " +exec ms +req/s +source +age s +p50 µs +p99 µs +refused +resets +SYN again +message");
        assertThat(lines.get(1))
                .matches("alpha +10.1.0.11 fd01::11 +up +web: 2 (49|50)\\.\\d % +5 +5 +0.50 +25 % +75 % +12 +12.5 +99.5"
                        + " +agent +\\d+\\.\\d +96 +127 +0 +0 +0 +200 OK");
        assertThat(lines.get(2)).contains("DOWN draining", "agent STALE", "connection refused�[2J");
        assertThat(lines.get(3)).contains("unchecked", "web: 1 2", "dns: 1 100.0 %");
    }

    @Test
    void servers_are_listed_as_the_api_has_them() {
        JsonNode servers =
                JsonMapper.shared().readTree(weir("servers", "--json").out());

        assertThat(servers.path(0).path("name").asString()).isEqualTo("alpha");
        assertThat(servers.path(0).path("load").path("executionMs").asDouble()).isEqualTo(12.5);
        assertThat(servers.path(1).path("administration").asString()).isEqualTo("draining");
        assertThat(servers.path(2).path("load").isNull()).isTrue();
    }

    @Test
    void servers_of_a_dead_node_are_listed_with_the_notice_that_it_is_dead() {
        node.silentFor(75_000);

        // The process that made the map is this one, so it is silent and not gone.
        assertThat(weir("servers").out()).startsWith("node listed: STUCK for 1 min 15 s, generation 1\n\nserver ");
    }

    @Test
    void statistics_count_reports_and_name_servers_whose_reports_are_stale() {
        String out = weir("stat").out();

        assertThat(out).containsPattern("reports +total\naccepted +1\nreplayed +1\n");
        assertThat(out)
                .endsWith(
                        "server beta: its last report is 42 s old, too old to be used; its configured weight counts\n");
        JsonNode json = JsonMapper.shared().readTree(weir("stat", "--json").out());
        assertThat(json.path("reports").path("replayed").asInt()).isEqualTo(1);
        assertThat(json.path("reports").path("absurd").asInt()).isZero();
        assertThat(json.path("notices")).hasSize(1);
    }

    @Test
    void services_show_weight_and_share() {
        String out = weir("services").out();

        assertThat(out)
                .containsPattern(
                        "service +protocol +address +forwarding +algorithm +server +weight +share +live +total");
        assertThat(out).containsPattern("10.1.0.11 \\S* *alpha +2 +(49|50)\\.\\d % +5 +5\n");
        JsonNode alpha = JsonMapper.shared()
                .readTree(weir("services", "--json").out())
                .path(0)
                .path("servers")
                .path(0);
        assertThat(alpha.path("configuredWeight").asInt()).isEqualTo(2);
        assertThat(alpha.path("share").asDouble()).isBetween(0.49, 0.51);
    }

    @Test
    void a_weight_that_the_master_chose_stands_beside_the_configured_one() {
        assertThat(ServersCommand.weight(100, 60)).isEqualTo("100→60");
        assertThat(ServersCommand.weight(100, 100)).isEqualTo("100");
    }

    @Test
    void top_prints_plain_pictures_in_batch() {
        AllCommands.Result result = weir("top", "--batch", "2", "--interval", "20ms", "--filter", "alpha");

        assertThat(result.status()).isZero();
        assertThat(result.out().lines().filter(l -> l.startsWith("listed  running")))
                .hasSize(2);
        assertThat(result.out()).contains("packets/s 0").doesNotContain("\033").doesNotContain("beta");
        assertThat(result.out().lines().filter(l -> l.startsWith("alpha "))).hasSize(2);
    }

    @Test
    void every_view_can_be_printed() {
        for (String view :
                List.of("servers", "services", "weights", "interfaces", "drops", "processors", "generations")) {
            assertThat(weir("top", "-b", "1", "-i", "1ms", "--view", view).status())
                    .as(view)
                    .isZero();
        }
    }

    @Test
    void top_refuses_what_it_cannot_do() {
        assertThat(weir("top", "--interval", "0").err()).contains("--interval: '0' is not a time greater than 0");
        assertThat(weir("top", "--interval", "soon").status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(weir("top", "--view", "weather").status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(weir("top", "--batch", "-1").status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(AllCommands.run("top", "--map", folder.resolve("none").toString())
                        .status())
                .isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(AllCommands.run("servers", "--map", folder.resolve("none").toString())
                        .status())
                .isEqualTo(ExitStatus.UNAVAILABLE);
    }

    @Test
    void a_node_that_was_replaced_by_another_is_followed() {
        try (LiveNode live = LiveNode.attach(node.file())) {
            assertThat(live.look().now().generation()).isEqualTo(1);
            node.silentFor(10_000);
            node.close();
            node = NodeFixture.create(folder, "listed");
            node.apply(NodeFixture.BODY, "second");

            assertThat(live.look().now().generation()).isEqualTo(2);
            assertThat(live.look().life().state()).isEqualTo(io.weir.node.top.Life.State.RUNNING);
        }
    }
}
