package io.weir.switching.filter;

import static io.weir.switching.filter.ControlFrames.sentInside;
import static io.weir.switching.filter.ControlFrames.sentOutside;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.CLIENT_MAC;
import static io.weir.switching.filter.TestNode.INNER_MAC;
import static io.weir.switching.filter.TestNode.OUTER_MAC;
import static io.weir.switching.filter.TestNode.SERVER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwarderTest {
    private final TestNode node = TestNode.web();

    private static TestFrame routed(String client, String destination) {
        return TestFrame.udp()
                .from(client, 1234)
                .to(destination, 9)
                .macs(OUTER_MAC, CLIENT_MAC)
                .payload(31);
    }

    private static void inject(TestNode node, byte[] frame, long offload) {
        node.outside.inject(0, frame, offload);
        node.processor.doWork(node.nowMs);
    }

    /** The one ICMP error about a packet, checked in what all have in common. */
    private static byte[] error(TestNode node, byte[] about) {
        List<byte[]> sent = sentOutside(node);
        assertThat(sent).hasSize(1);
        byte[] error = sent.getFirst();
        assertThat(TestFrame.mac(error, 0)).isEqualTo(CLIENT_MAC);
        assertThat(TestFrame.mac(error, 6)).isEqualTo(OUTER_MAC);
        assertThat(TestFrame.addressOf(error, true))
                .isEqualTo(TestFrame.address(TestFrame.isIpv6(error) ? "fd01::1" : "10.0.1.1"));
        assertThat(TestFrame.addressOf(error, false)).isEqualTo(TestFrame.addressOf(about, true));
        assertThat(ControlFrames.areChecksumsRight(error)).isTrue();
        byte[] quoted = ControlFrames.quoted(error);
        assertThat(Arrays.copyOfRange(quoted, 14, quoted.length))
                .isEqualTo(Arrays.copyOfRange(about, 14, quoted.length));
        assertThat(node.missingBuffers()).isZero();
        return error;
    }

    private static int type(byte[] error) {
        return error[TestFrame.transportOffset(error)];
    }

    private static int code(byte[] error) {
        return error[TestFrame.transportOffset(error) + 1];
    }

    private static int rest(byte[] error) {
        return ByteBuffer.wrap(error).getInt(TestFrame.transportOffset(error) + 4);
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.9, 10.0.2.1", "fd01::9, fd02::1"})
    void a_packet_goes_on_with_one_hop_less(String client, String destination) {
        byte[] before = routed(client, destination).build();
        inject(node, before, Offload.NONE);
        byte[] after = sentInside(node).getFirst();
        assertThat(TestFrame.hops(after)).isEqualTo(63);
        assertThat(TestFrame.hasCorrectChecksums(after)).isTrue();
        assertThat(TestFrame.mac(after, 0)).isEqualTo(SERVER_MAC + 1);
        assertThat(TestFrame.mac(after, 6)).isEqualTo(INNER_MAC);
        int t = TestFrame.transportOffset(after);
        assertThat(Arrays.copyOfRange(after, t, after.length)).isEqualTo(Arrays.copyOfRange(before, t, before.length));
        assertThat(node.counters.value(Counter.PACKETS_ROUTED)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void every_time_to_live_keeps_the_header_checksum_right() {
        for (int hops = 2; hops < 256; hops++) {
            inject(node, routed(CLIENT, "10.0.2.1").hops(hops).build(), Offload.NONE);
            byte[] after = sentInside(node).getFirst();
            assertThat(ControlFrames.isIpHeaderRight(after))
                    .as("time to live " + hops)
                    .isTrue();
            assertThat(TestFrame.hops(after)).isEqualTo(hops - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.1.9, 10.0.2.1, 1, 11",
        "10.0.1.9, 10.0.2.1, 0, 11",
        "fd01::9, fd02::1, 1, 3",
        "fd01::9, fd02::1, 0, 3"
    })
    void a_packet_without_hops_left_is_answered(String client, String destination, int hops, int type) {
        byte[] about = routed(client, destination).hops(hops).build();
        inject(node, about, Offload.NONE);
        byte[] error = error(node, about);
        assertThat(type(error)).isEqualTo(type);
        assertThat(code(error)).isZero();
        assertThat(sentInside(node)).isEmpty();
        assertThat(node.counters.dropped(DropReason.TTL_EXPIRED)).isEqualTo(1);
        assertThat(node.counters.value(Counter.ICMP_ERRORS_SENT)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.9, 192.0.2.1, 3", "fd01::9, 2001:db8::1, 1"})
    void a_packet_without_a_route_is_answered(String client, String destination, int type) {
        byte[] about = routed(client, destination).build();
        inject(node, about, Offload.NONE);
        byte[] error = error(node, about);
        assertThat(type(error)).isEqualTo(type);
        assertThat(code(error)).isZero();
        assertThat(node.counters.dropped(DropReason.NO_ROUTE)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.9, 10.0.2.1, 3, 4, 576", "fd01::9, fd02::1, 2, 0, 1280"})
    void a_packet_too_long_for_the_link_is_answered_with_the_mtu(
            String client, String destination, int type, int code, int longest) {
        TestNode.Builder builder = TestNode.builder();
        builder.bufferBytes = 4096;
        TestNode wide = builder.build();
        byte[] about = routed(client, destination).payload(1600).build();
        inject(wide, about, Offload.NONE);
        byte[] error = error(wide, about);
        assertThat(type(error)).isEqualTo(type);
        assertThat(code(error)).isEqualTo(code);
        assertThat(rest(error)).isEqualTo(1500);
        assertThat(error).hasSize(14 + longest);
        assertThat(wide.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
    }

    @Test
    void a_segmented_frame_is_measured_by_its_segments() {
        TestNode.Builder builder = TestNode.builder();
        builder.bufferBytes = 4096;
        builder.offloads = true;
        TestNode wide = builder.build();
        TestFrame frame =
                TestFrame.tcp(Protocol.ACK).from(CLIENT, 1234).to("10.0.2.1", 9).macs(OUTER_MAC, CLIENT_MAC);
        frame.partialChecksum = true;
        frame.payload(2920);
        long fits = Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4, 54, 1460, 34, 16);
        inject(wide, frame.build(), fits);
        assertThat(sentInside(wide)).hasSize(1);
        long tooLong = Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4, 54, 1461, 34, 16);
        inject(wide, frame.build(), tooLong);
        assertThat(sentInside(wide)).isEmpty();
        assertThat(wide.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
    }

    @Test
    void the_priority_tag_of_the_ingress_link_is_taken_away() {
        TestFrame frame = routed(CLIENT, "10.0.2.1");
        byte[] plain = frame.build();
        frame.priorityTag = true;
        inject(node, frame.build(), Offload.NONE);
        byte[] after = sentInside(node).getFirst();
        assertThat(after).hasSameSizeAs(plain);
        assertThat(Arrays.copyOfRange(after, 26, after.length)).isEqualTo(Arrays.copyOfRange(plain, 26, plain.length));
        assertThat(TestFrame.mac(after, 0)).isEqualTo(SERVER_MAC + 1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void padding_of_the_frame_is_left_behind() {
        byte[] frame = routed(CLIENT, "10.0.2.1").payload(1).build();
        inject(node, Arrays.copyOf(frame, 60), Offload.NONE);
        assertThat(sentInside(node).getFirst()).hasSize(frame.length);
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.1.1, 10.0.2.1, SOURCE_ADDRESS_INVALID",
        "10.0.1.9, 169.254.1.1, DESTINATION_ADDRESS_INVALID",
        "fe80::9, fd02::1, SOURCE_ADDRESS_INVALID",
        "fd01::9, fe80::1, DESTINATION_ADDRESS_INVALID"
    })
    void link_local_packets_stay_on_their_link(String client, String destination, DropReason reason) {
        inject(node, routed(client, destination).build(), Offload.NONE);
        assertThat(node.counters.dropped(reason)).isEqualTo(1);
        assertThat(sentInside(node)).isEmpty();
        assertThat(sentOutside(node)).isEmpty();
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void nothing_is_forwarded_when_forwarding_is_off() {
        TestNode.Builder builder = TestNode.builder();
        builder.settings = new Settings(Settings.DEFAULTS.timeoutsMs(), 1000, 1000, 256, false);
        TestNode closed = builder.build();
        inject(closed, routed(CLIENT, "10.0.2.1").build(), Offload.NONE);
        inject(closed, routed(CLIENT6, "fd02::1").build(), Offload.NONE);
        assertThat(closed.counters.dropped(DropReason.FORWARDING_DISABLED)).isEqualTo(2);
    }

    @Test
    void no_error_about_an_error_or_a_later_fragment() {
        byte[] lost = routed(CLIENT, "10.0.2.1").build();
        inject(node, ControlFrames.error(OUTER_MAC, CLIENT_MAC, CLIENT, "192.0.2.1", 3, 1, 0, lost, 28), Offload.NONE);
        inject(
                node,
                ControlFrames.error(OUTER_MAC, CLIENT_MAC, CLIENT6, "2001:db8::1", 1, 0, 0, lost, 28),
                Offload.NONE);
        TestFrame fragment = routed(CLIENT, "192.0.2.1");
        fragment.fragmentWord = 0x0010;
        inject(node, fragment.build(), Offload.NONE);
        assertThat(node.counters.dropped(DropReason.NO_ROUTE)).isEqualTo(3);
        assertThat(sentOutside(node)).isEmpty();
        inject(node, ControlFrames.echo(OUTER_MAC, CLIENT_MAC, CLIENT, "192.0.2.1", 8), Offload.NONE);
        assertThat(sentOutside(node)).as("but about an echo request").hasSize(1);
    }

    @Test
    void errors_are_limited_per_second() {
        byte[] lost = routed(CLIENT, "192.0.2.1").build();
        int told = 0;
        for (int k = 0; k < IcmpErrors.PER_SECOND + 50; k++) {
            inject(node, lost, Offload.NONE);
            told += sentOutside(node).size();
        }
        assertThat(told).isEqualTo(IcmpErrors.PER_SECOND);
        assertThat(node.missingBuffers()).isZero();
    }
}
