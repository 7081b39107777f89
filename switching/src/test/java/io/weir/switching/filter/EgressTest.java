package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import org.junit.jupiter.api.Test;

class EgressTest {
    private static final int LENGTH = 60;

    private final TestNode node = TestNode.web();
    private final Egress egress = new Egress(node.context);
    private final long transmittedBefore = node.counters.value(Counter.PACKETS_TRANSMITTED);
    private final long bytesBefore = node.counters.value(InterfaceCounter.TRANSMITTED_BYTES, 2);

    private void send(int interfaceId, int frames) {
        for (int k = 0; k < frames; k++) {
            egress.send(interfaceId, node.context.pool.acquire(), LENGTH, 0, 0, 1);
        }
    }

    @Test
    void more_than_a_queue_holds_leaves_in_between() {
        send(2, 150);
        assertThat(node.counters.value(Counter.PACKETS_TRANSMITTED) - transmittedBefore)
                .isEqualTo(128);
        egress.flush();
        assertThat(node.counters.value(Counter.PACKETS_TRANSMITTED) - transmittedBefore)
                .isEqualTo(150);
        assertThat(node.counters.value(InterfaceCounter.TRANSMITTED_BYTES, 2) - bytesBefore)
                .isEqualTo(150 * LENGTH);
        node.drain();
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void what_a_full_ring_refuses_is_counted_and_released() {
        for (int k = 0; k < 10; k++) {
            send(2, 64);
            egress.flush();
        }
        long refused = node.counters.dropped(DropReason.TRANSMIT_RING_FULL, 1);
        assertThat(refused).isPositive();
        assertThat(node.counters.value(Counter.PACKETS_TRANSMITTED) - transmittedBefore + refused)
                .isEqualTo(640);
        node.drain();
        assertThat(node.missingBuffers()).isZero();
    }

    @Test
    void an_interface_that_is_not_there_drops() {
        send(0, 1);
        send(9, 1);
        assertThat(node.counters.dropped(DropReason.INTERFACE_DOWN)).isEqualTo(2);
        assertThat(node.missingBuffers()).isZero();
    }
}
