package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.error;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.INNER_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.SERVER_MAC;
import static io.weir.switching.filter.TestNode.VIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcmpErrorTranslatorTest {
    private static final int WHOLE = 2_000;
    private final TestNode node = TestNode.web();

    /** Opens a connection; the packet as it went to the server. */
    private byte[] open(String client, String vip, int protocol) {
        TestFrame first = protocol == TestFrame.TCP ? TestFrame.tcp(Protocol.SYN) : TestFrame.udp();
        return Objects.requireNonNull(
                node.fromClient(first.from(client, 40_000).to(vip, 80).payload(24)));
    }

    /** A packet of the server, as it went to the client. */
    private byte[] answer(String client, String server, int protocol) {
        TestFrame packet = protocol == TestFrame.TCP ? TestFrame.tcp(Protocol.SYN | Protocol.ACK) : TestFrame.udp();
        return Objects.requireNonNull(
                node.fromServer(packet.from(server, 8080).to(client, 40_000).payload(24)));
    }

    private byte[] fromInside(byte[] frame) {
        node.inside.inject(frame);
        node.processor.doWork(node.nowMs);
        return Objects.requireNonNull(node.outside.collect()).bytes();
    }

    private static String address(String text) {
        return text.contains(":") ? text.replace("::", ":0:0:0:0:0:0:") : text;
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.1.9, 10.0.1.100, 10.0.2.1, 198.51.100.7, 6, 3, 4, 2000",
        "10.0.1.9, 10.0.1.100, 10.0.2.1, 198.51.100.7, 6, 3, 4, 28",
        "10.0.1.9, 10.0.1.100, 10.0.2.1, 198.51.100.7, 17, 11, 0, 28",
        "fd01::9, fd01::100, fd02::1, fd01::7, 6, 2, 0, 2000",
        "fd01::9, fd01::100, fd02::1, fd01::7, 17, 1, 4, 48"
    })
    void an_error_from_the_clients_side_reaches_the_server_about_its_own_packet(
            String client, String vip, String server, String router, int protocol, int type, int code, int quoted) {
        open(client, vip, protocol);
        byte[] lost = answer(client, server, protocol);
        byte[] error = error(OUTER_MAC, CLIENT_MAC, router, vip, type, code, 1400, lost, quoted);

        byte[] told = Objects.requireNonNull(node.fromClient(error, 0));
        assertThat(TestFrame.mac(told, 0)).isEqualTo(SERVER_MAC + 1);
        assertThat(TestFrame.mac(told, 6)).isEqualTo(INNER_MAC);
        assertThat(TestFrame.addressOf(told, true)).isEqualTo(TestFrame.address(router));
        assertThat(TestFrame.addressOf(told, false)).isEqualTo(TestFrame.address(server));
        assertThat(TestFrame.hops(told)).isEqualTo(63);
        assertThat(ControlFrames.areChecksumsRight(told)).isTrue();
        assertThat(ByteBuffer.wrap(told).getInt(TestFrame.transportOffset(told) + 4))
                .isEqualTo(1400);
        byte[] inner = ControlFrames.quoted(told);
        assertThat(TestFrame.flow(inner)).isEqualTo(address(server) + ":8080 > " + address(client) + ":40000");
        assertThat(ControlFrames.isIpHeaderRight(inner)).isTrue();
        if (quoted == WHOLE) {
            assertThat(TestFrame.hasCorrectChecksums(inner)).isTrue();
        }
        assertThat(node.counters.value(Counter.ICMP_ERRORS_TRANSLATED)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.1.9, 10.0.1.100, 10.0.2.1, 10.0.2.1, 17, 3, 3, 2000",
        "10.0.1.9, 10.0.1.100, 10.0.2.1, 10.0.2.77, 6, 3, 4, 28",
        "fd01::9, fd01::100, fd02::1, fd02::1, 17, 1, 4, 2000",
        "fd01::9, fd01::100, fd02::1, fd02::77, 6, 2, 0, 2000"
    })
    void an_error_from_the_servers_side_reaches_the_client_from_the_virtual_address(
            String client, String vip, String server, String sender, int protocol, int type, int code, int quoted) {
        byte[] lost = open(client, vip, protocol);
        byte[] told = fromInside(error(INNER_MAC, SERVER_MAC + 1, sender, client, type, code, 1400, lost, quoted));
        assertThat(TestFrame.mac(told, 0)).isEqualTo(CLIENT_MAC);
        assertThat(TestFrame.mac(told, 6)).isEqualTo(OUTER_MAC);
        assertThat(TestFrame.addressOf(told, true)).isEqualTo(TestFrame.address(vip));
        assertThat(TestFrame.addressOf(told, false)).isEqualTo(TestFrame.address(client));
        assertThat(ControlFrames.areChecksumsRight(told)).isTrue();
        byte[] inner = ControlFrames.quoted(told);
        assertThat(TestFrame.flow(inner)).isEqualTo(address(client) + ":40000 > " + address(vip) + ":80");
        assertThat(ControlFrames.isIpHeaderRight(inner)).isTrue();
        if (quoted == WHOLE) {
            assertThat(TestFrame.hasCorrectChecksums(inner)).isTrue();
        }
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void an_error_about_a_direct_return_connection_goes_to_the_server_as_it_is() {
        TestNode direct = TestNode.builder()
                .service(TestFrame.TCP, 80, ConfigurationReader.DIRECT, ConfigurationReader.MAGLEV, 0, 1)
                .build();
        direct.fromClient(TestFrame.tcp(Protocol.SYN));
        byte[] lost =
                TestFrame.tcp(Protocol.ACK).from(VIP, 80).to("10.0.1.9", 40_000).build();
        byte[] error = error(OUTER_MAC, CLIENT_MAC, "198.51.100.7", VIP, 3, 4, 1400, lost, WHOLE);
        byte[] told = Objects.requireNonNull(direct.fromClient(error.clone(), 0));
        assertThat(TestFrame.mac(told, 0)).isEqualTo(SERVER_MAC + 1);
        assertThat(Arrays.copyOfRange(told, 12, told.length)).isEqualTo(Arrays.copyOfRange(error, 12, error.length));
    }

    @Test
    void a_wrong_checksum_is_refused_and_an_unknown_connection_not_handled() {
        open("10.0.1.9", VIP, TestFrame.TCP);
        byte[] lost = answer("10.0.1.9", "10.0.2.1", TestFrame.TCP);
        byte[] error = error(OUTER_MAC, CLIENT_MAC, "198.51.100.7", VIP, 3, 4, 1400, lost, WHOLE);
        error[error.length - 1] ^= 1;
        assertThat(node.fromClient(error, 0)).isNull();
        assertThat(node.counters.dropped(DropReason.ICMP_INVALID)).isEqualTo(1);

        byte[] unknown =
                TestFrame.tcp(Protocol.ACK).from(VIP, 80).to("10.0.1.9", 41_000).build();
        assertThat(node.fromClient(error(OUTER_MAC, CLIENT_MAC, "198.51.100.7", VIP, 3, 4, 1400, unknown, WHOLE), 0))
                .isNull();
        assertThat(node.counters.dropped(DropReason.ICMP_UNHANDLED)).isEqualTo(1);
    }

    @Test
    void an_error_to_somebody_else_than_the_sender_of_the_quoted_packet_is_not_translated() {
        open("10.0.1.9", VIP, TestFrame.TCP);
        byte[] lost = answer("10.0.1.9", "10.0.2.1", TestFrame.TCP);
        node.fromClient(error(OUTER_MAC, CLIENT_MAC, "198.51.100.7", "10.0.1.1", 3, 4, 1400, lost, WHOLE), 0);
        assertThat(node.counters.value(Counter.ICMP_ERRORS_TRANSLATED)).isZero();
        assertThat(node.counters.dropped(DropReason.ICMP_UNHANDLED)).isEqualTo(1);
    }

    @Test
    void a_quote_cut_short_anywhere_does_no_harm() {
        open("10.0.1.9", VIP, TestFrame.TCP);
        byte[] lost = answer("10.0.1.9", "10.0.2.1", TestFrame.TCP);
        for (int quoted = 0; quoted <= lost.length - 14; quoted++) {
            node.fromClient(error(OUTER_MAC, CLIENT_MAC, "198.51.100.7", VIP, 3, 4, 1400, lost, quoted), 0);
        }
        node.drain();
        assertThat(node.missingBuffers()).isZero();
        assertThat(node.counters.value(Counter.ICMP_ERRORS_TRANSLATED)).isEqualTo(lost.length - 14 - 27);
        assertThat(node.counters.dropped(DropReason.ICMP_UNHANDLED)).isEqualTo(28);
    }
}
