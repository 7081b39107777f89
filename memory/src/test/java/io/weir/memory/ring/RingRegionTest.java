package io.weir.memory.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class RingRegionTest {
    private static final int PROCESSORS = 3;
    private static final int CAPACITY = 4;

    private final RingRegion region = new RingRegion(
            Arena.ofAuto().allocate(RingRegion.bytes(PROCESSORS, 2, CAPACITY), 128), PROCESSORS, CAPACITY);

    @Test
    void rings_and_doorbells_do_not_share_memory() {
        assertThat(region.rings()).isEqualTo(2);
        for (int processor = 0; processor < PROCESSORS; processor++) {
            region.doorbell(processor).announceSleep();
        }
        for (int k = 0; k < CAPACITY; k++) {
            assertThat(region.ring(0).offer(k + 1, 60, 0, 0, 1)).isTrue();
        }

        assertThat(region.ring(0).offer(9, 60, 0, 0, 1)).isFalse();
        assertThat(region.ring(1).size()).isZero();
        assertThat(region.doorbell(PROCESSORS - 1).ring()).isTrue();
        assertThat(region.ring(0).size()).isEqualTo(CAPACITY);
    }

    @Test
    void a_doorbell_rings_once_for_each_sleep() {
        Doorbell doorbell = region.doorbell(0);
        assertThat(doorbell.ring()).as("awake").isFalse();

        doorbell.announceSleep();

        assertThat(doorbell.ring()).as("asleep").isTrue();
        assertThat(doorbell.ring()).as("woken already").isFalse();
    }

    @Test
    void nobody_wakes_a_processor_that_woke_by_itself() {
        Doorbell doorbell = region.doorbell(1);
        doorbell.announceSleep();
        doorbell.awake();

        assertThat(doorbell.ring()).isFalse();
    }
}
