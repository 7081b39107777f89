package io.weir.switching.filter;

import static io.weir.switching.filter.Protocol.ACK;
import static io.weir.switching.filter.Protocol.FIN;
import static io.weir.switching.filter.Protocol.RST;
import static io.weir.switching.filter.Protocol.SYN;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.VIP;
import static io.weir.switching.filter.TestNode.VIP6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketFilterTest {
    private static final String FLOW_IN = "%s:40000 > %s:8080";

    private static TestFrame toService(String client, String vip, int protocol, int flags) {
        TestFrame frame = protocol == TestFrame.TCP ? TestFrame.tcp(flags) : TestFrame.udp();
        return frame.from(client, 40_000).to(vip, 80).payload(protocol == TestFrame.TCP ? 0 : 33);
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.9, 10.0.1.100, 6", "10.0.1.9, 10.0.1.100, 17", "fd01::9, fd01::100, 6", "fd01::9, fd01::100, 17"
    })
    void a_translated_connection_works_both_ways(String client, String vip, int protocol) {
        TestNode node = TestNode.web();

        byte[] in = Objects.requireNonNull(node.fromClient(toService(client, vip, protocol, SYN)));
        String server = client.contains(":") ? "fd02:0:0:0:0:0:0:1" : "10.0.2.1";
        String expandedClient = client.contains(":") ? "fd01:0:0:0:0:0:0:9" : client;
        String expandedVip = vip.contains(":") ? "fd01:0:0:0:0:0:0:100" : vip;
        assertThat(TestFrame.flow(in)).isEqualTo(FLOW_IN, expandedClient, server);
        assertThat(TestFrame.mac(in, 0)).isEqualTo(TestNode.SERVER_MAC + 1);
        assertThat(TestFrame.mac(in, 6)).isEqualTo(TestNode.INNER_MAC);
        assertThat(TestFrame.hops(in)).isEqualTo(63);
        assertThat(TestFrame.hasCorrectChecksums(in)).isTrue();

        TestFrame answer = protocol == TestFrame.TCP ? TestFrame.tcp(SYN | ACK) : TestFrame.udp();
        byte[] out =
                Objects.requireNonNull(node.fromServer(answer.from(server, 8080).to(client, 40_000)));
        assertThat(TestFrame.flow(out)).isEqualTo("%s:80 > %s:40000", expandedVip, expandedClient);
        assertThat(TestFrame.mac(out, 0)).isEqualTo(TestNode.CLIENT_MAC);
        assertThat(TestFrame.hasCorrectChecksums(out)).isTrue();

        node.drain();
        assertThat(node.missingBuffers()).isZero();
        assertThat(node.counters.value(Counter.CONNECTIONS_CREATED)).isEqualTo(1);
        assertThat(node.counters.value(Counter.PACKETS_BALANCED)).isEqualTo(2);
    }

    @Test
    void the_packets_of_a_connection_stay_with_their_server() {
        TestNode node = TestNode.web();
        node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN));
        for (int k = 0; k < 5; k++) {
            byte[] in = Objects.requireNonNull(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, ACK)));
            assertThat(TestFrame.flow(in)).endsWith("10.0.2.1:8080");
        }
        byte[] retransmitted = Objects.requireNonNull(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN)));
        assertThat(TestFrame.flow(retransmitted)).endsWith("10.0.2.1:8080");
    }

    @Test
    void a_syn_on_a_closing_connection_starts_anew() {
        TestNode node = TestNode.web();
        node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN));
        node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, FIN | ACK));
        byte[] in = Objects.requireNonNull(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN)));
        assertThat(TestFrame.flow(in)).endsWith("10.0.2.2:8080");
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isEqualTo(1);
        assertThat(node.counters.value(Counter.CONNECTIONS_CREATED)).isEqualTo(2);
    }

    @Test
    void direct_forwarding_rewrites_link_layer_addresses_only() {
        TestNode node = TestNode.builder()
                .service(TestFrame.TCP, 80, ConfigurationReader.DIRECT, ConfigurationReader.MAGLEV, 0, 1)
                .build();
        byte[] sent = toService(CLIENT, VIP, TestFrame.TCP, SYN)
                .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC)
                .build();
        byte[] in = Objects.requireNonNull(node.fromClient(sent.clone(), 0));
        assertThat(TestFrame.mac(in, 0)).isEqualTo(TestNode.SERVER_MAC + 1);
        assertThat(TestFrame.mac(in, 6)).isEqualTo(TestNode.INNER_MAC);
        assertThat(ByteBuffer.wrap(in, 12, in.length - 12)).isEqualTo(ByteBuffer.wrap(sent, 12, sent.length - 12));

        byte[] reply = node.fromServer(TestFrame.tcp(SYN | ACK).from(VIP, 80).to(CLIENT, 40_000));
        assertThat(TestFrame.flow(Objects.requireNonNull(reply)))
                .as("a direct server may have weir as its router")
                .isEqualTo("10.0.1.100:80 > 10.0.1.9:40000");
    }

    @Test
    void tcp_without_a_service_is_reset_with_the_sequence_numbers_of_rfc_9293() {
        TestNode node = TestNode.web();
        TestFrame syn = TestFrame.tcp(SYN).from(CLIENT, 40_000).to(VIP, 81).payload(5);
        byte[] reset = Objects.requireNonNull(node.fromClient(syn));
        ByteBuffer tcp = ByteBuffer.wrap(reset, 34, 20).slice();
        assertThat(TestFrame.flow(reset)).isEqualTo("10.0.1.100:81 > 10.0.1.9:40000");
        assertThat(TestFrame.flags(reset)).isEqualTo(RST | ACK);
        assertThat(tcp.getInt(4)).isZero();
        assertThat(tcp.getInt(8)).isEqualTo(1_000 + 5 + 1);
        assertThat(TestFrame.mac(reset, 0)).isEqualTo(TestNode.CLIENT_MAC);
        assertThat(TestFrame.mac(reset, 6)).isEqualTo(TestNode.OUTER_MAC);
        assertThat(TestFrame.hasCorrectChecksums(reset)).isTrue();
        assertThat(node.counters.dropped(DropReason.SERVICE_UNKNOWN_RESET)).isEqualTo(1);
        assertThat(node.counters.value(Counter.RESETS_SENT)).isEqualTo(1);
    }

    @Test
    void a_mid_stream_packet_without_entry_is_reset_at_its_acknowledgement() {
        TestNode node = TestNode.web();
        byte[] reset = Objects.requireNonNull(node.fromClient(toService(CLIENT6, VIP6, TestFrame.TCP, ACK)));
        ByteBuffer tcp = ByteBuffer.wrap(reset, 54, 20).slice();
        assertThat(TestFrame.flags(reset)).isEqualTo(RST);
        assertThat(tcp.getInt(4)).isEqualTo(2_000);
        assertThat(TestFrame.hasCorrectChecksums(reset)).isTrue();
        assertThat(node.counters.dropped(DropReason.CONNECTION_UNKNOWN_RESET)).isEqualTo(1);
    }

    @Test
    void a_reset_is_never_answered() {
        TestNode node = TestNode.web();
        assertThat(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, RST))).isNull();
        assertThat(node.counters.dropped(DropReason.CONNECTION_UNKNOWN)).isEqualTo(1);
    }

    @Test
    void resets_are_limited_per_second() {
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.TCP, 80, 8080);
        builder.settings = new Settings(Settings.DEFAULTS.timeoutsMs(), 3, 10, 256, true);
        TestNode node = builder.build();
        int answered = 0;
        for (int k = 0; k < 10; k++) {
            answered += node.fromClient(TestFrame.tcp(SYN).to(VIP, 81)) != null ? 1 : 0;
        }
        assertThat(answered).isEqualTo(3);
        assertThat(node.counters.dropped(DropReason.RESET_RATE_LIMITED)).isEqualTo(7);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void udp_without_a_service_is_discarded() {
        TestNode node = TestNode.web();
        assertThat(node.fromClient(TestFrame.udp().to(VIP, 81))).isNull();
        assertThat(node.counters.dropped(DropReason.SERVICE_UNKNOWN)).isEqualTo(1);
    }

    @Test
    void a_wrong_checksum_opens_and_resets_nothing() {
        TestNode node = TestNode.web();
        byte[] bad = toService(CLIENT, VIP, TestFrame.TCP, SYN)
                .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC)
                .build();
        bad[bad.length - 3] ^= 0x55;
        assertThat(node.fromClient(bad, 0)).isNull();
        assertThat(node.counters.dropped(DropReason.TRANSPORT_CHECKSUM_WRONG)).isEqualTo(1);
        assertThat(node.counters.value(Counter.CONNECTIONS_CREATED)).isZero();
    }

    @Test
    void an_exhausted_time_to_live_ends_here() {
        TestNode node = TestNode.web();
        assertThat(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN).hops(1)))
                .isNull();
        node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN));
        assertThat(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, ACK).hops(1)))
                .isNull();
        assertThat(node.counters.dropped(DropReason.TTL_EXPIRED)).isEqualTo(2);
        assertThat(node.counters.value(Counter.CONNECTIONS_CREATED)).isEqualTo(1);
    }

    @Test
    void a_service_without_servers_drops() {
        TestNode node = TestNode.builder()
                .service(TestFrame.TCP, 80, ConfigurationReader.NAT, ConfigurationReader.MAGLEV, 0, 0, 0)
                .build();
        assertThat(node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN))).isNull();
        assertThat(node.counters.dropped(DropReason.NO_SERVER)).isEqualTo(1);
    }

    @Test
    void other_packets_are_routed() {
        TestNode node = TestNode.web();
        byte[] routed = node.fromClient(TestFrame.tcp(ACK).from(CLIENT, 5).to("10.0.2.3", 22));
        assertThat(TestFrame.flow(Objects.requireNonNull(routed))).isEqualTo("10.0.1.9:5 > 10.0.2.3:22");
        assertThat(TestFrame.mac(routed, 0)).isEqualTo(TestNode.SERVER_MAC + 3);
        assertThat(TestFrame.hops(routed)).isEqualTo(63);
        assertThat(node.counters.value(Counter.PACKETS_ROUTED)).isEqualTo(1);
    }

    @Test
    void a_packet_from_an_address_of_ours_is_dropped() {
        TestNode node = TestNode.web();
        assertThat(node.fromClient(TestFrame.tcp(SYN).from("10.0.2.254", 9).to(VIP, 80)))
                .isNull();
        assertThat(node.fromClient(TestFrame.tcp(SYN).from(VIP, 9).to("10.0.2.1", 80)))
                .isNull();
        assertThat(node.counters.dropped(DropReason.SOURCE_ADDRESS_INVALID)).isEqualTo(2);
    }

    @Test
    void two_clients_behind_one_tuple_get_different_servers() {
        // Two services lead to the same server port: the same client port may use only one of them per server.
        TestNode node = TestNode.builder()
                .nat(TestFrame.TCP, 80, 8080)
                .nat(TestFrame.TCP, 81, 8080)
                .build();
        byte[] first = Objects.requireNonNull(node.fromClient(TestFrame.tcp(SYN).to(VIP, 80)));
        byte[] second =
                Objects.requireNonNull(node.fromClient(TestFrame.tcp(SYN).to(VIP, 81)));
        assertThat(TestFrame.flow(first)).endsWith("10.0.2.1:8080");
        assertThat(TestFrame.flow(second)).endsWith("10.0.2.2:8080");
    }

    @Test
    void a_tuple_conflict_on_every_server_is_counted() {
        TestNode node = TestNode.builder()
                .service(TestFrame.TCP, 80, ConfigurationReader.NAT, ConfigurationReader.MAGLEV, 8080, 1)
                .service(TestFrame.TCP, 81, ConfigurationReader.NAT, ConfigurationReader.MAGLEV, 8080, 1)
                .build();
        node.fromClient(TestFrame.tcp(SYN).to(VIP, 80));
        assertThat(node.fromClient(TestFrame.tcp(SYN).to(VIP, 81))).isNull();
        assertThat(node.counters.dropped(DropReason.TUPLE_CONFLICT)).isEqualTo(1);
    }

    @Test
    void connections_expire_when_idle_in_both_directions() {
        TestNode node = TestNode.web();
        node.fromClient(toService(CLIENT, VIP, TestFrame.UDP, 0));
        for (int k = 0; k < 20; k++) { // 100 s in one direction only: beyond 60 s, kept alive by packets
            node.nowMs += 5_000;
            node.fromClient(toService(CLIENT, VIP, TestFrame.UDP, 0));
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isZero();
        for (int k = 0; k < 14; k++) {
            node.nowMs += 5_000;
            node.processor.doWork(node.nowMs);
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_CLOSED)).isEqualTo(1);
        long live = 0;
        for (long slot = 0; slot < node.connections4.slots(); slot++) {
            live += ConnectionTable.isLive(node.connections4.word(node.connections4.recordAt(slot))) ? 1 : 0;
        }
        assertThat(live).isZero();
    }

    @Test
    void a_full_table_gives_up_half_open_connections_first_and_keeps_established_ones() {
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.TCP, 80, 8080);
        builder.records = 32;
        TestNode node = builder.build();
        node.fromClient(TestFrame.tcp(SYN).from(CLIENT, 1).to(VIP, 80));
        node.fromServer(TestFrame.tcp(SYN | ACK).from("10.0.2.1", 8080).to(CLIENT, 1));
        node.fromClient(TestFrame.tcp(ACK).from(CLIENT, 1).to(VIP, 80));
        for (int port = 2; port < 400; port++) {
            node.nowMs++;
            node.fromClient(TestFrame.tcp(SYN).from(CLIENT, port).to(VIP, 80));
        }
        assertThat(node.counters.value(Counter.CONNECTIONS_RECYCLED)).isPositive();
        byte[] in = node.fromClient(TestFrame.tcp(ACK).from(CLIENT, 1).to(VIP, 80));
        assertThat(TestFrame.flow(Objects.requireNonNull(in))).endsWith("10.0.2.1:8080");
        node.drain();
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void weighted_round_robin_follows_the_weights() {
        TestNode node = TestNode.builder()
                .service(
                        TestFrame.TCP,
                        80,
                        ConfigurationReader.NAT,
                        ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                        0,
                        1,
                        0,
                        3)
                .build();
        int[] hits = new int[4];
        for (int port = 1; port <= 400; port++) {
            byte[] in = Objects.requireNonNull(
                    node.fromClient(TestFrame.tcp(SYN).from(CLIENT, port).to(VIP, 80)));
            hits[in[33]]++;
        }
        assertThat(hits).isEqualTo(new int[] {0, 100, 0, 300});
    }

    @Test
    void an_open_checksum_is_completed_for_an_interface_that_cannot() {
        TestNode node = TestNode.web();
        for (TestFrame frame : List.of(
                TestFrame.tcp(SYN).to(VIP, 80).payload(7),
                TestFrame.udp().to(VIP, 80).payload(7),
                TestFrame.udp().from(CLIENT6, 40_000).to(VIP6, 80).payload(8))) {
            frame.partialChecksum = true;
            frame.macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC);
            int start = frame.transportOffset();
            int field = Protocol.checksumOffset(frame.protocol);
            byte[] in = node.fromClient(frame.build(), Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, start, field));
            assertThat(TestFrame.hasCorrectChecksums(Objects.requireNonNull(in)))
                    .isTrue();
        }
    }

    @Test
    void an_open_checksum_stays_open_for_an_interface_that_completes_it() {
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.TCP, 80, 8080);
        builder.offloads = true;
        TestNode node = builder.build();
        TestFrame frame = TestFrame.tcp(SYN).to(VIP, 80).payload(7);
        frame.partialChecksum = true;
        frame.macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC);
        byte[] in = node.fromClient(frame.build(), Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 34, 16));
        frame.to("10.0.2.1", 8080).hops(63).macs(TestNode.SERVER_MAC + 1, TestNode.INNER_MAC);
        assertThat(in).isEqualTo(frame.build());
    }

    @Test
    void several_segments_in_a_frame_cannot_leave_by_an_interface_that_does_not_segment() {
        TestNode node = TestNode.web();
        TestFrame frame = TestFrame.udp().to(VIP, 80).payload(900);
        frame.macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC);
        assertThat(node.fromClient(frame.build(), Offload.of(0, Offload.UDP_L4, 42, 300, 0, 0)))
                .isNull();
        assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void the_sender_of_a_packet_too_long_for_the_next_link_is_told() {
        TestNode node = TestNode.web();
        node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, SYN));
        byte[] error =
                node.fromClient(toService(CLIENT, VIP, TestFrame.TCP, ACK).payload(1480));
        assertThat(Objects.requireNonNull(error)[34]).as("ICMP type").isEqualTo((byte) 3);
        assertThat(error[35]).as("fragmentation needed").isEqualTo((byte) 4);
        assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void a_defect_costs_the_packets_without_a_fate_and_nothing_else() {
        TestNode node = TestNode.web();
        PacketFilter filter = new PacketFilter(node.context);
        PacketBatch batch = new PacketBatch();
        long good = node.context.pool.acquire();
        byte[] frame = toService(CLIENT, VIP, TestFrame.TCP, SYN)
                .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC)
                .build();
        MemorySegment.copy(frame, 0, node.storage.frames(), ValueLayout.JAVA_BYTE, good, frame.length);
        batch.frames().add(good, frame.length, 0, FrameBatch.STORAGE, 1);
        // A port that lies about where a frame is: beyond the packet storage, of the owner of nothing.
        batch.frames().add(node.storage.frames().byteSize(), 60, 0, FrameBatch.STORAGE, 1);

        assertThatThrownBy(() -> filter.process(batch, node.nowMs, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        batch.frames().address[1] = node.context.pool.acquire();
        filter.abandon(batch);

        assertThat(node.counters.dropped(DropReason.INTERNAL_ERROR)).isEqualTo(2);
        assertThat(batch.dropReason(1)).isEqualTo(DropReason.INTERNAL_ERROR);
        assertThat(node.missingBuffers()).isZero();
    }
}
