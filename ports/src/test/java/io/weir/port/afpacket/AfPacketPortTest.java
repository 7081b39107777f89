package io.weir.port.afpacket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Left station (l0) - port w0 - weir - port w1 - right station (r0), each in a namespace of its own. */
class AfPacketPortTest {
    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String right = "";
    private String middle = "";
    private Switch node = new Switch("");

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    @BeforeEach
    void build() {
        node.close();
        left = network.namespace("left");
        middle = network.namespace("middle");
        right = network.namespace("right");
        network.link(middle, "w0", left, "l0");
        network.link(middle, "w1", right, "r0");
        node = new Switch(middle);
    }

    @AfterEach
    void remove() {
        node.close();
        network.close();
    }

    /** A broadcast frame of the experimental type with a body that depends on the number. */
    static byte[] frame(int length, int number) {
        byte[] frame = new byte[length];
        new Random(number).nextBytes(frame);
        java.util.Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        frame[12] = (byte) (RawStation.ETHERTYPE >>> 8);
        frame[13] = (byte) RawStation.ETHERTYPE;
        frame[14] = (byte) (number >>> 8);
        frame[15] = (byte) number;
        return frame;
    }

    private static byte[] tagged(int length) {
        byte[] frame = frame(length, length);
        frame[12] = (byte) 0x81;
        frame[13] = 0;
        // priority 5, VLAN 42
        frame[14] = (byte) 0xa0;
        frame[15] = 42;
        frame[16] = (byte) (RawStation.ETHERTYPE >>> 8);
        frame[17] = (byte) RawStation.ETHERTYPE;
        return frame;
    }

