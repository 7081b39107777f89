package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.ConfigurationWriter;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.CountersLayout;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.map.Sides;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.Route;
import io.weir.memory.routing.RouteReader;
import io.weir.memory.routing.RoutingTable;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.switching.engine.DutyCycle;
import io.weir.switching.engine.IdleMode;
import io.weir.switching.engine.PollLoop;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.Handshakes;
import io.weir.switching.filter.ProcessorContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two switching processors on threads of their own share all tables. Processor 0 receives from ext0 and int0, processor 1
 * from ext1 and int1, so half of the connections are opened on one and answered on the other; this thread plays all clients
 * and servers and compares every frame with the one it must be, byte by byte.
 *
 * <pre>
 *  client 0 -- ext0 --+-- processor 0 --+-- int0 -- server 1
 *                      \               /
 *                       x  any to any x
 *                      /               \
 *  client 1 -- ext1 --+-- processor 1 --+-- int1 -- server 2
 * </pre>
 */
final class TwoProcessors {
    private static final int CONNECTIONS = 6_000;
    /** Under way at a time. */
    private static final int WINDOW = 200;
    /** Packets each way: TCP SYN, data, data, FIN; UDP four datagrams. */
    private static final int ROUNDS = 4;

    private static final int FIRST_PORT = 1024;
    static final int PROCESSORS = 2;
    static final int INTERFACES = 4;
    private static final long SEED = 0x5eed_5eed_5eedL;

    static final String[] NAMES = {"ext0", "int0", "ext1", "int1"};
    static final long[] MACS = {0x02_00_00_00_01_01L, 0x02_00_00_00_02_01L, 0x02_00_00_00_03_01L, 0x02_00_00_00_04_01L};
    private static final long STATION_MAC = 0x02_00_00_00_00_64L;

    /** One of the four links in one family: weir's address and the station's. */
    private record Link(Endpoint weir, Endpoint station) {}

    private static final Link[][] LINKS = {
        {link4("192.0.2", 0), link4("10.0.0", 1), link4("192.0.3", 2), link4("10.0.1", 3)},
        {link6("2001:db8:1", 0), link6("2001:db8:2", 1), link6("2001:db8:3", 2), link6("2001:db8:4", 3)}
    };
    private static final Endpoint[] SERVICE = {Endpoint.of("192.0.2.10", 0), Endpoint.of("2001:db8:1::10", 0)};

    private static Link link4(String prefix, int number) {
        return new Link(Endpoint.of(prefix + ".1", MACS[number]), Endpoint.of(prefix + ".100", STATION_MAC + number));
    }

    private static Link link6(String prefix, int number) {
        return new Link(Endpoint.of(prefix + "::1", MACS[number]), Endpoint.of(prefix + "::100", STATION_MAC + number));
    }

    private final Arena arena = Arena.ofShared();
    private final Wiring wiring;
    private final PacketStorage storage;
    private final Sides flip = new Sides(arena.allocate(Sides.bytes(PROCESSORS), 64));
    private final MemorySegment[] sides = {arena.allocate(64 << 10, 64), arena.allocate(64 << 10, 64)};
    private final NeighbourTable neighbours = neighbours();
    private final Queue<Throwable> defects = new ConcurrentLinkedQueue<>();
    private final SwitchingProcessor[] processors = new SwitchingProcessor[PROCESSORS];
    private final PollLoop[] loops = new PollLoop[PROCESSORS];
    private final MemorySegment counterRegion = arena.allocate(CountersLayout.bytes(PROCESSORS, 4, 16, 16), 64);
    private final long startNs = System.nanoTime();

    // By connection: packets the server and the client have got, and the server it is on.
    private final int[] atServer = new int[CONNECTIONS];
    private final int[] atClient = new int[CONNECTIONS];
    private final int[] server = new int[CONNECTIONS];
    private int opened;
    private int finished;

    /** The cables, and the processors' handles on them. */
    interface Wiring {
        /** For both processors, and one view more. */
        PacketStorage storage();

        /**
         * Opens the ports.
         *
         * @param ports by processor and interface id
         * @param polled by processor
         */
        void open(
                FrameOwners[] owners, ProcessorCounters[] counters, @Nullable Port[][] ports, List<List<Port>> polled);

        /** What a processor does besides. */
        DutyCycle duty(int processor, SwitchingProcessor engine);

        /** True when each interface belongs to one processor. */
        boolean isOwnedByOne();

