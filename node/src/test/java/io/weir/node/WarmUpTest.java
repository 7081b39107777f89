package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final Map<Counter, Long> COUNTS = new EnumMap<>(Counter.class);
    private static final Map<DropReason, Long> DROPS = new EnumMap<>(DropReason.class);

    @BeforeAll
    static void warmUp() {
        WarmUp.run(1000, counters -> {
            for (Counter counter : Counter.values()) {
                COUNTS.put(counter, counters.value(counter));
            }
            for (DropReason reason : DropReason.values()) {
                DROPS.put(reason, counters.dropped(reason));
            }
        });
    }

    @Test
    void every_kind_of_packet_takes_part() {
        for (Counter counter : List.of(
                Counter.CONNECTIONS_CREATED,
                Counter.PACKETS_BALANCED,
                Counter.PACKETS_ROUTED,
                Counter.PACKETS_HELD,
                Counter.RESETS_SENT,
                Counter.ECHO_REPLIES_SENT,
                Counter.ARP_REQUESTS_SENT,
                Counter.ARP_REPLIES_SENT,
                Counter.NEIGHBOUR_SOLICITATIONS_SENT,
                Counter.NEIGHBOUR_ADVERTISEMENTS_SENT,
                Counter.ICMP_ERRORS_SENT,
                Counter.SWEPT_RECORDS)) {
            assertThat(COUNTS.get(counter)).as("%s", counter).isPositive();
        }
        assertThat(DROPS.get(DropReason.SERVICE_UNKNOWN)).isPositive();
    }

    @Test
    void connections_get_most_of_it() {
        long balanced = COUNTS.getOrDefault(Counter.PACKETS_BALANCED, 0L);
        assertThat(balanced).isGreaterThan(COUNTS.getOrDefault(Counter.PACKETS_RECEIVED, 0L) / 2);
    }

    @Test
    void no_packet_is_broken() {
        for (DropReason reason : List.of(
                DropReason.INTERNAL_ERROR,
                DropReason.TRANSPORT_CHECKSUM_WRONG,
                DropReason.IPV4_CHECKSUM_WRONG,
                DropReason.NO_BUFFER,
                DropReason.NOT_FOR_US,
                DropReason.INTERFACE_DOWN)) {
            assertThat(DROPS.get(reason)).as("%s", reason).isZero();
        }
    }
}
