package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host that does not keep up, or is not there. What it gets otherwise stands in HostScenarios. */
class HostGateTest {
    private static final long DEVICE_MAC = 0x02_00_00_00_03_02L;
    private static final int SSH = 22;

    private final TestNode.Builder builder =
            TestNode.builder().nat(TestFrame.TCP, 80, 8080).nat(TestFrame.UDP, 80, 8080);

    private static String client(int family) {
        return family == 4 ? TestNode.CLIENT : TestNode.CLIENT6;
    }

    private static String host(int family) {
        return family == 4 ? "10.0.1.20" : "fd01::20";
    }

    private static Host programs(String... addresses) {
        return new Host(
                TestNode.HOST_ID,
                DEVICE_MAC,
                List.of(addresses).stream().map(TestNode::of).toList(),
                1_000,
                500,
                100,
                List.of(
                        new ReservedSource(TestNode.of("10.0.1.77"), 128),
                        new ReservedSource(TestNode.of("fd01::7700"), 120)),
                List.of(new PortRange(SSH, SSH)));
    }

    private static TestFrame packet(int family, String from, int port) {
        return TestFrame.udp().from(from, 40_000).to(host(family), port);
    }

    private static byte @Nullable [] outside(TestNode node, TestFrame frame) {
        return node.fromClient(frame);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void congestion_holds_back_everything_but_the_reserved(int family) {
        TestNode node = builder.host(programs(host(4), host(6))).build();
        assertThat(outside(node, packet(family, client(family), 53))).isNotNull();

        node.hostCongested = true;
        assertThat(outside(node, packet(family, client(family), 53))).isNull();
        assertThat(node.counters.dropped(DropReason.HOST_CONGESTED)).isEqualTo(1);
        assertThat(outside(node, packet(family, client(family), SSH))).isNotNull();
        assertThat(outside(node, packet(family, family == 4 ? "10.0.1.77" : "fd01::7701", 53)))
                .isNotNull();

        node.hostCongested = false;
        assertThat(outside(node, packet(family, client(family), 53))).isNotNull();
        assertThat(node.counters.value(Counter.HOST_PACKETS_DELIVERED)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void congestion_holds_back_packets_of_balanced_connections_too(int family) {
        String vip = family == 4 ? TestNode.VIP : TestNode.VIP6;
        TestNode node = builder.host(programs("10.0.2.1", "10.0.2.2", "10.0.2.3", "fd02::1", "fd02::2", "fd02::3"))
                .build();
        TestFrame known = TestFrame.udp().from(client(family), 40_000).to(vip, 80);
        assertThat(outside(node, known)).isNotNull();

        node.hostCongested = true;
        assertThat(outside(node, known)).isNull();
        assertThat(outside(node, TestFrame.udp().from(client(family), 40_001).to(vip, 80)))
                .isNull();
        assertThat(outside(node, TestFrame.udp().from(client(family), SSH).to(vip, 80)))
                .as("a reserved port")
                .isNotNull();
        assertThat(node.counters.dropped(DropReason.HOST_CONGESTED)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void new_connections_go_to_servers_that_keep_up(int family) {
        String vip = family == 4 ? TestNode.VIP : TestNode.VIP6;
        TestNode node = builder.host(programs("10.0.2.1", "fd02::1")).build();
        node.hostCongested = true;

        for (int k = 0; k < 12; k++) {
            byte[] out = Objects.requireNonNull(outside(
                    node, TestFrame.udp().from(client(family), 41_000 + k).to(vip, 80)));
            assertThat(TestFrame.addressOf(out, false)).endsWith(k % 2 == 0 ? 2 : 3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void without_its_interface_the_host_is_down_and_packets_to_it_are_counted(int family) {
        builder.hostPort = false;
        TestNode node = builder.host(programs(host(4), host(6))).build();

        assertThat(outside(node, packet(family, client(family), 53))).isNull();
        assertThat(node.counters.dropped(DropReason.INTERFACE_DOWN)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void what_the_host_sends_to_its_own_device_is_for_weir(int family) {
        TestNode node = builder.host(programs(host(4), host(6))).build();

        byte[] out = node.fromHost(TestFrame.udp().from(host(family), 53).to(client(family), 40_000));

        assertThat(out).isNotNull();
        assertThat(node.counters.value(Counter.PACKETS_ROUTED)).isEqualTo(1);
        assertThat(node.fromHost(TestFrame.udp().from("10.0.1.1", 53).to(TestNode.CLIENT, 40_000)))
                .isNull();
        assertThat(node.counters.dropped(DropReason.HOST_SOURCE_INVALID)).isEqualTo(1);
    }
}
