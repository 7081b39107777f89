package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.configuration.SelectionSlots;
import io.weir.memory.counters.DropReason;
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

class SnapshotReaderTest {
    @TempDir
    private Path folder = Path.of(".");

    @SuppressWarnings("NullAway.Init")
    private NodeFixture node;

    @SuppressWarnings("NullAway.Init")
    private SnapshotReader reader;

    @BeforeEach
    void create() {
        node = NodeFixture.create(folder, "fixture");
        reader = new SnapshotReader(node.memory());
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void a_snapshot_says_who_the_node_is() {
        NodeSnapshot now = reader.read();

        assertThat(now.name()).isEqualTo("fixture");
        assertThat(now.processId()).isEqualTo(ProcessHandle.current().pid());
        assertThat(now.running()).isTrue();
        assertThat(now.generation()).isEqualTo(1);
        assertThat(now.cause()).isEqualTo("start");
        assertThat(now.buffers()).isEqualTo(256);
        assertThat(now.processors()).hasSize(1);
        assertThat(now.processors().getFirst().running()).isTrue();
        assertThat(now.processors().getFirst().observedGeneration()).isEqualTo(1);
        assertThat(now.interfaces())
                .extracting(NodeSnapshot.InterfaceView::name, NodeSnapshot.InterfaceView::addresses)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("ext0", List.of("10.9.0.1/24", "fd09::1/64")),
                        org.assertj.core.groups.Tuple.tuple("int0", List.of("10.1.0.1/24", "fd01::1/64")));
    }

    @Test
    void a_silent_control_processor_means_that_the_node_does_not_run() {
        node.silentFor(SnapshotReader.STALE_MS + 1000);

        assertThat(reader.read().running()).isFalse();
    }

    @Test
    void shares_are_those_of_the_selection_table() {
        List<MemberView> web = reader.read().services().getFirst().members();

        assertThat(web).extracting(MemberView::server).containsExactly("alpha", "beta", "gamma");
        assertThat(web).extracting(MemberView::weight).containsExactly(2.0, 1.0, 1.0);
        assertThat(web.get(0).share()).isCloseTo(0.5, within(0.01));
        assertThat(web.get(1).share()).isCloseTo(0.25, within(0.01));
    }

    @Test
    void a_member_without_slots_has_no_share_and_an_empty_table_gives_nobody_one() {
        RawAddress address = RawAddress.of4(1);
        List<ConfigurationImage.Member> members = List.of(
                new ConfigurationImage.Member(1, 5, 10, address, 0),
                new ConfigurationImage.Member(2, 5, 10, address, 0));

        assertThat(ReadGeneration.shares(
                        new ConfigurationImage.Members(members, SelectionSlots.of((char) 1, (char) 1))))
                .containsExactly(0, 1);
        assertThat(ReadGeneration.shares(new ConfigurationImage.Members(members, SelectionSlots.EMPTY)))
                .containsExactly(0, 0);
    }

    @Test
    void a_server_of_one_family_alone_is_listed_with_the_others() {
        ConfigurationImage image = ConfigurationImage.builder()
                .add(new ConfigurationImage.Server(1, "four", 1, List.of()))
                .add(new ConfigurationImage.Server(2, "six", 1, List.of(), List.of("gpu"), false))
                .add(new ConfigurationImage.Service(
                        1,
                        "web",
                        6,
                        80,
                        1,
                        2,
                        List.of(),
                        ConfigurationImage.Members.inOrder(
                                List.of(new ConfigurationImage.Member(1, 1, 3, RawAddress.of4(1), 0))),
                        ConfigurationImage.Members.inOrder(List.of(
                                new ConfigurationImage.Member(1, 1, 3, new RawAddress(1, 1), 0),
                                new ConfigurationImage.Member(2, 3, 3, new RawAddress(1, 2), 8080))),
                        1))
                .build();

        ReadGeneration read = ReadGeneration.of(image);

        assertThat(read.services().getFirst().weights()).isEqualTo("even-load");
        assertThat(read.services().getFirst().members())
                .containsExactly(new MemberView("four", 3, 1, 1.0, 0), new MemberView("six", 3, 3, 0.75, 8080));
        assertThat(read.servers().get(1).tags()).containsExactly("gpu");
    }

    @Test
    void counters_are_read_anew_each_time() {
        reader.read();
        node.traffic(1000, 3);
        node.counters().connectionClosed(node.service("web"), node.server("alpha"));
        node.counters().refused(node.server("beta"));
        node.counters().serverReset(node.server("beta"));
        node.counters().synRetransmitted(node.server("beta"));
        node.memory().serverStatus().count(ReportOutcome.REPLAYED);

        NodeSnapshot now = reader.read();

        assertThat(now.counters()).containsEntry("packets-received", 1000L).containsEntry("reports-replayed", 1L);
        assertThat(now.interfaces().getFirst().receivedBytes()).isEqualTo(100_000);
        assertThat(now.services().getFirst().liveConnections()).isEqualTo(2);
        ServerView alpha = now.servers().getFirst();
        assertThat(alpha.openedConnections()).isEqualTo(3);
        assertThat(alpha.liveConnections()).isEqualTo(2);
        assertThat(alpha.handshakes()).isEqualTo(3);
        assertThat(alpha.handshakeP50Micros()).isBetween(64L, 128L);
        ServerView beta = now.servers().get(1);
        assertThat(List.of(beta.refused(), beta.resets(), beta.retransmittedSyns()))
                .containsExactly(1L, 1L, 1L);
        assertThat(beta.handshakeP99Micros()).isEqualTo(-1);
    }