        boolean send(int link, byte[] frame);

        /** The next frame that a station has got, with its checksums; or null. */
        byte @Nullable [] collect(int link);

        /** The processors have ended; all frames go back. */
        void close();
    }

    TwoProcessors(Wiring wiring) {
        this.wiring = wiring;
        storage = wiring.storage();
    }

    /** Runs all connections, and stops. */
    void run() throws InterruptedException {
        build();
        List<Thread> threads = new ArrayList<>();
        for (PollLoop loop : loops) {
            threads.add(Thread.ofPlatform().start(loop));
        }
        int generations;
        try {
            generations = traffic();
        } finally {
            for (int k = 0; k < PROCESSORS; k++) {
                loops[k].stop();
                threads.get(k).join();
            }
            wiring.close();
        }
        for (SwitchingProcessor processor : processors) {
            assertThat(processor.lastDefect()).isNull();
        }
        assertThat(defects).isEmpty();
        assertThat(generations).isGreaterThan(3);
        verifyCounters(new CountersReader(counterRegion));
        assertThat(storage.free()).as("free buffers").isEqualTo(storage.buffers());
        arena.close();
    }

    private void verifyCounters(CountersReader counters) {
        List<String> dropped = new ArrayList<>();
        for (DropReason reason : DropReason.values()) {
            if (counters.dropped(reason) > 0) {
                dropped.add(reason.key() + " " + counters.dropped(reason));
            }
        }
        long packets = 2L * ROUNDS * CONNECTIONS;
        assertThat(dropped).isEmpty();
        assertThat(counters.value(Counter.PACKETS_RECEIVED)).isEqualTo(packets);
        assertThat(counters.value(Counter.PACKETS_BALANCED)).isEqualTo(packets);
        assertThat(counters.value(Counter.CONNECTIONS_CREATED)).isEqualTo(CONNECTIONS);
        assertThat(counters.serviceOpened(1) + counters.serviceOpened(2)).isEqualTo(CONNECTIONS);
        // Half of the answers arrive at another processor than their SYN; a few start times may have been overwritten.
        long handshakes = counters.serverHandshakes(1) + counters.serverHandshakes(2);
        assertThat(handshakes).isBetween(CONNECTIONS / 2 * 9 / 10L, CONNECTIONS / 2L);
        long received = 0;
        for (int id = 1; id <= 4; id++) {
            received += counters.value(InterfaceCounter.RECEIVED_PACKETS, id);
        }
        assertThat(received).isEqualTo(packets);
        for (int processor = 0; processor < PROCESSORS; processor++) {
            long created = counters.value(Counter.CONNECTIONS_CREATED, processor);
            if (wiring.isOwnedByOne()) {
                assertThat(created).isEqualTo(CONNECTIONS / 2);
            } else {
                assertThat(created).isGreaterThan(CONNECTIONS / 5);
            }
            assertThat(counters.value(Counter.PACKETS_BALANCED, processor)).isGreaterThan(packets / 5);
        }
    }

    /** All connections; returns how many configurations they saw. */
    private int traffic() {
        int generations = 1;
        while (finished < CONNECTIONS) {
            while (opened < CONNECTIONS && opened - finished < WINDOW) {
                send(clientLink(opened), request(opened, 0));
                opened++;
            }
            boolean idle = true;
            for (int link = 0; link < INTERFACES; link++) {
                byte[] frame = wiring.collect(link);
                if (frame != null) {
                    idle = false;
                    arrived(link, frame);
                }
            }
            if (finished >= generations * CONNECTIONS / 8 && flip.isQuiescent()) {
                generations++;
                configure(1 + generations % 3, 1 + generations % 2);
            }
            if (Thread.interrupted()) {
                throw new AssertionError(finished + " connections finished, " + opened + " opened, and no more");
            }
            if (idle) {
                Thread.onSpinWait();
            }
            if (!defects.isEmpty()) {
                throw new AssertionError("a processor failed", defects.peek());
            }
        }
        return generations;
    }

    private void send(int link, Packet packet) {
        if (!wiring.send(link, packet.frame())) {
            throw new AssertionError("no room for a frame to " + NAMES[link]);
        }
    }

    private static int clientLink(int connection) {
        return (connection & 1) * 2;
    }

    private static int family(int connection) {
        return connection >> 1 & 1;
    }

    private static int protocol(int connection) {
        return (connection & 4) == 0 ? Packet.TCP : Packet.UDP;
    }

