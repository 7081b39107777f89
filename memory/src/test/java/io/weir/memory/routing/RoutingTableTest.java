package io.weir.memory.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.memory.AllocatedBytes;
import io.weir.memory.Together;
import io.weir.memory.map.Sides;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoutingTableTest {
    private static final int CAPACITY = 2000;

    private final Sides sides = new Sides(Arena.ofAuto().allocate(Sides.bytes(2), 64));
    private final MemorySegment a = Arena.ofAuto().allocate(RoutingTable.bytes(CAPACITY), 64);
    private final MemorySegment b = Arena.ofAuto().allocate(RoutingTable.bytes(CAPACITY), 64);
    private final RoutingTable table = new RoutingTable(sides, a, b, CAPACITY);
    private final RouteReader reader = new RouteReader(sides, a, b, CAPACITY, 0);

    @Test
    void a_new_table_has_no_routes() {
        assertThat(reader.refresh()).isZero();
        assertThat(reader.find4(raw(10, 0, 0, 1))).isEqualTo(RouteReader.ABSENT);
        assertThat(reader.find6(0x20, 1)).isEqualTo(RouteReader.ABSENT);
        assertThat(table.routes()).isEmpty();
    }

    @Test
    void the_longest_prefix_counts() {
        put(
                Route.via4(0, 0, 1, raw(192, 0, 2, 1)),
                Route.onLink4(raw(10, 0, 0, 0), 8, 2),
                Route.onLink4(raw(10, 1, 0, 0), 16, 3),
                Route.onLink4(raw(10, 1, 2, 0), 23, 4),
                Route.onLink4(raw(10, 1, 2, 3), 32, 5));
        assertThat(interface4(raw(9, 255, 255, 255))).isEqualTo(1);
        assertThat(interface4(raw(10, 0, 255, 255))).isEqualTo(2);
        assertThat(interface4(raw(11, 0, 0, 0))).isEqualTo(1);
        assertThat(interface4(raw(10, 1, 0, 0))).isEqualTo(3);
        assertThat(interface4(raw(10, 1, 1, 255))).isEqualTo(3);
        assertThat(interface4(raw(10, 1, 2, 2))).isEqualTo(4);
        assertThat(interface4(raw(10, 1, 3, 255))).isEqualTo(4);
        assertThat(interface4(raw(10, 1, 4, 0))).isEqualTo(3);
        assertThat(interface4(raw(10, 1, 2, 3))).isEqualTo(5);
        assertThat(interface4(raw(255, 255, 255, 255))).isEqualTo(1);
    }

    @Test
    void without_a_default_route_other_destinations_have_none() {
        put(Route.onLink4(raw(10, 0, 0, 0), 9, 1));
        assertThat(interface4(raw(10, 127, 255, 255))).isEqualTo(1);
        assertThat(reader.find4(raw(10, 128, 0, 0))).isEqualTo(RouteReader.ABSENT);
        assertThat(reader.find4(0)).isEqualTo(RouteReader.ABSENT);
    }

    @Test
    void a_route_says_where_its_packets_go() {
        put(
                Route.via4(raw(10, 9, 0, 0), 16, 255, raw(192, 0, 2, 254)),
                Route.onLink4(raw(192, 0, 2, 0), 24, 7),
                Route.via6(raw6("20010db8"), 0, 32, 3, raw6("fe80"), 0x0100_0000_0000_0000L));
        reader.refresh();
        int via = reader.find4(raw(10, 9, 8, 7));
        assertThat(reader.isOnLink(via)).isFalse();
        assertThat(reader.gateway4(via)).isEqualTo(raw(192, 0, 2, 254));
        assertThat(reader.interfaceId(via)).isEqualTo(255);
        assertThat(reader.prefixLength(via)).isEqualTo(16);
        int onLink = reader.find4(raw(192, 0, 2, 9));
        assertThat(reader.isOnLink(onLink)).isTrue();
        assertThat(reader.interfaceId(onLink)).isEqualTo(7);
        int via6 = reader.find6(raw6("20010db8ffff"), -1);
        assertThat(reader.isOnLink(via6)).isFalse();
        assertThat(reader.gateway0(via6)).isEqualTo(raw6("fe80"));
        assertThat(reader.gateway1(via6)).isEqualTo(0x0100_0000_0000_0000L);
    }

    @Test
    void families_do_not_mix() {
        put(Route.onLink4(0, 0, 1));
        reader.refresh();
        assertThat(reader.find6(0, 0)).isEqualTo(RouteReader.ABSENT);
        put(Route.onLink6(0, 0, 0, 2));
        reader.refresh();
        assertThat(reader.find4(0)).isEqualTo(RouteReader.ABSENT);
        assertThat(reader.interfaceId(reader.find6(-1, -1))).isEqualTo(2);
    }

    @Test
    void ipv6_prefixes_of_every_length_match_their_own_addresses_only() {
        for (int length = 1; length <= 128; length++) {
            put(Route.onLink6(prefix(-1, 0, length), prefix(-1, 64, length), length, 1));
            reader.refresh();
            long inside0 = prefix(-1, 0, length);
            long inside1 = prefix(-1, 64, length);
            assertThat(reader.find6(inside0, inside1)).as("/%d", length).isNotZero();
            // Without the last bit of the prefix.
            assertThat(reader.find6(prefix(-1, 0, length - 1), prefix(-1, 64, length - 1)))
                    .as("/%d", length)
                    .isZero();
        }
    }

    @Test
    void of_two_routes_to_a_prefix_the_smaller_metric_counts() {
        Route first = new Route(false, raw(10, 0, 0, 0), 0, 8, 1, true, 0, 0, 20);
        Route second = new Route(false, raw(10, 0, 0, 0), 0, 8, 2, true, 0, 0, 10);
        put(first, second);
        assertThat(interface4(raw(10, 0, 0, 1))).isEqualTo(2);
        put(second, first);
        assertThat(interface4(raw(10, 0, 0, 1))).isEqualTo(2);
    }

    @Test
    void look_ups_agree_with_a_search_through_all_routes() {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            List<Route> routes = new ArrayList<>();
            for (int k = 0; k < 400; k++) {
                routes.add(randomRoute(random));
            }
            table.replace(routes);
            reader.refresh();
            for (int k = 0; k < 5000; k++) {
                Route near = routes.get(random.nextInt(routes.size()));
                long flip = random.nextInt(3) == 0 ? 0 : 1L << random.nextInt(64);
                if (near.ipv6()) {
                    long address0 = near.prefix0() ^ flip;
                    long address1 = random.nextBoolean() ? near.prefix1() : random.nextLong();
                    assertThat(matched(reader.find6(address0, address1)))
                            .isEqualTo(expected(routes, true, address0, address1));
                } else {
                    int address = (int) near.prefix0() ^ (int) (flip | flip >>> 32);
                    assertThat(matched(reader.find4(address)))
                            .isEqualTo(expected(routes, false, address & 0xffff_ffffL, 0));
                }
            }
        }
    }

    @Test
    void a_table_that_does_not_fit_leaves_the_one_in_force() {
        put(Route.onLink4(raw(10, 0, 0, 0), 8, 1));
        List<Route> many = new ArrayList<>();
        for (int k = 0; k <= CAPACITY; k++) {
            many.add(Route.onLink4(raw(10, 0, k >> 8, k & 0xff), 32, 2));
        }
        reader.refresh();
        assertThatExceptionOfType(RoutingTableFullException.class)
                .isThrownBy(() -> table.replace(many))
                .withMessageContaining("2000 routes");
        assertThat(reader.refresh()).isEqualTo(1);
        assertThat(interface4(raw(10, 0, 0, 1))).isEqualTo(1);
        many.removeLast();
        assertThat(table.replace(many)).isEqualTo(2);
        assertThat(interface4(raw(10, 0, 0, 1))).isEqualTo(2);
    }

    @Test
    void prefixes_that_need_too_many_nodes_are_refused() {
        List<Route> scattered = new ArrayList<>();
        Random random = new Random(1);
        for (int k = 0; k < CAPACITY; k++) {
            scattered.add(Route.onLink6(random.nextLong(), random.nextLong(), 128, 1));
        }
        assertThatExceptionOfType(RoutingTableFullException.class)
                .isThrownBy(() -> table.replace(scattered))
                .withMessageContaining("nodes");
        assertThat(sides.active()).isZero();
    }

    @Test
    void the_side_a_processor_still_reads_is_not_written() {
        reader.refresh();
        put(Route.onLink4(raw(10, 0, 0, 0), 8, 1));
        assertThat(table.isWritable()).isFalse();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> table.replace(List.of()))
                .withMessageContaining("generation 1");
        assertThat(reader.find4(raw(10, 0, 0, 1))).isEqualTo(RouteReader.ABSENT);
        reader.refresh();
        assertThat(reader.find4(raw(10, 0, 0, 1))).isNotEqualTo(RouteReader.ABSENT);
        table.replace(List.of());
        reader.retire();
        assertThat(table.isWritable()).isTrue();
    }

    @Test
    void tools_list_the_routes_in_force() {
        List<Route> routes = List.of(
                Route.via4(0, 0, 1, raw(192, 0, 2, 1)),
                Route.onLink4(raw(192, 0, 2, 0), 24, 200),
                Route.via6(raw6("20010db8"), 0, 32, 3, raw6("fe80"), -2));
        table.replace(routes);
        assertThat(table.routes()).isEqualTo(routes);
        assertThat(RoutingTable.read(sides, a.asReadOnly(), b.asReadOnly())).isEqualTo(routes);
    }

    @Test
    void impossible_routes_are_refused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Route.onLink4(0, 33, 1))
                .withMessageContaining("33 is not in 0..32");
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Route.onLink6(0, 0, 129, 1));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Route.onLink4(0, 0, 0));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Route(false, 1L << 32, 0, 8, 1, true, 0, 0, 0));
    }

    @Test
    void set_host_bits_do_not_matter() {
        put(Route.onLink4(raw(10, 1, 2, 3), 12, 1));
        assertThat(interface4(raw(10, 15, 0, 0))).isEqualTo(1);
        assertThat(reader.find4(raw(10, 16, 0, 0))).isEqualTo(RouteReader.ABSENT);
    }

    @Test
    void looking_up_allocates_nothing() {
        put(Route.onLink4(raw(10, 1, 2, 0), 25, 1), Route.onLink6(raw6("20010db8"), 0, 64, 2));
        int address = raw(10, 1, 2, 3);
        long address0 = raw6("20010db8");
        assertThat(AllocatedBytes.of(() -> {
                    reader.refresh();
                    int route4 = reader.find4(address);
                    int route6 = reader.find6(address0, 5);
                    if (!reader.isOnLink(route4) || reader.interfaceId(route6) != 2 || reader.gateway4(route4) != 0) {
                        throw new IllegalStateException();
                    }
                }))
                .isZero();
    }

    /** All routes of a generation leave by interface generation % 255 + 1; a reader must see only its own generation. */
    @Test
    void a_reader_sees_one_generation_per_batch_while_the_table_is_replaced() throws Exception {
        int generations = 3000;
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger wrong = new AtomicInteger();
        Together.run(
                () -> {
                    try {
                        for (int generation = 1; generation <= generations; generation++) {
                            while (!table.isWritable()) {
                                Together.pause();
                            }
                            int id = generation % 255 + 1;
                            table.replace(List.of(
                                    Route.onLink4(0, 0, id),
                                    Route.onLink4(raw(10, generation & 0xff, 0, 0), 16, id),
                                    Route.onLink6(raw6("20010db8"), 0, 48, id)));
                        }
                    } finally {
                        ended.set(true);
                    }
                    return null;
                },
                () -> {
                    while (!ended.get()) {
                        long generation = reader.refresh();
                        int id = (int) (generation % 255 + 1);
                        for (int k = 0; k < 50 && generation != 0; k++) {
                            int route4 = reader.find4(raw(10, k, 1, 2));
                            int route6 = reader.find6(raw6("20010db8"), k);
                            if (reader.interfaceId(route4) != id || reader.interfaceId(route6) != id) {
                                wrong.incrementAndGet();
                            }
                        }
                        if (generation % 10 == 0) {
                            Together.pause();
                        }
                    }
                    reader.retire();
                    return null;
                });
        assertThat(wrong).hasValue(0);
    }

    private void put(Route... routes) {
        reader.refresh();
        table.replace(List.of(routes));
    }

    private int interface4(int address) {
        reader.refresh();
        int route = reader.find4(address);
        assertThat(route).isNotEqualTo(RouteReader.ABSENT);
        return reader.interfaceId(route);
    }

    private int matched(int route) {
        return route == RouteReader.ABSENT ? -1 : reader.prefixLength(route);
    }

    private static int expected(List<Route> routes, boolean ipv6, long address0, long address1) {
        int longest = -1;
        for (Route route : routes) {
            if (route.ipv6() == ipv6
                    && prefix(address0, 0, route.prefixLength()) == prefix(route.prefix0(), 0, route.prefixLength())
                    && prefix(address1, 64, route.prefixLength())
                            == prefix(route.prefix1(), 64, route.prefixLength())) {
                longest = Math.max(longest, route.prefixLength());
            }
        }
        return longest;
    }

    private static Route randomRoute(Random random) {
        // Few different octets, so that prefixes nest.
        long address = 0;
        for (int k = 0; k < 8; k++) {
            address = address << 8 | (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(3) * 127);
        }
        if (random.nextBoolean()) {
            int length = random.nextInt(33);
            return Route.onLink4((int) address, length, 1);
        }
        int length = random.nextInt(129);
        return Route.onLink6(prefix(address, 0, length), prefix(random.nextLong(), 64, length), length, 1);
    }

    /** The bits of a raw half of an address that lie within a prefix; {@code from} is the first bit's number in the address. */
    private static long prefix(long raw, int from, int length) {
        int bits = Math.clamp(length - from, 0, 64);
        long mask = bits == 0 ? 0 : -1L << (64 - bits);
        return raw & Long.reverseBytes(mask);
    }

    private static int raw(int first, int second, int third, int fourth) {
        return first | second << 8 | third << 16 | fourth << 24;
    }

    /** The raw first half of an address that starts with the given octets. */
    private static long raw6(String octets) {
        return Long.reverseBytes(Long.parseUnsignedLong((octets + "0".repeat(16)).substring(0, 16), 16));
    }
}
