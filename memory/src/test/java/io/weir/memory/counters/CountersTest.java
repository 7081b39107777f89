package io.weir.memory.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.AllocatedBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final int PROCESSORS = 2;
    private static final int INTERFACES = 3;
    private static final int SERVICES = 5;
    private static final int SERVERS = 7;

    private final MemorySegment region =
            Arena.ofAuto().allocate(CountersLayout.bytes(PROCESSORS, INTERFACES, SERVICES, SERVERS), 64);
    private final ProcessorCounters first;
    private final ProcessorCounters second;
    private final ProcessorCounters control;
    private final CountersReader reader;

    CountersTest() {
        CountersLayout.initialise(region, PROCESSORS, INTERFACES, SERVICES, SERVERS);
        first = new ProcessorCounters(region, 0);
        second = new ProcessorCounters(region, 1);
        control = new ProcessorCounters(region, 2);
        reader = new CountersReader(region);
    }

    @Test
    void a_sum_runs_over_the_processors_and_the_control_processor() {
        first.add(Counter.BATCHES, 3);
        second.add(Counter.BATCHES, 4);
        control.add(Counter.BATCHES, 5);
        assertThat(reader.value(Counter.BATCHES)).isEqualTo(12);
        assertThat(reader.value(Counter.BATCHES, 1)).isEqualTo(4);
        assertThat(reader.value(Counter.BATCHES, reader.processors())).isEqualTo(5);
        assertThat(first.value(Counter.BATCHES)).isEqualTo(3);
        assertThat(reader.value(Counter.POLLS)).isZero();
    }

    @Test
    void a_drop_counts_its_reason_the_total_and_the_interface() {
        first.drop(DropReason.NO_ROUTE, 2);
        second.drop(DropReason.NO_ROUTE, 3);
        assertThat(reader.dropped(DropReason.NO_ROUTE)).isEqualTo(2);
        assertThat(reader.dropped(DropReason.NO_ROUTE, 2)).isEqualTo(1);
        assertThat(reader.value(Counter.PACKETS_DROPPED)).isEqualTo(2);
        assertThat(reader.value(InterfaceCounter.DROPPED_PACKETS, 3)).isEqualTo(1);
        assertThat(first.dropped(DropReason.NO_ROUTE)).isEqualTo(1);
        assertThat(first.dropped(DropReason.NO_ROUTE, 2)).isEqualTo(1);
    }

    @Test
    void every_number_has_a_place_of_its_own() {
        Set<Long> seen = new HashSet<>();
        for (int processor = 0; processor <= PROCESSORS; processor++) {
            ProcessorCounters counters = new ProcessorCounters(region, processor);
            for (Counter counter : Counter.values()) {
                seen.add(changed(() -> counters.add(counter, 1)));
            }
            for (int interfaceId = 0; interfaceId <= INTERFACES; interfaceId++) {
                int id = interfaceId;
                for (InterfaceCounter counter : InterfaceCounter.values()) {
                    seen.add(changed(() -> counters.add(counter, id, 1)));
                }
            }
        }
        assertThat(seen)
                .hasSize((PROCESSORS + 1)
                        * (Counter.values().length + (INTERFACES + 1) * InterfaceCounter.values().length));
    }

    @Test
    void connections_of_servers_and_services_are_opened_less_closed() {
        first.connectionOpened(5, 7);
        first.connectionOpened(5, 6);
        second.connectionOpened(4, 7);
        second.connectionClosed(5, 7);
        assertThat(reader.serverLive(7)).isEqualTo(1);
        assertThat(reader.serverOpened(7)).isEqualTo(2);
        assertThat(reader.serverClosed(7)).isEqualTo(1);
        assertThat(reader.serviceLive(5)).isEqualTo(1);
        assertThat(reader.serviceLive(4)).isEqualTo(1);
        assertThat(control.liveConnections(7)).isEqualTo(1);
        assertThat(first.liveConnections(6)).isEqualTo(1);
        assertThat(first.liveConnections(5)).isZero();
    }

    @Test
    void handshakes_are_counted_with_their_delays_by_server() {
        first.handshake(7, 63);
        second.handshake(7, 64);
        second.handshake(7, 1_000);
        first.handshake(7, 90_000_000);
        first.synRetransmitted(7);
        first.refused(7);
        second.refused(7);
        second.serverReset(7);

        assertThat(reader.serverHandshakes(7)).isEqualTo(4);
        assertThat(reader.serverHandshakeMicros(7)).isEqualTo(90_001_127);
        assertThat(reader.serverHandshakeBucket(7, 0)).isEqualTo(1);
        assertThat(reader.serverHandshakeBucket(7, 1)).isEqualTo(1);
        assertThat(reader.serverHandshakeBucket(7, 4)).isEqualTo(1);
        assertThat(reader.serverHandshakeBucket(7, 15)).isEqualTo(1);
        assertThat(reader.serverRetransmittedSyns(7)).isEqualTo(1);
        assertThat(reader.serverRefused(7)).isEqualTo(2);
        assertThat(reader.serverResets(7)).isEqualTo(1);
        assertThat(reader.serverLive(7)).isZero();
        assertThat(reader.serverHandshakes(6)).isZero();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> reader.serverHandshakeBucket(7, 16))
                .withMessage("bucket 16 is not in 0..15");
    }

    @Test
    void every_delay_is_below_the_limit_of_its_element_and_no_earlier_one() {
        for (long micros = 0; micros < 1L << 40; micros = micros * 2 + 1) {
            int bucket = CountersLayout.handshakeBucket(micros);
            assertThat(micros).isLessThan(CountersLayout.handshakeBucketLimitMicros(bucket));
            assertThat(bucket == 0 || micros >= CountersLayout.handshakeBucketLimitMicros(bucket - 1))
                    .isTrue();
        }
    }

    @Test
    void every_number_of_a_server_has_a_place_of_its_own() {
        Set<Long> seen = new HashSet<>();
        for (int server = 0; server <= SERVERS; server++) {
            int number = server;
            seen.add(changed(() -> first.synRetransmitted(number)));
            seen.add(changed(() -> first.refused(number)));
            seen.add(changed(() -> first.serverReset(number)));
        }
        for (int service = 0; service <= SERVICES; service++) {
            first.connectionOpened(service, 1);
        }
        assertThat(seen).hasSize(3 * (SERVERS + 1));
        assertThat(reader.serverOpened(1)).isEqualTo(SERVICES + 1);
        assertThat(reader.serverOpened(0)).isZero();
    }

    @Test
    void numbers_outside_the_plan_are_counted_under_none() {
        first.drop(DropReason.NOT_FOR_US, 99);
        first.add(InterfaceCounter.RECEIVED_PACKETS, -1, 1);
        first.connectionOpened(SERVICES + 1, SERVERS + 1);
        assertThat(reader.dropped(DropReason.NOT_FOR_US, 0)).isEqualTo(1);
        assertThat(reader.value(InterfaceCounter.RECEIVED_PACKETS, 0)).isEqualTo(1);
        assertThat(reader.serviceOpened(0)).isEqualTo(1);
        assertThat(reader.serverOpened(0)).isEqualTo(1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> reader.serverLive(SERVERS + 1))
                .withMessage("server 8 is not in 0..7");
    }

    @Test
    void blocks_of_two_processors_share_no_cache_line() {
        assertThat(CountersLayout.bytes(2, 1, 1, 1) % 64).isZero();
        assertThat(CountersLayout.bytes(2, 9, 11, 13) % 64).isZero();
    }

    @Test
    void a_region_without_its_first_line_is_refused() {
        MemorySegment zeros = Arena.ofAuto().allocate(4096, 64);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ProcessorCounters(zeros, 0))
                .withMessageContaining("initialised");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> CountersLayout.initialise(zeros, 2, 255, 1000, 1000));
    }

    @Test
    void counting_allocates_nothing() {
        assertThat(AllocatedBytes.of(() -> {
                    first.add(Counter.POLLS, 1);
                    first.add(InterfaceCounter.RECEIVED_BYTES, 1, 60);
                    first.drop(DropReason.NO_BUFFER, 1);
                    first.connectionOpened(1, 1);
                    first.connectionClosed(1, 1);
                    first.handshake(1, 200);
                    first.synRetransmitted(1);
                    first.refused(1);
                    first.serverReset(1);
                    if (first.liveConnections(1) != 0) {
                        throw new IllegalStateException();
                    }
                }))
                .isZero();
    }

    /** Offset of the one word that the action changes. */
    private long changed(Runnable action) {
        long[] before = region.toArray(ValueLayout.JAVA_LONG);
        action.run();
        long[] after = region.toArray(ValueLayout.JAVA_LONG);
        long found = -1;
        for (int k = 0; k < before.length; k++) {
            if (before[k] != after[k]) {
                assertThat(found).isEqualTo(-1);
                found = k;
            }
        }
        return found;
    }
}
