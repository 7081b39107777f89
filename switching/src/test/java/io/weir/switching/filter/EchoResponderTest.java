package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.echo;
import static io.weir.switching.filter.ControlFrames.outside;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.VIP;
import static io.weir.switching.filter.TestNode.VIP6;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoResponderTest {
    private final TestNode node = TestNode.web();

    @ParameterizedTest
    @CsvSource({
        "10.0.1.9, 10.0.1.1, 56",
        "10.0.1.9, 10.0.1.100, 1",
        "10.0.1.9, 10.0.2.254, 1400",
        "fd01::9, fd01::1, 56",
        "fd01::9, fd01::100, 33",
        "fe80::9, fe80::ff:fe00:101, 0"
    })
    void own_virtual_and_link_local_addresses_answer(String client, String address, int bytes) {
        byte[] request = echo(OUTER_MAC, CLIENT_MAC, client, address, bytes);
        List<byte[]> sent = outside(node, request);

        assertThat(sent).hasSize(1);
        byte[] reply = sent.getFirst();
        int message = TestFrame.transportOffset(reply);
        assertThat(reply).hasSameSizeAs(request);
        assertThat(TestFrame.mac(reply, 0)).isEqualTo(CLIENT_MAC);
        assertThat(TestFrame.mac(reply, 6)).isEqualTo(OUTER_MAC);
        assertThat(TestFrame.addressOf(reply, true)).isEqualTo(TestFrame.address(address));
        assertThat(TestFrame.addressOf(reply, false)).isEqualTo(TestFrame.address(client));
        assertThat(TestFrame.hops(reply)).isEqualTo(64);
        assertThat(reply[message]).isEqualTo((byte) (client.contains(":") ? 129 : 0));
        assertThat(Arrays.copyOfRange(reply, message + 4, reply.length))
                .isEqualTo(Arrays.copyOfRange(request, message + 4, request.length));
        assertThat(ControlFrames.areChecksumsRight(reply)).isTrue();
        assertThat(node.counters.value(Counter.ECHO_REPLIES_SENT)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.9, 10.0.1.100", "fd01::9, fd01::100"})
    void a_wrong_checksum_is_not_answered(String client, String address) {
        byte[] request = echo(OUTER_MAC, CLIENT_MAC, client, address, 20);
        request[request.length - 1] ^= 1;
        assertThat(outside(node, request)).isEmpty();
        assertThat(node.counters.dropped(DropReason.ICMP_INVALID)).isEqualTo(1);
    }

    @Test
    void another_stations_link_local_address_and_groups_are_not_answered() {
        outside(node, echo(OUTER_MAC, CLIENT_MAC, "fe80::9", "fe80::77", 8));
        outside(node, echo(0x3333_0000_0001L, CLIENT_MAC, "fe80::9", "ff02::1", 8));
        assertThat(node.counters.dropped(DropReason.DESTINATION_ADDRESS_INVALID))
                .isEqualTo(2);
        assertThat(node.counters.value(Counter.ECHO_REPLIES_SENT)).isZero();
    }

    @Test
    void answers_are_limited_per_second() {
        Settings defaults = Settings.DEFAULTS;
        TestNode.Builder builder = TestNode.builder();
        builder.settings = new Settings(defaults.timeoutsMs(), 1000, 5, 256, true);
        TestNode limited = builder.build();
        int answered = 0;
        for (int k = 0; k < 20; k++) {
            answered += outside(limited, echo(OUTER_MAC, CLIENT_MAC, CLIENT, "10.0.1.1", 8))
                    .size();
        }
        assertThat(answered).isEqualTo(5);
        assertThat(limited.counters.dropped(DropReason.ECHO_RATE_LIMITED)).isEqualTo(15);
        limited.nowMs += 400;
        assertThat(outside(limited, echo(OUTER_MAC, CLIENT_MAC, CLIENT6, "fd01::1", 8)))
                .hasSize(1);
    }

    @Test
    void other_messages_to_us_are_not_handled() {
        byte[] reply = echo(OUTER_MAC, CLIENT_MAC, CLIENT, VIP, 8);
        reply[34] = 0;
        outside(node, reply);
        byte[] reply6 = echo(OUTER_MAC, CLIENT_MAC, CLIENT6, VIP6, 8);
        reply6[54] = (byte) 129;
        outside(node, reply6);
        assertThat(node.counters.dropped(DropReason.ICMP_UNHANDLED)).isEqualTo(2);
    }
}