    @Test
    void a_frame_passes_from_one_interface_to_the_other_byte_for_byte() throws Exception {
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfPacketPort w0 = node.open(1, "w0");
            AfPacketPort w1 = node.open(2, "w1");
            for (int length : new int[] {16, 59, 60, 61, 512, 1499, 1514}) {
                byte[] frame = frame(length, length);
                from.send(frame);
                assertThat(node.receive(w0, 64)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame);
                assertThat(node.batch.owner[0]).isEqualTo(1);
                assertThat(node.batch.ingress[0]).isEqualTo(1);

                assertThat(w1.transmit(node.batch)).isEqualTo(1);
                assertThat(to.receive()).isEqualTo(frame);
                assertThat(w0.slotsHeld()).isZero();
            }
            // and nothing of what was sent comes back as received
            assertThat(w1.hasBacklog()).isFalse();
        }
    }

    @Test
    void a_frame_from_packet_storage_is_sent_and_its_buffer_is_free_again() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfPacketPort w1 = node.open(2, "w1");
            long free = node.storage.free();
            byte[] frame = frame(300, 7);
            assertThat(node.send(w1, frame)).isEqualTo(1);
            assertThat(to.receive()).isEqualTo(frame);
            assertThat(node.storage.free()).isEqualTo(free);
        }
    }

    @Test
    void a_tag_that_the_kernel_took_out_is_back_in_its_place() throws Exception {
        Switch far = new Switch(right);
        try (RawStation from = new RawStation(left, "l0")) {
            AfPacketPort w0 = node.open(1, "w0");
            AfPacketPort w1 = node.open(2, "w1");
            AfPacketPort r0 = far.open(1, "r0");
            byte[] frame = tagged(200);

            from.send(frame);

            assertThat(node.receive(w0, 64)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame);
            assertThat(w1.transmit(node.batch)).isEqualTo(1);
            assertThat(far.receive(r0, 64)).isEqualTo(1);
            assertThat(far.bytes(0)).isEqualTo(frame);
            assertThat(w0.slotsHeld()).isZero();
            far.release(0);
        } finally {
            far.close();
        }
    }

    @Test
    void an_exclusive_port_keeps_the_kernels_own_stack_from_what_it_receives_until_it_is_closed() throws Exception {
        network.ip(middle, "addr add 10.77.0.1/24 dev w0");
        network.ip(left, "addr add 10.77.0.2/24 dev l0");
        assertThat(pings()).isTrue();

        AfPacketPort w0 = node.open(1, "w0", AfPacketOptions::withExclusive);
        assertThat(w0.isExclusive()).isTrue();
        assertThat(pings()).isFalse();
        assertThat(node.receive(w0, 64)).isPositive();

        node.close();
        assertThat(pings()).isTrue();
        node = new Switch(middle);
    }

    private boolean pings() {
        String said = TestNetwork.run(
                "nsenter", "--net=/run/netns/" + left, "sh", "-c", "ping -c1 -W1 10.77.0.1 || echo silence");
        return !said.contains("silence");
    }

    @Test
    void a_handle_that_only_transmits_sends_and_receives_nothing() throws Exception {
        try (RawStation station = new RawStation(left, "l0")) {
            AfPacketPort receiving = node.open(1, "w0");
            AfPacketPort transmitting = node.open(AfPacketOptions.transmitting(1, "w0", node.owners, node.counters));
            byte[] frame = frame(100, 1);

            assertThat(node.send(transmitting, frame)).isEqualTo(1);
            assertThat(station.receive()).isEqualTo(frame);
            station.send(frame);

            assertThat(node.receive(receiving, 64)).isEqualTo(1);
            node.release(0);
            node.batch.clear();
            assertThat(transmitting.receive(node.batch, 64)).isZero();
            assertThat(transmitting.pollDescriptor()).isEqualTo(-1);
            // what the other handle sent is not received here either
            assertThat(receiving.hasBacklog()).isFalse();
        }
    }

    @Test
    void frames_longer_than_a_slot_are_received_whole_and_in_their_order() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(64, 512));
            for (int round = 0; round < 100; round++) {
                byte[][] sent = new byte[20][];
                for (int i = 0; i < sent.length; i++) {
                    int length = i % 3 == 0 ? 60 + round : 500 + 7 * (round + i);
                    sent[i] = i % 5 == 0 ? tagged(length) : frame(length, i);
                    from.send(sent[i]);
                }
                int received = 0;
                while (received < sent.length) {
                    int count = node.receive(w0, 7);
                    for (int i = 0; i < count; i++) {
                        assertThat(node.bytes(i)).isEqualTo(sent[received++]);
                    }
                    // the last first
                    for (int i = count - 1; i >= 0; i--) {
                        node.release(i);
                    }
                }
            }
            assertThat(w0.slotsHeld()).isZero();
            assertThat(node.counters.value(InterfaceCounter.TRUNCATED_PACKETS, 1))
                    .isZero();
        }
    }

    @Test
    void long_frames_wait_in_the_kernel_while_too_many_are_held() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(256, 512));
            int held = 128;
            for (int i = 0; i < held + 10; i++) {
                from.send(frame(1000, i));
            }
            FrameBatch holding = new FrameBatch(256);
            while (holding.size() < held) {
                w0.receive(holding, 64);
            }
            assertThat(w0.slotsHeld()).isEqualTo(held);
            assertThat(w0.receive(node.batch, 64)).isZero();
            assertThat(w0.hasBacklog()).isTrue();

            for (int i = 0; i < held; i++) {
                node.owners.release(holding.address[i], holding.owner[i]);
            }
            assertThat(node.receive(w0, 64)).isEqualTo(10);
            for (int i = 0; i < 10; i++) {
                assertThat(node.bytes(i)).isEqualTo(frame(1000, held + i));
            }
            node.releaseAll();
            assertThat(w0.slotsHeld()).isZero();
        }
    }

    @Test
    void long_frames_that_the_kernel_has_no_room_for_are_counted_and_others_follow() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(32_768, 256));
            int sent = 0;
            for (; sent < 30_000; sent++) {
                from.send(frame(1400, sent));
            }
            from.send(frame(60, 77));
            int received = 0;
            boolean isLast = false;
            while (!isLast) {
                int count = node.receive(w0, 64);
                for (int i = 0; i < count; i++) {
                    isLast = java.util.Arrays.equals(node.bytes(i), frame(60, 77));
                }
                received += count;
                node.releaseAll();
            }
            long truncated = node.counters.dropped(DropReason.FRAME_TRUNCATED, 1);
            assertThat(truncated).isPositive();
            assertThat(node.counters.value(InterfaceCounter.TRUNCATED_PACKETS, 1))
                    .isEqualTo(truncated);
            assertThat(received + truncated).isEqualTo(sent + 1);
            assertThat(w0.slotsHeld()).isZero();
        }
    }

    @Test
    void held_slots_are_not_handed_out_again_and_may_be_released_in_any_order() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            // one page: four frames of 1,024 bytes
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(4, 1024));
            for (int i = 0; i < 7; i++) {
                from.send(frame(64, i));
            }
            assertThat(node.receive(w0, 64)).isEqualTo(4);
            for (int i = 0; i < 4; i++) {
                assertThat(node.bytes(i)).isEqualTo(frame(64, i));
            }
            assertThat(w0.slotsHeld()).isEqualTo(4);
            assertThat(w0.receive(node.batch, 64)).isZero();
            assertThat(w0.hasBacklog()).isFalse();
            w0.maintain(0);
            assertThat(node.counters.value(InterfaceCounter.KERNEL_DROPPED_PACKETS, 1))
                    .isEqualTo(3);

            node.release(3);
            node.release(1);
            from.send(frame(64, 50));
            // the kernel goes on where it stopped: at the first slot, which is still held
            assertThat(w0.hasBacklog()).isFalse();
            node.release(0);
            node.release(2);

            from.send(frame(64, 51));
            from.send(frame(64, 52));
            assertThat(node.receive(w0, 1)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame(64, 51));
            node.release(0);
            assertThat(node.receive(w0, 64)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame(64, 52));
            node.release(0);
            assertThat(w0.slotsHeld()).isZero();
        }
    }

    @Test
    void a_frame_longer_than_the_mtu_is_dropped_with_its_reason_and_the_next_one_is_sent() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfPacketPort w1 = node.open(2, "w1");
            long free = node.storage.free();
            node.batch.clear();
            node.add(frame(1600, 1), Offload.NONE);
            node.add(frame(64, 2), Offload.NONE);

            assertThat(w1.transmit(node.batch)).isEqualTo(2);

            assertThat(to.receive()).isEqualTo(frame(64, 2));
            assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
            assertThat(node.counters.value(InterfaceCounter.TRANSMIT_ERRORS, 2)).isEqualTo(1);
            assertThat(node.storage.free()).isEqualTo(free);
        }
    }

    @Test
    void refused_frames_in_the_middle_of_a_batch_cost_no_other_frame() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfPacketPort w1 = node.open(2, "w1");
            long free = node.storage.free();
            node.batch.clear();
            for (int number = 0; number < 40; number++) {
                boolean refused = number == 0 || number == 7 || number == 8 || number == 39;
                node.add(frame(refused ? 1600 : 64 + number, number), Offload.NONE);
            }

            assertThat(w1.transmit(node.batch)).isEqualTo(40);

            for (int number = 1; number < 39; number++) {
                if (number != 7 && number != 8) {
                    assertThat(to.receive()).isEqualTo(frame(64 + number, number));
                }
            }
            assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(4);
            assertThat(node.storage.free()).isEqualTo(free);
        }
    }

    @Test
    void impossible_offloads_are_refused_by_the_kernel_and_counted() throws Exception {
        AfPacketPort w1 = node.open(2, "w1");
        node.batch.clear();
        // checksum beyond the end of the frame; segmentation of what is no TCP
        node.add(frame(64, 1), Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 5000, 16));
        node.add(frame(64, 1), Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4, 54, 0, 34, 16));

        assertThat(w1.transmit(node.batch)).isEqualTo(2);

        assertThat(node.counters.dropped(DropReason.TRANSMIT_FAILED)).isEqualTo(2);
        assertThat(w1.isUp()).isTrue();
    }

    @Test
    void twenty_thousand_frames_go_round_the_ring_without_losing_a_slot() throws Exception {
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(64, 2048));
            AfPacketPort w1 = node.open(2, "w1", options -> options.withRing(64, 2048));
            for (int i = 0; i < 20_000; i += 50) {
                for (int k = 0; k < 50; k++) {
                    from.send(frame(64, i + k));
                }
                for (int passed = 0; passed < 50; ) {
                    node.waitFor(w0.hasBacklog() ? 0 : 2_000, w0);
                    passed += node.forward(w0, w1);
                }
                for (int k = 0; k < 50; k++) {
                    assertThat(to.receive()).isEqualTo(frame(64, i + k));
                }
            }
            w0.maintain(0);
            assertThat(w0.slotsHeld()).isZero();
            assertThat(node.counters.value(InterfaceCounter.KERNEL_DROPPED_PACKETS, 1))
                    .isZero();
        }
    }

    @Test
    void a_deleted_interface_is_taken_up_again_when_one_with_its_name_is_back() throws Exception {
        AfPacketPort w0 = node.open(1, "w0");
        AfPacketPort w1 = node.open(2, "w1");
        long firstAddress = w0.capabilities().linkAddress();
        try (RawStation from = new RawStation(left, "l0")) {
            from.send(frame(64, 1));
            assertThat(node.receive(w0, 64)).isEqualTo(1);
        }

        network.ip(middle, "link del w0");
        node.await(w0, () -> !w0.isUp());

        // a frame received before is still there, and transmission takes nothing and harms nobody
        assertThat(node.bytes(0)).isEqualTo(frame(64, 1));
        assertThat(w0.transmit(node.batch)).isZero();
        node.release(0);
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 1)).isEqualTo(1);
        assertThat(w1.isUp()).isTrue();

        network.link(middle, "w0", left, "l0");
        node.await(w0, w0::isUp);

        assertThat(node.counters.value(InterfaceCounter.UP_EVENTS, 1)).isEqualTo(2);
        assertThat(w0.capabilities().linkAddress()).isNotEqualTo(firstAddress);
        try (RawStation station = new RawStation(left, "l0")) {
            station.send(frame(64, 2));
            assertThat(node.receive(w0, 64)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame(64, 2));
            assertThat(w0.transmit(node.batch)).isEqualTo(1);
            assertThat(station.receive()).isEqualTo(frame(64, 2));
        }
        assertThat(w0.slotsHeld()).isZero();
    }

    @Test
    void sending_to_an_interface_that_was_set_down_is_refused_until_it_is_up() throws Exception {
        AfPacketPort w1 = node.open(2, "w1");
        List<String> log = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(AfPacketPort.class.getName());
        Filter before = logger.getFilter();
        logger.setFilter(each -> log.add(each.getMessage()));
        network.ip(middle, "link set dev w1 down");

        // before any housekeeping: the kernel says so
        assertThat(node.send(w1, frame(64, 1))).isZero();
        assertThat(w1.isUp()).isFalse();
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 2)).isEqualTo(1);
        assertThat(node.counters.value(InterfaceCounter.TRANSMIT_ERRORS, 2)).isZero();
        w1.maintain(0);
        w1.maintain(100);
        assertThat(log).containsExactly("interface {0} is down; {1}");
        node.waitFor(0, w1);

        network.ip(middle, "link set dev w1 up");
        node.await(w1, w1::isUp);
        assertThat(log).containsExactly("interface {0} is down; {1}", "interface {0} is in service");
        logger.setFilter(before);
        try (RawStation station = new RawStation(right, "r0")) {
            assertThat(node.send(w1, frame(64, 2))).isEqualTo(1);
            assertThat(station.receive()).isEqualTo(frame(64, 2));
            station.send(frame(64, 3));
            assertThat(node.receive(w1, 64)).isEqualTo(1);
            node.release(0);
        }
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 2)).isEqualTo(1);
    }

    @Test
    void a_renamed_interface_is_not_the_configured_one_any_more() throws Exception {
        AfPacketPort w0 = node.open(1, "w0");
        network.ip(middle, "link set dev w0 name other0");
        node.await(w0, () -> !w0.isUp());
        try (RawStation station = new RawStation(left, "l0")) {
            station.send(frame(64, 1));
            assertThat(w0.hasBacklog()).isFalse();

            network.ip(middle, "link set dev other0 name w0");
            node.await(w0, w0::isUp);
            station.send(frame(64, 2));
            assertThat(node.receive(w0, 64)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame(64, 2));
            node.release(0);
        }
    }

    @Test
    void a_lost_carrier_takes_the_port_down() throws Exception {
        AfPacketPort w0 = node.open(1, "w0");
        network.ip(left, "link set dev l0 down");
        node.await(w0, () -> !w0.isUp());
        network.ip(left, "link set dev l0 up");
        node.await(w0, w0::isUp);
        assertThat(node.counters.value(InterfaceCounter.UP_EVENTS, 1)).isEqualTo(2);
    }

    @Test
    void an_interface_that_does_not_exist_is_named_with_what_to_do() {
        assertThatThrownBy(() -> node.open(1, "none0"))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV))
                .hasMessageContaining("\"none0\"")
                .hasMessageContaining("ip link");
    }

    @Test
    void an_interface_that_is_not_ethernet_is_refused() {
        network.ip(middle, "tuntap add dev t0 mode tun");
        assertThatThrownBy(() -> node.open(1, "t0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("t0: link type 65534 is not Ethernet");
    }

    @Test
    void what_the_interface_can_do_is_told() throws Exception {
        network.ip(middle, "link set dev w0 address 02:00:00:00:be:ef mtu 9000");
        AfPacketPort w0 = node.open(1, "w0");
        assertThat(w0.capabilities().linkAddress()).isEqualTo(0x02000000beefL);
        assertThat(w0.capabilities().mtu()).isEqualTo(9000);
        assertThat(w0.capabilities().driver()).isEqualTo("af_packet");
        assertThat(w0.name()).isEqualTo("w0");

        network.ip(middle, "link set dev w0 mtu 1400");
        w0.maintain(0);
        assertThat(w0.capabilities().mtu()).isEqualTo(1400);
    }

    @Test
    void a_tcp_transfer_passes_in_frames_of_many_segments() throws Exception {
        network.ip(left, "address add 10.0.0.1/24 dev l0");
        network.ip(right, "address add 10.0.0.2/24 dev r0");
        AfPacketPort w0 = node.open(1, "w0");
        AfPacketPort w1 = node.open(2, "w1");
        TcpTransfer transfer = new TcpTransfer(node, w0, w1);

        assertThat(transfer.run(left, right, "10.0.0.2", 50L << 20)).isTrue();

        // 50 MB are 36,000 packets but only some thousand frames
        assertThat(transfer.segmented).isGreaterThan(500);
        assertThat(node.counters.value(InterfaceCounter.TRUNCATED_PACKETS, 1)).isZero();
        assertThat(node.counters.dropped(DropReason.TRANSMIT_FAILED)).isZero();
        assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isZero();
        assertThat(w0.slotsHeld() + w1.slotsHeld()).isZero();
    }

    @Test
    void a_tcp_transfer_over_ipv6_passes_too() throws Exception {
        network.ip(left, "address add fd00::1/64 dev l0 nodad");
        network.ip(right, "address add fd00::2/64 dev r0 nodad");
        AfPacketPort w0 = node.open(1, "w0");
        AfPacketPort w1 = node.open(2, "w1");
        TcpTransfer transfer = new TcpTransfer(node, w0, w1);

        assertThat(transfer.run(left, right, "fd00::2", 5L << 20)).isTrue();

        assertThat(transfer.segmented).isPositive();
        assertThat(w0.slotsHeld() + w1.slotsHeld()).isZero();
    }

    @Test
    void the_checksum_of_a_tagged_frame_starts_behind_the_tag() throws Exception {
        Switch far = new Switch(left);
        try {
            AfPacketPort w0 = node.open(1, "w0");
            AfPacketPort l0 = far.open(1, "l0");
            byte[] frame = tagged(200);
            long offload = Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 38, 6);
            far.batch.clear();
            far.add(frame, offload);
            assertThat(l0.transmit(far.batch)).isEqualTo(1);

            assertThat(node.receive(w0, 64)).isEqualTo(1);

            assertThat(node.bytes(0)).isEqualTo(frame);
            assertThat(Offload.needsChecksum(node.batch.offload[0])).isTrue();
            assertThat(Offload.checksumStart(node.batch.offload[0])).isEqualTo(38);
            assertThat(Offload.checksumOffset(node.batch.offload[0])).isEqualTo(6);
            node.release(0);
        } finally {
            far.close();
        }
    }

    @Test
    void receiving_and_transmitting_allocate_nothing() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawStation from = new RawStation(left, "l0")) {
            AfPacketPort w0 = node.open(1, "w0", options -> options.withRing(512, 2048));
            AfPacketPort w1 = node.open(2, "w1", options -> options.withRing(512, 2048));
            byte[] frame = frame(64, 1);
            long allocated = Long.MAX_VALUE;
            // before they are compiled, downcalls allocate a few dozen bytes each; a batch is one
            for (int round = 0; round < 10_000 && allocated > 0; round++) {
                for (int i = 0; i < 500; i++) {
                    from.send(frame);
                }
                node.waitFor(2_000, w0);
                long before = threads.getCurrentThreadAllocatedBytes();
                int passed = 0;
                for (int n = 1; n > 0; passed += n) {
                    n = node.forward(w0, w1);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(passed).isPositive();
            }
            assertThat(allocated).isZero();
        }
    }
}
