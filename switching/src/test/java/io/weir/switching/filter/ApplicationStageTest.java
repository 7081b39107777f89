package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.port.memory.MemoryStation;
import io.weir.switching.application.ApplicationClock;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Several applications in one batch, and what an application may ask for. */
class ApplicationStageTest {
    private static final int FIRST = 7;
    private static final ApplicationClock STOPPED_CLOCK = new ApplicationClock() {
        @Override
        public long wallNanos() {
            return 0;
        }

        @Override
        public long processorNanos() {
            return 0;
        }
    };

    private final List<ApplicationBlock> blocks = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();

    private TestNode node(List<Consumer<Packets>> behaviours) {
        TestNode.Builder builder = TestNode.builder().nat(TestFrame.UDP, 80, 8080);
        builder.image.applicationBase(FIRST);
        List<ApplicationSlot> slots = new ArrayList<>();
        for (int k = 0; k < behaviours.size(); k++) {
            for (String address : List.of(TestNode.VIP, TestNode.VIP6)) {
                builder.image.add(new Claim(TestNode.of(address), TestFrame.UDP, 1_000 + k, 1_000 + k, FIRST + k));
            }
            Consumer<Packets> behaviour = behaviours.get(k);
            ApplicationBlock block = ApplicationBlock.standalone();
            blocks.add(block);
            NetworkApplication application = packets -> {
                sizes.add(packets.size());
                behaviour.accept(packets);
            };
            slots.add(new ApplicationSlot(
                    "a" + k, FIRST + k, application, 0, 1_000, Fallback.DROP, block, STOPPED_CLOCK));
        }
        builder.applications = slots;
        return builder.build();
    }

    private static void reflectAll(Packets packets) {
        for (int row = 0; row < packets.size(); row++) {
            packets.reflect(row);
        }
    }

    private static void forgetAll(Packets packets) {
        assertThat(packets.size()).isPositive();
    }

    private static void inject(TestNode node, boolean ipv6, int port, int payload) {
        TestFrame frame = TestFrame.udp()
                .payload(payload)
                .from(ipv6 ? TestNode.CLIENT6 : TestNode.CLIENT, 40_000)
                .to(ipv6 ? TestNode.VIP6 : TestNode.VIP, port)
                .macs(TestNode.OUTER_MAC, TestNode.CLIENT_MAC);
        node.outside.inject(0, frame.build(), Offload.NONE);
    }

    private static int collected(MemoryStation station) {
        int count = 0;
        while (station.collect() != null) {
            count++;
        }
        return count;
    }

    @Test
    void each_application_is_called_once_in_a_batch_with_what_is_its() {
        TestNode node = node(List.of(ApplicationStageTest::reflectAll, ApplicationStageTest::reflectAll));
        for (int k = 0; k < 30; k++) {
            inject(node, k % 2 == 0, 1_000 + k % 3 / 2, 10);
        }
        inject(node, false, 80, 10);
        node.processor.doWork(node.nowMs);
        assertThat(sizes).containsExactly(20, 10);
        assertThat(collected(node.outside)).isEqualTo(30);
        assertThat(collected(node.inside)).isEqualTo(1);
        assertThat(blocks.get(0).value(ApplicationCount.ANSWERED)).isEqualTo(20);
        assertThat(blocks.get(1).value(ApplicationCount.ANSWERED)).isEqualTo(10);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void one_that_forgets_its_packets_is_stopped_and_the_other_goes_on() {
        TestNode node = node(List.of(ApplicationStageTest::forgetAll, ApplicationStageTest::reflectAll));
        for (int k = 0; k < 10; k++) {
            inject(node, false, 1_000, 10);
            inject(node, true, 1_001, 10);
        }
        node.processor.doWork(node.nowMs);
        assertThat(blocks.get(0).reason()).isEqualTo("left 10 of 10 packets without a fate: each needs one verb");
        assertThat(blocks.get(0).value(ApplicationCount.FALLEN_BACK)).isEqualTo(10);
        assertThat(node.counters.dropped(DropReason.APPLICATION_STOPPED)).isEqualTo(10);
        assertThat(collected(node.outside)).isEqualTo(10);
        inject(node, false, 1_000, 10);
        inject(node, false, 1_001, 10);
        node.processor.doWork(node.nowMs);
        assertThat(sizes).containsExactly(10, 10, 1);
        assertThat(node.counters.dropped(DropReason.APPLICATION_STOPPED)).isEqualTo(11);
        assertThat(collected(node.outside)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void buffers_that_were_kept_come_back_and_their_keeper_is_stopped() {
        TestNode node = node(List.of(packets -> {
            reflectAll(packets);
            long first = packets.allocate();
            for (int k = 1; k < Packets.MOST_BUFFERS; k++) {
                assertThat(packets.allocate()).isPositive();
            }
            assertThat(packets.allocate()).isZero();
            packets.release(first);
            assertThat(packets.allocate()).isPositive();
        }));
        inject(node, false, 1_000, 10);
        node.processor.doWork(node.nowMs);
        assertThat(blocks.get(0).reason()).isEqualTo("kept 64 buffers when it returned: each must be sent or released");
        assertThat(collected(node.outside)).isEqualTo(1);
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void rows_outside_of_its_batch_and_buffers_of_others_are_refused() {
        List<Class<?>> thrown = new ArrayList<>();
        List<Consumer<Packets>> attempts = List.of(
                packets -> packets.reflect(1),
                packets -> packets.payload(-1),
                packets -> packets.release(4_711),
                packets -> packets.send(packets.network(0), 28),
                packets -> packets.send(packets.allocate(), 9),
                packets -> packets.answerUdp(0, packets.room(0) + 1),
                packets -> packets.answerUdp(0, -1),
                packets -> packets.answerTcp(0, 1, 2, 3, 4, 0),
                packets -> packets.redirect6(0, 1, 2, 3, 4, 5, 6),
                packets -> packets.drop(0, 99));
        TestNode node = node(List.of(packets -> {
            for (Consumer<Packets> each : attempts) {
                try {
                    each.accept(packets);
                } catch (RuntimeException e) {
                    thrown.add(e.getClass());
                }
            }
            packets.consume(0);
        }));
        inject(node, false, 1_000, 10);
        node.processor.doWork(node.nowMs);
        assertThat(thrown).hasSize(attempts.size());
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void there_is_room_for_a_payload_up_to_the_mtu() {
        List<Integer> rooms = new ArrayList<>();
        TestNode node = node(List.of(packets -> {
            for (int row = 0; row < packets.size(); row++) {
                rooms.add(packets.room(row));
                packets.answerUdp(row, packets.room(row));
            }
        }));
        inject(node, false, 1_000, 10);
        inject(node, true, 1_000, 10);
        node.processor.doWork(node.nowMs);
        assertThat(rooms).containsExactly(1_500 - 28, 1_500 - 48);
        assertThat(collected(node.outside)).isEqualTo(2);
        assertThat(node.counters.value(Counter.PACKETS_TRANSMITTED)).isGreaterThanOrEqualTo(2);
        assertThat(node.missingBuffers()).isZero();
    }
}
