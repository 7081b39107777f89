package io.weir.memory.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class RingRegionTest {
    private static final int PROCESSORS = 3;
    private static final int CAPACITY = 4;
    private static final int HOST_CAPACITY = 2;

    private final RingRegion region = new RingRegion(
            Arena.ofAuto().allocate(RingRegion.bytes(PROCESSORS, 2, CAPACITY, HOST_CAPACITY), 128),
            PROCESSORS,
            CAPACITY,
            HOST_CAPACITY);

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
    void the_interface_daemon_has_a_doorbell_and_two_rings_with_each_processor() {
        region.daemonDoorbell().announceSleep();
        for (int processor = 0; processor < PROCESSORS; processor++) {
            assertThat(region.doorbell(processor).ring()).isFalse();
            for (int k = 0; k < HOST_CAPACITY; k++) {
                region.toHost(processor).offer(100 * processor + k, 60, 0, 0, 1);
                region.fromHost(processor).offer(1000 * processor + k, 60, 0, 0, 1);
            }
        }

        assertThat(region.daemonDoorbell().ring()).isTrue();
        for (int processor = 0; processor < PROCESSORS; processor++) {
            assertThat(region.toHost(processor).available(9)).isEqualTo(HOST_CAPACITY);
            assertThat(region.toHost(processor).address(1)).isEqualTo(100 * processor + 1);
            assertThat(region.fromHost(processor).available(9)).isEqualTo(HOST_CAPACITY);
            assertThat(region.fromHost(processor).address(1)).isEqualTo(1000 * processor + 1);
        }
        assertThat(region.ring(0).isEmpty()).isTrue();
        assertThat(region.ring(1).isEmpty()).isTrue();
    }

    @Test
    void a_region_without_host_rings_says_so() {
        RingRegion bare = new RingRegion(Arena.ofAuto().allocate(RingRegion.bytes(1, 1, 4, 0), 128), 1, 4, 0);

        assertThat(bare.rings()).isEqualTo(1);
        assertThatThrownBy(() -> bare.toHost(0)).isInstanceOf(IllegalStateException.class);
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
