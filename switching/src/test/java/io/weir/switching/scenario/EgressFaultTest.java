package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.switching.scenario.Sites.Mode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a packet meets when it cannot leave; {@link BoundedNode} checks that each has one fate and no buffer is lost. */
class EgressFaultTest {
    private static BoundedNode node() {
        return new BoundedNode(HostileInput.network(), HostileInput.CONFIGURATIONS, false);
    }

    private static byte[] request(Family family) {
        return Conversation.of(family, Mode.NAT, Packet.UDP).request().frame();
    }

    @ParameterizedTest
    @EnumSource
    void a_full_transmit_ring_costs_the_packet_but_not_the_connection(Family family) {
        try (BoundedNode node = node()) {
            node.receiveInRing(Sites.EXT, request(family), Offload.NONE);
            node.refuse(Sites.INT, 2);
            node.receiveInRing(Sites.EXT, request(family), Offload.NONE);
            node.receiveInStorage(Sites.EXT, request(family), Offload.NONE);
            assertThat(node.dropped(DropReason.TRANSMIT_RING_FULL)).isEqualTo(2);

            long before = node.transmitted();
            node.receiveInRing(Sites.EXT, request(family), Offload.NONE);
            assertThat(node.transmitted()).isEqualTo(before + 1);
            assertThat(node.count(Counter.CONNECTIONS_CREATED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_interface_that_is_down_costs_the_packet_until_it_is_up(Family family) {
        try (BoundedNode node = node()) {
            node.setDown(Sites.INT, true);
            node.receiveInRing(Sites.EXT, request(family), Offload.NONE);
            node.receiveInStorage(Sites.EXT, request(family), Offload.NONE);
            assertThat(node.dropped(DropReason.INTERFACE_DOWN)).isGreaterThanOrEqualTo(2);

            node.setDown(Sites.INT, false);
            long before = node.transmitted();
            node.receiveInRing(Sites.EXT, request(family), Offload.NONE);
            assertThat(node.transmitted()).isGreaterThan(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_packet_in_a_receive_ring_that_must_wait_finds_no_buffer(Family family) {
        try (BoundedNode node = node()) {
            byte[] frame = Packet.udp(family.client.at(Sites.CLIENT_MAC), 5_000, family.stranger.at(Sites.EXT_MAC), 53)
                    .frame();
            node.starve(0);
            node.receiveInRing(Sites.EXT, frame, Offload.NONE);
            assertThat(node.dropped(DropReason.NO_BUFFER)).isEqualTo(1);

            node.starve(-1);
            node.receiveInRing(Sites.EXT, frame, Offload.NONE);
            assertThat(node.dropped(DropReason.NO_BUFFER)).isEqualTo(1);
            assertThat(node.count(Counter.PACKETS_HELD)).isEqualTo(1);
        }
    }
}
