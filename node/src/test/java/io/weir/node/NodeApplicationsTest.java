package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.health.HealthEvent;
import io.weir.control.health.HealthState;
import io.weir.management.ManagedNode.RefusedException;
import io.weir.management.model.NodeSnapshot.ApplicationView;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.node.application.ApplicationLoader;
import io.weir.node.application.LoadedApplications;
import io.weir.node.application.TestJar;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Applications of a node that has two switching processors, without its threads; their shared memory is a file. */
class NodeApplicationsTest {
    private static final String PLAN =
            "return new ApplicationPlan(List.of(\"seen\", \"kept\"), List.of(\"odd\"), 4096, 5);";

    @TempDir
    private Path folder = Path.of("/");

    @SuppressWarnings("NullAway.Init")
    private NodeConfiguration configuration;

    @SuppressWarnings("NullAway.Init")
    private NodeMemory memory;

    @SuppressWarnings("NullAway.Init")
    private NodeApplications applications;

    @BeforeEach
    void load() throws Exception {
        Path jar = new TestJar(folder)
                .provider("Mirror", "mirror", PLAN)
                .source("Failing", """
                    package test;
                    import io.weir.application.*;
                    import java.util.List;
                    public final class Failing implements ApplicationProvider {
                        public String type() { return "failing"; }
                        public String summary() { return ""; }
                        public ApplicationPlan plan(Settings s, List<Claim> l) { return new ApplicationPlan(List.of(), List.of()); }
                        public NetworkApplication create(ApplicationContext c) {
                            throw new IllegalStateException("bad luck on " + c.processor());
                        }
                        public ApplicationControl control(ApplicationContext c) { throw new IllegalStateException(); }
                    }
                    """)
                .service("test.Failing")
                .write("mirror.jar");
        configuration = ConfigurationLoader.parse("weir.yaml", """
            name: programmed
            processors: {switching: 2}
            memory: {file: "%s", connections-ipv4: 1024, connections-ipv6: 1024, buffers: 256}
            interfaces: [{name: eth0, addresses: [198.51.100.1/24]}]
            applications:
              - name: reflector
                type: mirror
                jar: %s
                fallback: reset
                listen: [{addresses: [198.51.100.10], protocol: both, ports: 7-9}]
              - name: broken
                type: failing
                jar: %s
                listen: [{addresses: [198.51.100.10], protocol: udp, ports: 10}]
            servers:
              - {name: one, application: reflector}
              - {name: two, application: broken}
              - {name: three, addresses: [198.51.100.30]}
            """.formatted(folder.resolve("map"), jar, jar));
        LoadedApplications loaded = ApplicationLoader.load(configuration);
        memory = NodeMemory.create(configuration, NodePlan.none(), NodeApplications.descriptions(loaded));
        applications = new NodeApplications(loaded, memory.applications(), 2);
        memory.map().beat(memory.map().nowMs());
    }

    @AfterEach
    void close() {
        applications.close();
        memory.close();
    }

    private List<HealthEvent> health() {
        return applications.health(configuration, memory.map().nowMs());
    }

    private AllCommands.Result weir(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "applications";
        all[1] = "--map";
        all[2] = folder.resolve("map").toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return AllCommands.run(all);
    }

    @Test
    void an_application_has_a_part_on_each_switching_processor() {
        List<ApplicationSlot> first = applications.slots(0);

        assertThat(first).extracting(ApplicationSlot::name).containsExactly("reflector", "broken");
        assertThat(first).extracting(ApplicationSlot::interfaceId).containsExactly(4, 5);
        assertThat(first).extracting(ApplicationSlot::fallback).containsExactly(Fallback.RESET, Fallback.DROP);
        assertThat(first).extracting(ApplicationSlot::isStopped).containsExactly(false, true);
        assertThat(memory.applications().shared(0).byteSize()).isEqualTo(4096);
    }

    @Test
    void a_server_that_is_an_application_is_up_while_that_runs_on_all_switching_processors() {
        assertThat(health())
                .containsExactly(
                        new HealthEvent("one", HealthState.DOWN, "application is starting"),
                        new HealthEvent("two", HealthState.DOWN, "application is starting"));
        List<ApplicationSlot> first = applications.slots(0);
        assertThat(health().getFirst().state()).isEqualTo(HealthState.DOWN);
        List<ApplicationSlot> second = applications.slots(1);

        assertThat(health())
                .containsExactly(
                        new HealthEvent("one", HealthState.UP, "application runs on all switching processors"),
                        new HealthEvent(
                                "two",
                                HealthState.DOWN,
                                "application on switching processors 0, 1: could not be made:"
                                        + " java.lang.IllegalStateException: bad luck on 0"));

        second.getFirst().stop("kept a buffer");
        assertThat(health().getFirst())
                .isEqualTo(new HealthEvent(
                        "one", HealthState.DOWN, "application on switching processor 1: kept a buffer"));
        first.getFirst().stop("kept a buffer");
        assertThat(health().getFirst().message()).isEqualTo("application kept a buffer");
    }

    @Test
    void an_application_that_does_not_return_is_down() {
        applications.slots(0);
        applications.slots(1);
        ApplicationBlock block = memory.applications().block(0, 1);
        int now = memory.map().nowMs();

        block.enter(now - 1000);
        assertThat(applications.health(configuration, now).getFirst().state()).isEqualTo(HealthState.UP);
        block.enter(now - 5000);
        assertThat(applications.health(configuration, now).getFirst().message())
                .isEqualTo("application on switching processor 1: has not returned for 5000 ms");
        block.leave();
        assertThat(applications.health(configuration, now).getFirst().state()).isEqualTo(HealthState.UP);
    }