    private static int port(int connection) {
        return FIRST_PORT + (connection >> 3);
    }

    private static Packet request(int connection, int round) {
        int family = family(connection);
        Link link = LINKS[family][clientLink(connection)];
        Packet packet = Packet.ip(link.station, SERVICE[family].at(link.weir.mac()), protocol(connection))
                .ports(port(connection), 80)
                .payload("request " + round + " of " + connection);
        return protocol(connection) == Packet.UDP
                ? packet
                : packet.flags(flags(round, true)).sequence(round, round);
    }

    private static Packet reply(int connection, int serverNumber, int round) {
        int family = family(connection);
        Link link = LINKS[family][2 * serverNumber - 1];
        Endpoint client = LINKS[family][clientLink(connection)].station;
        Packet packet = Packet.ip(link.station, client.at(link.weir.mac()), protocol(connection))
                .ports(8080, port(connection))
                .payload("reply " + round + " of " + connection + " by " + serverNumber);
        return protocol(connection) == Packet.UDP
                ? packet
                : packet.flags(flags(round, false)).sequence(round, round);
    }

    private static int flags(int round, boolean isRequest) {
        return switch (round) {
            case 0 -> isRequest ? Packet.SYN : Packet.SYN | Packet.ACK;
            case ROUNDS - 1 -> Packet.FIN | Packet.ACK;
            default -> Packet.PSH | Packet.ACK;
        };
    }

    /** A frame at a station: neighbour discovery is of no interest, anything else must be the next of its connection. */
    private void arrived(int link, byte[] frame) {
        int type = FrameChecksums.number(frame, 12);
        int family = type == 0x0800 ? 0 : 1;
        int protocol = type == 0x0806 ? 0 : frame[family == 0 ? 23 : 20] & 0xff;
        if (protocol != Packet.TCP && protocol != Packet.UDP) {
            return;
        }
        boolean isServer = link % 2 == 1;
        int transport = family == 0 ? 34 : 54;
        int port = FrameChecksums.number(frame, isServer ? transport : transport + 2);
        int client = isServer ? clientOf(frame, family) : link / 2;
        int connection = (port - FIRST_PORT) << 3 | (protocol == Packet.UDP ? 4 : 0) | family << 1 | client;
        if (connection < 0 || connection >= CONNECTIONS) {
            throw new AssertionError("no such connection:\n" + FrameText.of(frame));
        }
        if (isServer) {
            atServer(connection, (link + 1) / 2, frame);
        } else {
            atClient(connection, frame);
        }
    }

    private static int clientOf(byte[] frame, int family) {
        Endpoint first = LINKS[family][0].station;
        int at = family == 0 ? 26 : 22;
        return Arrays.equals(frame, at, at + first.address().length, first.address(), 0, first.address().length)
                ? 0
                : 1;
    }

    private void atServer(int connection, int number, byte[] frame) {
        int round = atServer[connection]++;
        if (round == 0) {
            server[connection] = number;
        }
        assertThat(number).as("server of connection " + connection).isEqualTo(server[connection]);
        Link link = LINKS[family(connection)][2 * number - 1];
        compare(
                frame,
                request(connection, round)
                        .macs(link.weir.mac(), link.station.mac())
                        .destination(link.station)
                        .ports(port(connection), 8080)
                        .oneHopLess());
        send(2 * number - 1, reply(connection, number, round));
    }

    private void atClient(int connection, byte[] frame) {
        int round = atClient[connection]++;
        int family = family(connection);
        Link link = LINKS[family][clientLink(connection)];
        compare(
                frame,
                reply(connection, server[connection], round)
                        .macs(link.weir.mac(), link.station.mac())
                        .source(SERVICE[family])
                        .ports(80, port(connection))
                        .oneHopLess());
        if (round == ROUNDS - 1) {
            finished++;
        } else {
            send(clientLink(connection), request(connection, round + 1));
        }
    }

    private static void compare(byte[] actual, Packet expected) {
        if (!Arrays.equals(actual, expected.frame())) {
            throw new AssertionError("another frame\n" + FrameText.difference(expected.frame(), actual));
        }
    }

    private NeighbourTable neighbours() {
        MemorySegment memory = arena.allocate(NeighbourTable.bytes(64), 64);
        NeighbourTable.initialise(memory, SEED);
        NeighbourTable table = new NeighbourTable(memory);
        for (Link[] family : LINKS) {
            for (int link = 0; link < 4; link++) {
                var address = family[link].station.raw();
                int entry = table.add(link + 1, address.address0(), address.address1(), 0);
                table.confirm(entry, family[link].station.mac(), 0);
            }
        }
        return table;
    }

