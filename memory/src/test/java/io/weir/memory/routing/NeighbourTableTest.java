package io.weir.memory.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.AllocatedBytes;
import io.weir.memory.Together;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    private static final long MAC = 0x02_00_5e_00_00_01L;
    private static final long OTHER_MAC = 0xfe_ff_ff_ff_ff_feL;

    private final NeighbourTable table = table(64);

    @Test
    void an_unknown_address_is_absent() {
        assertThat(table.find(1, 0, 5)).isEqualTo(NeighbourTable.ABSENT);
        assertThat(table.capacity()).isEqualTo(64);
        for (int entry = 0; entry < table.capacity(); entry++) {
            assertThat(table.isUsed(entry)).isFalse();
        }
    }

    @Test
    void an_added_entry_is_incomplete_and_found() {
        int entry = table.add(3, 0x20, 0x30, 1000);
        assertThat(entry).isNotNegative();
        assertThat(table.find(3, 0x20, 0x30)).isEqualTo(entry);
        assertThat(table.state(entry)).isEqualTo(NeighbourTable.INCOMPLETE);
        assertThat(table.linkAddress(entry)).isZero();
        assertThat(table.interfaceId(entry)).isEqualTo(3);
        assertThat(table.address0(entry)).isEqualTo(0x20);
        assertThat(table.address1(entry)).isEqualTo(0x30);
        assertThat(table.changedAtMs(entry)).isEqualTo(1000);
        assertThat(table.isUsed(entry)).isTrue();
        assertThat(table.add(3, 0x20, 0x30, 2000)).isEqualTo(entry);
        assertThat(table.changedAtMs(entry)).isEqualTo(1000);
    }

    @Test
    void the_same_address_on_another_interface_is_another_neighbour() {
        int first = table.add(1, 0, 7, 0);
        int second = table.add(2, 0, 7, 0);
        assertThat(second).isNotEqualTo(first);
        assertThat(table.find(1, 0, 7)).isEqualTo(first);
        assertThat(table.find(2, 0, 7)).isEqualTo(second);
        assertThat(table.find(3, 0, 7)).isEqualTo(NeighbourTable.ABSENT);
    }

    @Test
    void a_confirmed_entry_is_reachable_with_its_address() {
        int entry = table.add(1, 0, 7, 0);
        table.setProbes(entry, 2);
        table.confirm(entry, MAC, 55);
        assertThat(table.state(entry)).isEqualTo(NeighbourTable.REACHABLE);
        assertThat(table.linkAddress(entry)).isEqualTo(MAC);
        assertThat(table.changedAtMs(entry)).isEqualTo(55);
        assertThat(table.probes(entry)).isZero();
        long word = table.word(entry);
        assertThat(NeighbourTable.stateOf(word)).isEqualTo(NeighbourTable.REACHABLE);
        assertThat(NeighbourTable.linkAddressOf(word)).isEqualTo(MAC);
    }

    @Test
    void only_a_changed_or_lost_address_starts_an_epoch() {
        assertThat(table.epoch()).isEqualTo(1);
        int entry = table.add(1, 0, 7, 0);
        table.confirm(entry, MAC, 1);
        table.confirm(entry, MAC, 2);
        table.transition(entry, NeighbourTable.REACHABLE, NeighbourTable.STALE, 3);
        table.transition(entry, NeighbourTable.STALE, NeighbourTable.PROBE, 4);
        assertThat(table.epoch()).isEqualTo(1);
        assertThat(table.linkAddress(entry)).isEqualTo(MAC);
        table.confirm(entry, OTHER_MAC, 5);
        assertThat(table.epoch()).isEqualTo(2);
        table.transition(entry, NeighbourTable.REACHABLE, NeighbourTable.FAILED, 6);
        assertThat(table.epoch()).isEqualTo(3);
        assertThat(table.linkAddress(entry)).isZero();
        table.confirm(entry, MAC, 7);
        assertThat(table.epoch()).isEqualTo(3);
        table.remove(entry, NeighbourTable.REACHABLE);
        assertThat(table.epoch()).isEqualTo(4);
    }

    @Test
    void the_epoch_wraps_past_0() {
        for (int k = 1; k < 65_535; k++) {
            table.newEpoch();
        }
        assertThat(table.epoch()).isEqualTo(65_535);
        table.newEpoch();
        assertThat(table.epoch()).isEqualTo(1);
    }

    @Test
    void one_transition_of_a_state_wins() {
        int entry = table.add(1, 0, 7, 0);
        assertThat(table.transition(entry, NeighbourTable.STALE, NeighbourTable.PROBE, 1))
                .isFalse();
        assertThat(table.transition(entry, NeighbourTable.INCOMPLETE, NeighbourTable.FAILED, 9))
                .isTrue();
        assertThat(table.transition(entry, NeighbourTable.INCOMPLETE, NeighbourTable.FAILED, 9))
                .isFalse();
        assertThat(table.changedAtMs(entry)).isEqualTo(9);
    }

    @Test
    void a_removed_entry_is_absent_and_hides_none_behind_it() {
        NeighbourTable small = table(4);
        int[] entries = new int[4];
        for (int k = 0; k < 4; k++) {
            entries[k] = small.add(1, 0, k, 0);
        }
        assertThat(small.remove(entries[0], NeighbourTable.STALE)).isFalse();
        assertThat(small.remove(entries[0], NeighbourTable.INCOMPLETE)).isTrue();
        assertThat(small.remove(entries[0], NeighbourTable.INCOMPLETE)).isFalse();
        assertThat(small.find(1, 0, 0)).isEqualTo(NeighbourTable.ABSENT);
        assertThat(small.isUsed(entries[0])).isFalse();
        for (int k = 1; k < 4; k++) {
            assertThat(small.find(1, 0, k)).isEqualTo(entries[k]);
        }
        assertThat(small.add(1, 0, 99, 0)).isEqualTo(entries[0]);
        assertThat(small.find(1, 0, 99)).isEqualTo(entries[0]);
    }

    @Test
    void nothing_can_be_done_to_a_removed_entry() {
        int entry = table.add(1, 0, 7, 0);
        table.remove(entry, NeighbourTable.INCOMPLETE);
        table.confirm(entry, MAC, 1);
        assertThat(table.isUsed(entry)).isFalse();
        assertThat(table.linkAddress(entry)).isZero();
    }

    @Test
    void a_full_table_gives_up_a_failed_entry_only() {
        NeighbourTable small = table(4);
        for (long k = 0; k < 4; k++) {
            small.confirm(small.add(1, 0, k, 0), MAC + k, 0);
        }
        assertThat(small.add(1, 0, 99, 0)).isEqualTo(NeighbourTable.FULL);
        int failed = small.find(1, 0, 2);
        small.transition(failed, NeighbourTable.REACHABLE, NeighbourTable.FAILED, 0);
        assertThat(small.add(1, 0, 99, 5)).isEqualTo(failed);
        assertThat(small.state(failed)).isEqualTo(NeighbourTable.INCOMPLETE);
        assertThat(small.find(1, 0, 2)).isEqualTo(NeighbourTable.ABSENT);
        assertThat(small.linkAddress(small.find(1, 0, 3))).isEqualTo(MAC + 3);
    }

    @Test
    void an_ipv4_address_stands_as_its_mapped_pair() {
        int address = 0x0102_a8c0; // 192.168.2.1, raw
        long mapped = NeighbourTable.mapped(address);
        // ::ffff:192.168.2.1 in network order, loaded little-endian
        assertThat(mapped).isEqualTo(Long.reverseBytes(0x0000_ffff_c0a8_0201L));
        assertThat(NeighbourTable.isMapped(0, mapped)).isTrue();
        assertThat(NeighbourTable.unmapped(mapped)).isEqualTo(address);
        assertThat(NeighbourTable.isMapped(1, mapped)).isFalse();
        assertThat(NeighbourTable.isMapped(0, 0x0100_0000_0000_0000L)).isFalse();
        int high = 0xfe01_a8c0;
        assertThat(NeighbourTable.unmapped(NeighbourTable.mapped(high))).isEqualTo(high);
        assertThat(NeighbourTable.isMapped(0, NeighbourTable.mapped(high))).isTrue();
    }

    @Test
    void half_the_capacity_fits_whatever_the_addresses() {
        NeighbourTable large = table(1024);
        Set<Integer> entries = new HashSet<>();
        for (int k = 0; k < 512; k++) {
            entries.add(large.add(k % 3 + 1, 0, NeighbourTable.mapped(0x0000_000a | k << 24 | k >> 8 << 16), 0));
        }
        assertThat(entries).hasSize(512).doesNotContain(NeighbourTable.FULL);
    }

    @Test
    void memory_of_another_size_is_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new NeighbourTable(Arena.ofAuto().allocate(64 + 64 * 3, 64)));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> NeighbourTable.bytes(3));
    }

    @Test
    void looking_up_and_confirming_allocates_nothing() {
        int entry = table.add(1, 0, 7, 0);
        table.confirm(entry, MAC, 0);
        assertThat(AllocatedBytes.of(() -> {
                    int found = table.find(1, 0, 7);
                    if (table.linkAddress(found) != MAC || table.epoch() == 0) {
                        throw new IllegalStateException();
                    }
                    table.confirm(found, MAC, 1);
                    table.add(1, 0, 7, 1);
                    table.transition(found, NeighbourTable.REACHABLE, NeighbourTable.STALE, 2);
                }))
                .isZero();
    }

    @Test
    void processors_that_add_the_same_addresses_get_the_same_entries() throws Exception {
        for (int round = 0; round < 200; round++) {
            NeighbourTable shared = table(64);
            int[][] entries = new int[2][32];
            Together.run(adder(shared, entries[0]), adder(shared, entries[1]));
            assertThat(entries[0]).isEqualTo(entries[1]);
            assertThat(entries[0]).doesNotHaveDuplicates().doesNotContain(NeighbourTable.FULL);
        }
    }

    @Test
    void a_slot_rewritten_during_a_look_up_matches_neither_key() {
        NeighbourTable small = table(1);
        int entry = small.add(1, 5, 6, 0);
        small.transition(entry, NeighbourTable.INCOMPLETE, NeighbourTable.FAILED, 0);
        long loadedByLookUp = small.word(entry);
        assertThat(small.holds(entry, loadedByLookUp, 1, 5, 6)).isTrue();
        small.add(1, 7, 8, 0);
        assertThat(small.holds(entry, loadedByLookUp, 1, 5, 6)).isFalse();
        assertThat(small.holds(entry, loadedByLookUp, 1, 7, 8)).isFalse();
        assertThat(small.holds(entry, small.word(entry), 1, 7, 8)).isTrue();
    }

    /** One slot changes between two neighbours; a look-up that mixes half of one key with half of the other finds a third. */
    @Test
    void a_look_up_never_finds_a_neighbour_made_of_two_halves() throws Exception {
        NeighbourTable shared = table(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger found = new AtomicInteger();
        AtomicInteger mixed = new AtomicInteger();
        Together.run(
                () -> {
                    try {
                        for (int k = 0; k < 200_000; k++) {
                            long key = k & 1;
                            int entry = shared.add(1, key, key, k);
                            shared.transition(entry, NeighbourTable.INCOMPLETE, NeighbourTable.FAILED, k);
                        }
                    } finally {
                        ended.set(true);
                    }
                    return null;
                },
                () -> {
                    while (!ended.get()) {
                        mixed.addAndGet(shared.find(1, 0, 1) == NeighbourTable.ABSENT ? 0 : 1);
                        mixed.addAndGet(shared.find(1, 1, 0) == NeighbourTable.ABSENT ? 0 : 1);
                        found.addAndGet(shared.find(1, 1, 1) == NeighbourTable.ABSENT ? 0 : 1);
                    }
                    return null;
                });
        assertThat(mixed).hasValue(0);
        assertThat(found).hasPositiveValue();
    }

    private static Callable<Void> adder(NeighbourTable shared, int[] entries) {
        return () -> {
            for (int k = 0; k < entries.length; k++) {
                // FULL for as long as the other thread is not scheduled amid writing an entry.
                do {
                    entries[k] = shared.add(1, 0, k * 77L, k);
                } while (entries[k] == NeighbourTable.FULL);
            }
            return null;
        };
    }

    private static NeighbourTable table(int capacity) {
        MemorySegment memory = Arena.ofAuto().allocate(NeighbourTable.bytes(capacity), 64);
        NeighbourTable.initialise(memory, 0x5eed);
        return new NeighbourTable(memory);
    }
}