    @Test
    void a_stopped_application_is_logged_once_with_its_reason() {
        StringBuilder log = new StringBuilder();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord each) {
                log.append(each.getMessage()).append('\n');
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        applications.slots(0);
        List<ApplicationSlot> second = applications.slots(1);
        Logger logger = Logger.getLogger(NodeApplications.class.getName());
        logger.addHandler(handler);
        try {
            second.getFirst().stop("threw something");
            applications.watch(memory.map().nowMs());
            applications.watch(memory.map().nowMs());
        } finally {
            logger.removeHandler(handler);
        }

        assertThat(log.toString().lines().filter(each -> each.contains("reflector")))
                .containsExactly("application reflector on switching processor 1 is stopped: threw something (fallback:"
                        + " reset)");
    }

    @Test
    void an_application_answers_requests_by_its_part_on_the_control_processor() throws RefusedException {
        assertThat(applications.names()).containsExactly("reflector", "broken");
        assertThat(applications.ask("reflector", "GET", "sessions/7", "").json())
                .isEqualTo("{\"method\":\"GET\",\"path\":\"sessions/7\"}");
        assertThatThrownBy(() -> applications.ask("broken", "GET", "x", ""))
                .isInstanceOf(RefusedException.class)
                .hasMessage("application broken answers no requests");
        assertThatThrownBy(() -> applications.ask("nobody", "GET", "x", ""))
                .hasMessage("there is no application nobody");
    }

    @Test
    void a_snapshot_has_states_and_counts_of_all_processors() {
        applications.slots(0);
        applications.slots(1);
        count();

        List<ApplicationView> views = new SnapshotReader(memory).read().applications();

        ApplicationView reflector = views.getFirst();
        assertThat(reflector.state()).isEqualTo("running");
        assertThat(reflector.packets()).isEqualTo(30);
        assertThat(reflector.nanosPerPacket()).isEqualTo(50);
        assertThat(reflector.counters()).containsEntry("seen", 12L).containsEntry("kept", 0L);
        assertThat(reflector.drops()).containsEntry("odd", 2L);
        assertThat(reflector.counts()).containsEntry("dropped", 2L).containsEntry("answered", 0L);
        assertThat(views.getLast().state()).isEqualTo("stopped");
        assertThat(views.getLast().nanosPerPacket()).isEqualTo(-1);
    }

    private void count() {
        memory.applications().block(0, 0).add(ApplicationCount.PACKETS, 10);
        memory.applications().block(0, 1).add(ApplicationCount.PACKETS, 20);
        memory.applications().block(0, 1).add(ApplicationCount.NANOSECONDS, 1500);
        memory.applications().block(0, 0).addCounter(0, 5);
        memory.applications().block(0, 2).addCounter(0, 7);
        memory.applications().block(0, 0).addDrop(0);
        memory.applications().block(0, 1).addDrop(0);
    }

    @Test
    void applications_are_listed_with_the_reason_why_one_was_stopped() {
        applications.slots(0);
        applications.slots(1);
        count();

        AllCommands.Result result = weir();

        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.get(0))
                .matches("application +type +state +processors +packets +drops +ns/packet +fallback +reason");
        assertThat(lines.get(1)).matches("reflector +mirror +running +2/2 +30 +2 +50 +reset");
        assertThat(lines.get(2))
                .matches(
                        "broken +failing +STOPPED +0/2 +0 +0 +- +drop +on switching processors 0, 1: could not be made:"
                                + " java.lang.IllegalStateException: bad luck on 0");

        assertThat(weir("reflector").out())
                .containsPattern("own counter +total\nseen +12\nkept +0\n")
                .containsPattern("dropped for +total\nodd +2\n")
                .containsPattern("nanoseconds +1,500\n");
        JsonNode json = JsonMapper.shared().readTree(weir("--json").out());
        assertThat(json.path(0).path("counters").path("seen").asInt()).isEqualTo(12);
        assertThat(JsonMapper.shared()
                        .readTree(weir("reflector", "--json").out())
                        .path("name")
                        .asString())
                .isEqualTo("reflector");
    }

    @Test
    void the_listing_of_a_dead_node_says_that_it_is_dead() {
        memory.map().beat(memory.map().nowMs() - 60_000);

        assertThat(weir().out()).startsWith("node programmed: STUCK for 1 min");
    }

    @Test
    void an_application_that_is_not_there_is_refused_with_those_that_are() {
        AllCommands.Result result = weir("mirror");

        assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(result.err()).contains("there is no application mirror; there are: reflector, broken");
    }

    @Test
    void check_looks_at_applications_and_starts_nothing() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"), """
            interfaces: [{name: eth0, addresses: [198.51.100.1/24]}]
            applications:
              - {name: a, type: mirror, jar: %s, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 7}]}
            """.formatted(folder.resolve("mirror.jar")));

        assertThat(AllCommands.run("check", file.toString()).out()).endsWith("0 routes, 1 applications\n");
        Files.writeString(file, Files.readString(file).replace("type: mirror", "type: miror"));
        AllCommands.Result refused = AllCommands.run("check", file.toString());
        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.err())
                .contains(file + ":3:21: application a: type miror is unknown; ", "(did you mean mirror?)");
    }
}