    private void configure(int weight1, int weight2) {
        ConfigurationImage.Builder image = ConfigurationImage.builder();
        for (int link = 0; link < 4; link++) {
            image.add(new Interface(
                    NAMES[link],
                    MACS[link],
                    1500,
                    List.of(
                            new OwnAddress(LINKS[0][link].weir.raw(), 24),
                            new OwnAddress(LINKS[1][link].weir.raw(), 64))));
        }
        for (int number = 1; number <= 2; number++) {
            image.add(new Server(
                    number,
                    "server-" + number,
                    1,
                    List.of(LINKS[0][2 * number - 1].station.raw(), LINKS[1][2 * number - 1].station.raw())));
        }
        for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
            image.add(new Service(
                    protocol == Packet.TCP ? 1 : 2,
                    protocol == Packet.TCP ? "tcp" : "udp",
                    protocol,
                    80,
                    ConfigurationReader.NAT,
                    ConfigurationReader.WEIGHTED_ROUND_ROBIN,
                    List.of(SERVICE[0].raw(), SERVICE[1].raw()),
                    members(0, weight1, weight2),
                    members(1, weight1, weight2)));
        }
        ConfigurationWriter.write(sides[Sides.side(flip.active()) ^ 1], image.build());
        flip.flip();
        neighbours.newEpoch();
    }

    private static Members members(int family, int weight1, int weight2) {
        return Members.inOrder(List.of(
                new Member(1, weight1, LINKS[family][1].station.raw(), 8080),
                new Member(2, weight2, LINKS[family][3].station.raw(), 8080)));
    }

    private void build() {
        CountersLayout.initialise(counterRegion, PROCESSORS, 4, 16, 16);
        configure(1, 1);
        MemorySegment routesA = arena.allocate(RoutingTable.bytes(16), 64);
        MemorySegment routesB = arena.allocate(RoutingTable.bytes(16), 64);
        Sides routeSides = new Sides(arena.allocate(Sides.bytes(PROCESSORS), 64));
        List<Route> routes = new ArrayList<>();
        for (int link = 0; link < 4; link++) {
            routes.add(Route.onLink4(LINKS[0][link].weir.raw().raw4() & 0x00ff_ffff, 24, link + 1));
            routes.add(Route.onLink6(LINKS[1][link].weir.raw().address0(), 0, 64, link + 1));
        }
        new RoutingTable(routeSides, routesA, routesB, 16).replace(routes);
        MemorySegment memory4 = arena.allocate(ConnectionTable4.regionBytes(4L * CONNECTIONS), 64);
        MemorySegment memory6 = arena.allocate(ConnectionTable6.regionBytes(4L * CONNECTIONS), 128);
        ConnectionTable4.format(memory4, SEED);
        ConnectionTable6.format(memory6, SEED);
        FrameOwners[] owners = new FrameOwners[PROCESSORS];
        ProcessorCounters[] counters = new ProcessorCounters[PROCESSORS];
        @Nullable Port[][] ports = new @Nullable Port[PROCESSORS][INTERFACES + 1];
        List<List<Port>> polled = new ArrayList<>();
        for (int k = 0; k < PROCESSORS; k++) {
            owners[k] = new FrameOwners(storage.view(k));
            counters[k] = new ProcessorCounters(counterRegion, k);
            polled.add(new ArrayList<>());
        }
        wiring.open(owners, counters, ports, polled);
        Handshakes handshakes = new Handshakes();
        for (int k = 0; k < PROCESSORS; k++) {
            processors[k] = new SwitchingProcessor(
                    new ProcessorContext(
                            owners[k],
                            counters[k],
                            new ConfigurationReader(flip, sides[Sides.A], sides[Sides.B], k),
                            new RouteReader(routeSides, routesA, routesB, 16, k),
                            neighbours,
                            new ConnectionTable4(memory4),
                            new ConnectionTable6(memory6),
                            k,
                            PROCESSORS,
                            ports[k],
                            handshakes,
                            List.of()),
                    polled.get(k));
            loops[k] = new PollLoop(
                    wiring.duty(k, processors[k]),
                    () -> TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNs),
                    IdleMode.ADAPTIVE,
                    milliseconds -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)),
                    nowMs -> {},
                    defects::add);
        }
    }
}
