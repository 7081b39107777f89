package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.CountersLayout;
import io.weir.port.Offload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassiveSignalsTest {
    private static final int PORT = 40_000;
    private static final int DIRECT_PORT = 81;

    private final TestNode node = TestNode.builder()
            .service(TestFrame.TCP, 80, ConfigurationReader.NAT, ConfigurationReader.WEIGHTED_ROUND_ROBIN, 8080, 1)
            .service(TestFrame.TCP, DIRECT_PORT, ConfigurationReader.DIRECT, 1, 0, 1)
            .build();
    private int nowMicros = 1_000_000;

    private void client(int family, int flags, int port) {
        node.outside.inject(
                0,
                TestFrame.tcp(flags)
                        .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC)
                        .from(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, PORT)
                        .to(family == 4 ? TestNode.VIP : TestNode.VIP6, port)
                        .build(),
                Offload.NONE);
        cycle();
    }

    private void server(int family, int flags) {
        node.inside.inject(
                0,
                TestFrame.tcp(flags)
                        .macs(TestNode.INNER_MAC, TestNode.SERVER_MAC + 1)
                        .from(family == 4 ? "10.0.2.1" : "fd02::1", 8080)
                        .to(family == 4 ? TestNode.CLIENT : TestNode.CLIENT6, PORT)
                        .build(),
                Offload.NONE);
        cycle();
    }

    private void cycle() {
        node.processor.doWork(node.nowMs, nowMicros);
    }

    private void assertSignals(long handshakes, long micros, long again, long refused, long resets) {
        assertThat(node.serverCounters().serverHandshakes(1)).as("handshakes").isEqualTo(handshakes);
        assertThat(node.serverCounters().serverHandshakeMicros(1)).as("delay").isEqualTo(micros);
        assertThat(node.serverCounters().serverRetransmittedSyns(1))
                .as("SYNs again")
                .isEqualTo(again);
        assertThat(node.serverCounters().serverRefused(1)).as("refused").isEqualTo(refused);
        assertThat(node.serverCounters().serverResets(1)).as("resets").isEqualTo(resets);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void a_handshake_is_measured_once(int family) {
        client(family, Protocol.SYN, 80);
        nowMicros += 1_234;
        server(family, Protocol.SYN | Protocol.ACK);
        nowMicros += 50;
        server(family, Protocol.SYN | Protocol.ACK);
        client(family, Protocol.ACK, 80);

        assertSignals(1, 1_234, 0, 0, 0);
        assertThat(node.serverCounters().serverHandshakeBucket(1, CountersLayout.handshakeBucket(1_234)))
                .isEqualTo(1);
        assertThat(node.context.handshakes.latencyMicros(1, node.nowMs)).isEqualTo(1_234);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void a_repeated_syn_is_counted_and_the_delay_is_that_from_the_first(int family) {
        client(family, Protocol.SYN, 80);
        nowMicros += 1_000_000;
        client(family, Protocol.SYN, 80);
        nowMicros += 500;
        server(family, Protocol.SYN | Protocol.ACK);
        client(family, Protocol.SYN, 80); // the answer was lost

        assertSignals(1, 1_000_500, 2, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void a_reset_in_answer_to_a_syn_is_a_refusal(int family) {
        client(family, Protocol.SYN, 80);
        server(family, Protocol.RST | Protocol.ACK);
        server(family, Protocol.RST | Protocol.ACK);

        assertSignals(0, 0, 0, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void a_reset_of_an_accepted_connection_is_counted_once(int family) {
        client(family, Protocol.SYN, 80);
        nowMicros += 100;
        server(family, Protocol.SYN | Protocol.ACK);
        client(family, Protocol.ACK, 80);
        server(family, Protocol.ACK);
        server(family, Protocol.RST);
        server(family, Protocol.RST);

        assertSignals(1, 100, 0, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void what_the_client_does_is_not_the_servers_doing(int family) {
        client(family, Protocol.SYN, 80);
        nowMicros += 100;
        server(family, Protocol.SYN | Protocol.ACK);
        client(family, Protocol.ACK, 80);
        client(family, Protocol.RST, 80);

        assertSignals(1, 100, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void of_direct_return_only_repeated_syns_are_seen(int family) {
        client(family, Protocol.SYN, DIRECT_PORT);
        client(family, Protocol.SYN, DIRECT_PORT);
        client(family, Protocol.ACK, DIRECT_PORT);

        assertSignals(0, 0, 1, 0, 0);
    }
}
