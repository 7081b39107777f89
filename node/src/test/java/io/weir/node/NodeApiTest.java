package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.management.model.GenerationView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that ask a running node, from the command line to the node and back. */
class NodeApiTest {
    private final String name = "api-" + ProcessHandle.current().pid();

    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private PlayedNode node;

    @BeforeEach
    void open() throws IOException {
        node = new PlayedNode(name);
    }

    @AfterEach
    void close() throws IOException {
        node.close();
    }

    private AllCommands.Result weir(String command, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = command;
        all[1] = "--name";
        all[2] = name;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return AllCommands.run(all);
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("weir.yaml"), text).toString();
    }

    private static final String GOOD = "interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]\n";

    @Test
    void a_configuration_is_applied_and_the_generation_told() throws IOException {
        String file = file(GOOD);

        AllCommands.Result result = weir("apply", file);

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo("""
            generation 2 is in force (apply %s)
              server alpha: weight 1 -> 2
              server beta added
            hash space that moves: web/IPv4 12.5 %%
            """.formatted(file));
        assertThat(node.requests()).containsExactly("apply " + file);
    }

    @Test
    void what_the_node_refuses_is_told_and_changes_nothing() throws IOException {
        AllCommands.Result result = weir("apply", file("# refuse-me\n" + GOOD));

        assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(result.err()).isEqualTo("weir: interfaces cannot change\nNothing was changed.\n");
    }

    @Test
    void a_file_with_a_mistake_does_not_get_as_far_as_the_node() throws IOException {
        String file = file("interfaces: nothing");

        assertThat(weir("apply", file).status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(weir("preview", file).err()).startsWith(file + ":1:");
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void a_preview_says_what_would_move_and_changes_nothing() throws IOException {
        String file = file(GOOD);

        assertThat(weir("preview", file).out()).isEqualTo("""
            %s would change:
              server beta added

            service  family  hash space that moves
            web      IPv4                   12.5 %%
            web      IPv6                   25.0 %%

            1,234 live connections, of which 120 would be given another server if they were new (they stay where they are) and 0 would be reset.

            client          service  is on  would be on
            192.0.2.1:4711  web      alpha  beta
            ... and 119 more

            Nothing was changed.
            """.formatted(file));
        assertThat(node.generations()).hasSize(1);
    }

    @Test
    void generations_are_listed_newest_first() {
        weir("weight", "web", "alpha", "7");

        AllCommands.Result result = weir("generations");

        assertThat(result.out().lines().toList().get(0))
                .isEqualTo("generation            since                cause               changes  hash space that"
                        + " moves");
        assertThat(result.out().lines().toList().get(1))
                .matches("         2  in force  .*  weight web alpha 7  none     web/IPv4 12.5 %");
        assertThat(result.out().lines().toList().get(2)).matches("         1            .*  start weir.yaml .*");
        assertThat(weir("generations", "--limit", "1").out()).contains("... and 1 more (--limit)");
        assertThat(weir("generations", "--limit", "0").status()).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void long_lists_of_changes_are_cut() {
        GenerationView many =
                new GenerationView(3, 0, "load", List.of("a", "b", "c", "d", "e", "f", "g"), List.of(), false);

        assertThat(GenerationsCommand.render(List.of(many), 20))
                .endsWith("and 2 more")
                .contains("e")
                .doesNotContain("f");
    }

    @Test
    void json_is_what_the_node_sent() {
        JsonNode json =
                JsonMapper.shared().readTree(weir("generations", "--json").out());

        assertThat(json.path(0).path("cause").asString()).isEqualTo("start weir.yaml");
        assertThat(JsonMapper.shared()
                        .readTree(weir("rollback", "1", "--json").out())
                        .path("number")
                        .asInt())
                .isEqualTo(2);
        assertThat(JsonMapper.shared()
                        .readTree(weir("generations", "--json", "--limit", "1").out())
                        .size())
                .isEqualTo(1);
    }

    @Test
    void a_rollback_goes_to_a_generation_or_to_the_one_before() {
        assertThat(weir("rollback").out()).isEqualTo("generation 2 is in force (rollback to 0): no change\n");
        assertThat(weir("rollback", "1").status()).isZero();
        assertThat(weir("rollback", "99").err())
                .isEqualTo("weir: generation 99 is not remembered (1..3 are)\nNothing was changed.\n");
        assertThat(weir("rollback", "-3").status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(weir("rollback", "x").status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(node.requests()).containsExactly("rollback to 0", "rollback to 1");
    }

    @Test
    void a_weight_is_set_and_cleared() {
        assertThat(weir("weight", "web", "alpha", "7").status()).isZero();
        assertThat(weir("weight", "web", "alpha", "--clear").status()).isZero();
        assertThat(node.requests()).containsExactly("weight web alpha 7", "weight web alpha -1");
    }

    @Test
    void a_weight_that_is_none_is_refused() {
        for (String[] wrong : new String[][] {{"65536"}, {"-1"}, {"7", "--clear"}, {}, {"heavy"}}) {
            String[] arguments = new String[wrong.length + 2];
            arguments[0] = "web";
            arguments[1] = "alpha";
            System.arraycopy(wrong, 0, arguments, 2, wrong.length);
            assertThat(weir("weight", arguments).status())
                    .as(List.of(wrong).toString())
                    .isEqualTo(ExitStatus.REFUSED);
        }
        assertThat(node.requests()).isEmpty();
    }

    @Test
    void a_server_is_drained_and_undrained_whatever_its_name() {
        assertThat(weir("drain", "b+c-ä").out())
                .startsWith("generation 2 is in force (drain b+c-ä)\n  b+c-ä drained\n");
        assertThat(weir("drain", "--undo", "b+c-ä").status()).isZero();
        assertThat(weir("drain", "nobody").err())
                .isEqualTo("weir: server 'nobody' is not configured\nNothing was changed.\n");
        for (String never : List.of("a/b", "..", "", "a\nb")) {
            assertThat(weir("drain", never).err()).contains("is no name");
        }
        assertThat(weir("drain", "--undo", "--wait", "alpha").status()).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void a_drain_can_be_waited_for() {
        node.live.set(40);
        node.endEachLook.set(20);

        AllCommands.Result result = weir("drain", "--wait", "alpha");

        assertThat(result.status()).isZero();
        assertThat(result.err())
                .contains("connections left\n")
                .containsPattern("alpha: no connection is left after \\d s");
    }

    @Test
    void a_drain_that_takes_too_long_ends_with_status_1() {
        node.live.set(1);

        AllCommands.Result result = weir("drain", "--wait=0.6", "alpha");

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err())
                .startsWith("alpha: 1 connection left\n")
                .contains("still drained, but not empty after");
        assertThat(weir("drain", "--wait=soon", "alpha").status()).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void a_drain_that_somebody_ends_is_waited_for_no_longer() throws Exception {
        node.live.set(1);
        node.whenLookedAt(3, () -> node.drain("alpha", false));

        AllCommands.Result result = weir("drain", "--wait=30", "alpha");

        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(result.err()).endsWith("weir: the drain of server 'alpha' was ended meanwhile\n");
    }

    @Test
    void another_token_is_said_so() throws IOException {
        Files.writeString(AdminSocket.token(AdminSocket.ownFolder(), name), "fedcba9876543210");

        AllCommands.Result result = weir("generations");

        assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(result.err()).contains("does not take the token");
    }

    @Test
    void a_node_that_does_not_run_is_said_so() throws IOException {
        node.close();

        for (String command : List.of("generations", "rollback", "dashboard")) {
            AllCommands.Result result = weir(command);
            assertThat(result.status()).as(command).isEqualTo(ExitStatus.UNAVAILABLE);
            assertThat(result.err()).contains("no running node '" + name + "'");
        }
        Files.createFile(AdminSocket.socket(AdminSocket.ownFolder(), name));
        Files.writeString(AdminSocket.token(AdminSocket.ownFolder(), name), PlayedNode.TOKEN);
        assertThatThrownBy(() -> NodeApi.open(name).node())
                .isInstanceOf(NodeException.class)
                .hasMessageContaining("does not answer on");
    }
}
