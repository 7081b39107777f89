package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Left station (l0) - port w0 - weir - port w1 - right station (r0), each in a namespace of its own. */
class AfXdpPortTest {
    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String right = "";
    private String middle = "";
    private XdpSwitch node = new XdpSwitch("");

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
        node = new XdpSwitch(middle);
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

    @ParameterizedTest
    @EnumSource(
            value = Attach.class,
            names = {"NATIVE", "GENERIC"})
    void a_frame_passes_from_one_interface_to_the_other_byte_for_byte(Attach attach) throws Exception {
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w0 = node.open(1, "w0", attach);
            AfXdpPort w1 = node.open(2, "w1", attach);
            assertThat(w0.isNative()).isEqualTo(attach == Attach.NATIVE);
            for (int length : new int[] {16, 59, 60, 61, 512, 1499, 1514}) {
                byte[] frame = frame(length, length);
                from.send(frame);
                assertThat(node.receive(w0, 64)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame);
                assertThat(node.batch.owner[0]).isEqualTo(FrameBatch.STORAGE);
                assertThat(node.batch.ingress[0]).isEqualTo(1);

                assertThat(w1.transmit(node.batch)).isEqualTo(1);
                assertThat(to.receive()).isEqualTo(frame);
            }
        }
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }

    /** All buffers are back once everything is closed. */
    private void assertNothingIsLost() {
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }

    @Test
    void a_sent_buffer_comes_back_to_the_pool_when_the_kernel_has_sent_it() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
            w1.receive(node.batch, 64);
            long free = node.packets.free();
            for (int i = 0; i < 1000; i++) {
                assertThat(node.send(w1, frame(300, i))).isEqualTo(1);
                assertThat(to.receive()).isEqualTo(frame(300, i));
            }
            node.await(() -> w1.transmitOutstanding() == 0);
            assertThat(node.packets.free()).isEqualTo(free);
        }
        assertNothingIsLost();
    }

    @ParameterizedTest
    @EnumSource(
            value = Attach.class,
            names = {"NATIVE", "GENERIC"})
    void frames_of_8900_bytes_pass_as_chains(Attach attach) throws Exception {
        network.ip(left, "link set dev l0 mtu 9000");
        network.ip(middle, "link set dev w0 mtu 9000");
        network.ip(middle, "link set dev w1 mtu 9000");
        network.ip(right, "link set dev r0 mtu 9000");
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w0 = node.open(1, "w0", attach);
            AfXdpPort w1 = node.open(2, "w1", attach);
            for (int i = 0; i < 200; i++) {
                int length = switch (i % 5) {
                    case 0 -> 8900;
                    case 1 -> 60;
                    case 2 -> 1792;
                    case 3 -> 1793;
                    default -> 9014;
                };
                byte[] frame = frame(length, i);
                from.send(frame);
                assertThat(node.receive(w0, 64)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame);
                assertThat(node.batch.owner[0]).isEqualTo(length > 1792 ? FrameBatch.CHAIN : FrameBatch.STORAGE);
                assertThat(w1.transmit(node.batch)).isEqualTo(1);
                assertThat(to.receive()).isEqualTo(frame);
            }
        }
        assertNothingIsLost();
    }

    @Test
    void a_batch_that_ends_in_the_middle_of_a_chain_gets_the_rest_with_the_next() throws Exception {
        network.ip(left, "link set dev l0 mtu 9000");
        network.ip(middle, "link set dev w0 mtu 9000");
        try (RawStation from = new RawStation(left, "l0")) {
            AfXdpPort w0 = node.open(1, "w0", Attach.NATIVE);
            w0.receive(node.batch, 64);
            for (int i = 0; i < 10; i++) {
                from.send(frame(5000, i));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(node.receive(w0, 1)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame(5000, i));
                node.releaseAll();
            }
        }
        assertNothingIsLost();
    }

    @Test
    void frames_that_the_kernel_would_choke_on_are_dropped_and_the_next_one_is_sent() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
            node.batch.clear();
            // checksum beyond the end; segmentation; too long; nothing; no room for metadata; beyond the buffer
            node.add(frame(64, 1), Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 62, 1));
            node.add(frame(64, 1), Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4, 54, 0, 34, 16));
            node.add(frame(1600, 1), Offload.NONE);
            node.add(frame(64, 1), Offload.NONE);
            node.batch.length[3] = 0;
            node.add(frame(64, 1), Offload.NONE);
            node.batch.address[4] -= 110;
            node.add(frame(64, 1), Offload.NONE);
            node.batch.address[5] += 1800;
            node.batch.length[5] = 200;
            node.add(frame(64, 2), Offload.NONE);

            assertThat(w1.transmit(node.batch)).isEqualTo(7);

            assertThat(to.receive()).isEqualTo(frame(64, 2));
            assertThat(node.counters.dropped(DropReason.FRAME_TOO_LONG)).isEqualTo(1);
            assertThat(node.counters.dropped(DropReason.TRANSMIT_FAILED)).isEqualTo(5);
            assertThat(node.counters.value(InterfaceCounter.TRANSMIT_ERRORS, 2)).isEqualTo(6);
            node.keepHouse();
            assertThat(w1.kernelInvalidDescriptors()).isZero();
        }
        assertNothingIsLost();
    }

    @Test
    void a_frame_in_another_drivers_ring_is_sent_from_a_copy_and_its_slot_is_free_at_once() throws Exception {
        try (Arena arena = Arena.ofConfined();
                RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
            List<Long> released = new ArrayList<>();
            node.owners.register(7, released::add);
            for (int length : new int[] {64, 1514}) {
                MemorySegment slot = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame(length, length));
                node.batch.clear();
                node.batch.add(slot.address(), length, Offload.NONE, 7, 1);

                assertThat(w1.transmit(node.batch)).isEqualTo(1);

                assertThat(released).containsExactly(slot.address());
                released.clear();
                slot.fill((byte) 0);
                assertThat(to.receive()).isEqualTo(frame(length, length));
            }
        }
        assertNothingIsLost();
    }

    @Test
    void frames_that_find_no_buffer_are_counted_by_the_kernel_and_later_ones_come_through() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            AfXdpPort w0 = node.port(node.face(new AfXdpOptions(1, "w0", Attach.NATIVE, false, 64, 0)), 0);
            w0.receive(node.batch, 64);
            for (int i = 0; i < 200; i++) {
                from.send(frame(64, i));
            }
            node.await(() -> w0.kernelDropped() == 136);
            assertThat(node.counters.value(InterfaceCounter.KERNEL_DROPPED_PACKETS, 1))
                    .isEqualTo(136);
            assertThat(node.counters.value(InterfaceCounter.KERNEL_FILL_EMPTY, 1))
                    .isPositive();
            for (int i = 0; i < 64; i++) {
                assertThat(node.receive(w0, 1)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame(64, i));
                node.releaseAll();
            }
            from.send(frame(64, 1000));
            assertThat(node.receive(w0, 64)).isEqualTo(1);
            assertThat(node.bytes(0)).isEqualTo(frame(64, 1000));
            node.releaseAll();
        }
        assertNothingIsLost();
    }

    @Test
    void an_empty_pool_stops_receiving_until_buffers_come_back() throws Exception {
        try (RawStation from = new RawStation(left, "l0")) {
            AfXdpPort w0 = node.open(1, "w0", Attach.NATIVE);
            List<Long> hoard = new ArrayList<>();
            for (long one = node.storage.acquire(); one != BufferPool.ABSENT; one = node.storage.acquire()) {
                hoard.add(one);
            }
            // what the fill ring has is used up
            node.keepHouse();
            int received = 0;
            for (int i = 0; i < 400; i++) {
                from.send(frame(64, i));
                node.batch.clear();
                received += w0.receive(node.batch, 64);
                for (int k = 0; k < node.batch.size(); k++) {
                    hoard.add(node.batch.address[k]);
                }
            }
            assertThat(received).isLessThanOrEqualTo(256);
            node.keepHouse();
            assertThat(w0.kernelDropped()).isPositive();

            hoard.forEach(node.storage::release);
            node.batch.clear();
            w0.receive(node.batch, 64);
            node.releaseAll();
            from.send(frame(64, 1000));

            node.await(() -> {
                node.receive(w0, 64);
                return node.batch.size() == 1;
            });
            assertThat(node.bytes(0)).isEqualTo(frame(64, 1000));
            node.releaseAll();
        }
        assertNothingIsLost();
    }

    @Test
    void a_full_transmit_ring_refuses_the_rest_and_takes_it_later() throws Exception {
        try (RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w1 = node.port(node.face(new AfXdpOptions(2, "w1", Attach.NATIVE, false, 64, 0)), 0);
            network.ip(middle, "link set dev w1 down");
            int accepted = 0;
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                int one = node.send(w1, frame(64, i));
                accepted += one;
                refused += 1 - one;
            }
            // the first one finds out that the interface is down
            assertThat(accepted).isEqualTo(1);
            assertThat(refused).isEqualTo(99);
            assertThat(w1.isUp()).isFalse();
            network.ip(middle, "link set dev w1 up");
            node.await(w1::isUp);
            assertThat(node.send(w1, frame(64, 100))).isEqualTo(1);
            assertThat(to.receive()).isEqualTo(frame(64, 0));
            assertThat(to.receive()).isEqualTo(frame(64, 100));
        }
        assertNothingIsLost();
    }

    @Test
    void two_queues_of_one_interface_have_a_port_each() throws Exception {
        addTwoQueues();
        AfXdpInterface face = node.face(XdpSwitch.options(3, "w2", Attach.NATIVE));
        assertThat(face.queues()).isEqualTo(2);
        AfXdpPort first = node.port(face, 0);
        AfXdpPort second = node.port(face, 1);
        first.receive(node.batch, 64);
        second.receive(node.batch, 64);
        int[] received = new int[2];
        try (RawStation station = new RawStation(left, "f0")) {
            for (AfXdpPort port : new AfXdpPort[] {first, second}) {
                byte[] frame = frame(64, port.queue());
                assertThat(node.send(port, frame)).isEqualTo(1);
                assertThat(station.receive()).isEqualTo(frame);
            }
            for (int i = 0; i < 64; i++) {
                station.send(ipv4Frame(i));
            }
            node.await(() -> {
                node.batch.clear();
                received[0] += first.receive(node.batch, 64);
                received[1] += second.receive(node.batch, 64);
                node.releaseAll();
                return received[0] + received[1] == 64;
            });
        }
        assertThat(received[0]).isPositive();
        assertThat(received[1]).isPositive();
        assertThat(face.unclaimedFrames()).isZero();
        assertNothingIsLost();
    }

    @Test
    void frames_of_a_queue_that_weir_does_not_have_go_to_the_kernel_and_are_counted() throws Exception {
        addTwoQueues();
        AfXdpInterface face = node.face(new AfXdpOptions(3, "w2", Attach.NATIVE, false, 64, 1));
        assertThat(face.queues()).isEqualTo(1);
        AfXdpPort port = node.port(face, 0);
        port.receive(node.batch, 64);
        int received = 0;
        try (RawStation station = new RawStation(left, "f0")) {
            for (int i = 0; i < 64; i++) {
                station.send(ipv4Frame(i));
                node.batch.clear();
                received += port.receive(node.batch, 64);
                node.releaseAll();
            }
        }
        node.keepHouse();
        assertThat(received).isPositive();
        assertThat(face.unclaimedFrames()).isEqualTo(64 - received);
        assertThat(received).isLessThan(64);
        assertNothingIsLost();
    }

    /** Two queues each way between w2 and f0, which the left station has. */
    private void addTwoQueues() {
        network.ip(
                middle,
                "link add w2 numrxqueues 2 numtxqueues 2 type veth peer name f0 numrxqueues 2 numtxqueues 2 netns "
                        + left);
        network.ip(middle, "link set dev w2 addrgenmode none up");
        network.ip(left, "link set dev f0 addrgenmode none up");
    }

    /** The kernel spreads packets over queues by their addresses. */
    private static byte[] ipv4Frame(int number) {
        byte[] frame = frame(64, number);
        frame[12] = 8;
        frame[13] = 0;
        frame[14] = 0x45;
        frame[17] = 50;
        frame[20] = 0;
        frame[21] = 0;
        return frame;
    }

    @Test
    void a_hundred_thousand_frames_go_round_without_losing_a_buffer() throws Exception {
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w0 = node.open(1, "w0", Attach.NATIVE);
            AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
            w0.receive(node.batch, 64);
            for (int i = 0; i < 100_000; i += 50) {
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
            node.keepHouse();
            assertThat(w0.kernelDropped()).isZero();
        }
        assertNothingIsLost();
    }

    @Test
    void receiving_and_transmitting_allocate_nothing() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawStation from = new RawStation(left, "l0")) {
            AfXdpPort w0 = node.port(node.face(new AfXdpOptions(1, "w0", Attach.NATIVE, false, 512, 0)), 0);
            AfXdpPort w1 = node.port(node.face(new AfXdpOptions(2, "w1", Attach.NATIVE, false, 512, 0)), 0);
            w0.receive(node.batch, 64);
            byte[] frame = frame(64, 1);
            long allocated = Long.MAX_VALUE;
            // before they are compiled, downcalls allocate a few dozen bytes each
            for (int round = 0; round < 500 && allocated > 0; round++) {
                for (int i = 0; i < 200; i++) {
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
        assertNothingIsLost();
    }
}