    @Test
    void another_generation_is_seen() {
        reader.read();
        node.apply(NodeFixture.BODY.replace("{server: beta, weight: 1}", "{server: beta, weight: 0}"), "drain beta");

        NodeSnapshot now = reader.read();

        assertThat(now.generation()).isEqualTo(2);
        assertThat(now.cause()).isEqualTo("drain beta");
        assertThat(now.services().getFirst().members().get(1).share()).isZero();
        assertThat(now.services().getFirst().members().get(0).share()).isCloseTo(2 / 3.0, within(0.01));
    }

    @Test
    void drops_come_with_what_they_mean_the_most_frequent_first() {
        node.counters().drop(DropReason.NO_ROUTE, 1);
        node.counters().drop(DropReason.TTL_EXPIRED, 1);
        node.counters().drop(DropReason.TTL_EXPIRED, 1);

        assertThat(reader.read().drops())
                .containsExactly(
                        new DropView("ttl-expired", DropReason.TTL_EXPIRED.description(), 2),
                        new DropView("no-route", DropReason.NO_ROUTE.description(), 1));
    }

    @Test
    void health_and_load_of_a_server_are_those_that_control_wrote() {
        node.status(
                "beta",
                new ServerStatus(
                        Health.DOWN,
                        "connection refused",
                        true,
                        LoadSource.AGENT,
                        node.memory().map().nowMs() - 5000,
                        true,
                        0.75,
                        12,
                        0.5,
                        0.25,
                        0.0125,
                        -1));

        ServerView alpha = reader.read().servers().get(0);
        ServerView beta = reader.read().servers().get(1);

        assertThat(alpha.health()).isEqualTo("unchecked");
        assertThat(alpha.administration()).isEqualTo("enabled");
        assertThat(alpha.load()).isNull();
        assertThat(beta.health()).isEqualTo("down");
        assertThat(beta.healthMessage()).isEqualTo("connection refused");
        assertThat(beta.administration()).isEqualTo("draining");
        LoadView load = java.util.Objects.requireNonNull(beta.load());
        assertThat(load.ageMs()).isBetween(5000L, 15_000L);
        assertThat(load).isEqualTo(new LoadView("agent", load.ageMs(), true, 0.75, 12, 0.5, 0.25, 12.5, -1));
    }

    @Test
    void a_thousand_services_of_a_hundred_servers_are_read_every_second_with_ease() {
        StringBuilder body = new StringBuilder("""
            interfaces: [{name: ext0, addresses: [10.0.0.1/8], link-address: "02:00:00:00:00:01", mtu: 1500}]
            servers:
            """);
        for (int k = 0; k < 100; k++) {
            body.append("  - {name: s")
                    .append(k)
                    .append(", addresses: [10.1.0.")
                    .append(k + 1)
                    .append("]}\n");
        }
        body.append("services:\n");
        String members = String.join(
                ", ",
                java.util.stream.IntStream.range(0, 100)
                        .mapToObj(k -> "{server: s" + k + "}")
                        .toList());
        for (int k = 0; k < 1000; k++) {
            body.append("  - {name: v")
                    .append(k)
                    .append(", addresses: [10.9.0.100], protocol: tcp, port: ")
                    .append(k + 1)
                    .append(", algorithm: weighted-round-robin, servers: [")
                    .append(members)
                    .append("]}\n");
        }
        try (NodeFixture many = NodeFixture.create(folder, "many", body.toString())) {
            SnapshotReader again = new SnapshotReader(many.memory());
            NodeSnapshot first = again.read();
            assertThat(first.services()).hasSize(1000);
            long begin = System.nanoTime();

            NodeSnapshot second = again.read();

            // Names, addresses and shares of a generation are not read again.
            assertThat(second.services().get(999).members())
                    .isSameAs(first.services().get(999).members());
            assertThat((System.nanoTime() - begin) / 1_000_000)
                    .as("ms for a second reading")
                    .isLessThan(200);
        }
    }

    @Test
    void quantiles_are_interpolated_within_their_bucket() {
        long[] delays = new long[16];
        assertThat(HandshakeDelays.quantile(delays, 0.5)).isEqualTo(-1);
        delays[1] = 100; // 64..128 µs
        assertThat(HandshakeDelays.quantile(delays, 0.5)).isEqualTo(96);
        assertThat(HandshakeDelays.quantile(delays, 1)).isEqualTo(128);
        delays[4] = 100; // 512..1024 µs
        assertThat(HandshakeDelays.quantile(delays, 0.25)).isEqualTo(96);
        assertThat(HandshakeDelays.quantile(delays, 0.75)).isEqualTo(768);
        delays[15] = 1_000_000; // at least 2^20 µs
        assertThat(HandshakeDelays.quantile(delays, 0.99)).isEqualTo(64L << 14);
    }
}
