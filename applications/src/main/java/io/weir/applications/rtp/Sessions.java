package io.weir.applications.rtp;

import io.weir.applications.rtp.SessionRequest.Expected;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Begins and ends sessions: the control side of the {@link SessionTable}. Sessions that are in the table already, of a control
 * processor before this one, go on.
 */
final class Sessions {
    /** Times to latch against processors that latch at the same moment. */
    private static final int ATTEMPTS = 100;

    private final SessionTable table;
    private final RelayAddresses addresses;
    private final LongSupplier clockMs;
    private final List<PortPool> ports = new ArrayList<>();
    private final PortPool free;
    /** Sessions in the order they began, those that ended for idleness as well, as long as there is room. */
    private final Map<Long, Integer> byId = new LinkedHashMap<>();
    /** Of these, whose ports were given back. */
    private final Map<Long, Integer> ended = new LinkedHashMap<>();

    /**
     * Takes a table over.
     *
     * @param clockMs rises by one every millisecond
     */
    Sessions(SessionTable table, RelayAddresses addresses, LongSupplier clockMs) {
        this.table = table;
        this.addresses = addresses;
        this.clockMs = clockMs;
        long now = clockMs.getAsLong();
        for (int k = 0; k < addresses.size(); k++) {
            ports.add(new PortPool(addresses.pairs(k), now));
        }
        if (!table.isOf(addresses)) {
            table.clear(addresses);
        }
        free = new PortPool(IntStream.range(0, table.sessions()).boxed().toList(), now);
        adopt();
    }

    private void adopt() {
        List<Integer> present = new ArrayList<>(IntStream.range(0, table.sessions())
                .filter(number -> table.state(table.session(number)) != SessionTable.FREE)
                .boxed()
                .toList());
        present.sort((one, two) -> Long.compare(table.id(table.session(one)), table.id(table.session(two))));
        for (int number : present) {
            long session = table.session(number);
            free.remove(number);
            byId.put(table.id(session), number);
            for (int k = 0; k < 2; k++) {
                long side = SessionTable.side(session, k);
                if (table.ownAddress(side) < addresses.size()) {
                    ports.get(table.ownAddress(side)).remove(table.ownPort(side));
                }
            }
        }
        reap();
    }

    /** Gives back the ports of sessions that processors have ended. */
    void reap() {
        byId.forEach((id, number) -> {
            if (!ended.containsKey(id) && table.state(table.session(number)) == SessionTable.IDLE) {
                giveBackPorts(number);
                ended.put(id, number);
            }
        });
    }

    private void giveBackPorts(int number) {
        long now = clockMs.getAsLong();
        for (int k = 0; k < 2; k++) {
            long side = SessionTable.side(table.session(number), k);
            int address = table.ownAddress(side);
            if (address < addresses.size()) {
                table.withdraw(address, table.ownPort(side));
                ports.get(address).give(table.ownPort(side), now);
            }
        }
    }

    /** Numbers of all sessions, in the order they began. */
    Collection<Integer> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** The number of a session, or -1. */
    int find(long id) {
        return byId.getOrDefault(id, -1);
    }

    /**
     * Begins a session.
     *
     * @return its number
     * @throws RequestException 409 when there is no room for it, or no ports
     */
    int begin(SessionRequest request) throws RequestException {
        long now = clockMs.getAsLong();
        int number = takeSession(now);
        int portA = ports.get(request.a().relay()).take(now);
        int portB = portA == PortPool.NONE
                ? PortPool.NONE
                : ports.get(request.b().relay()).take(now);
        if (portB == PortPool.NONE) {
            free.giveBack(number, now);
            if (portA != PortPool.NONE) {
                ports.get(request.a().relay()).giveBack(portA, now);
            }
            int relay =
                    portA == PortPool.NONE ? request.a().relay() : request.b().relay();
            throw new RequestException(
                    409, "no ports are free on " + addresses.address(relay).getHostAddress());
        }
        write(number, request, portA, portB);
        byId.put(table.id(table.session(number)), number);
        return number;
    }

    /** A free place, or that of the session that ended first. */
    private int takeSession(long now) throws RequestException {
        int number = free.take(now);
        if (number != PortPool.NONE) {
            return number;
        }
        Iterator<Map.Entry<Long, Integer>> oldest = ended.entrySet().iterator();
        if (free.size() == 0 && oldest.hasNext()) {
            Map.Entry<Long, Integer> entry = oldest.next();
            oldest.remove();
            byId.remove(entry.getKey());
            table.setState(
                    table.session(entry.getValue()),
                    table.generation(table.session(entry.getValue())),
                    SessionTable.FREE);
            return entry.getValue();
        }
        throw new RequestException(409, "there are " + table.sessions() + " sessions, as many as are set");
    }

    private void write(int number, SessionRequest request, int portA, int portB) {
        long session = table.session(number);
        MemorySegment memory = table.memory();
        int generation = table.generation(session) % (SessionTable.GENERATIONS - 1) + 1;
        int begun = table.clock();
        table.prepare(session, table.takeId());
        table.set(session + SessionTable.BEGUN_MS, begun);
        table.set(session + SessionTable.TICK, (int) Math.round(65_536.0 * 1_000_000 / request.clockRate()));
        table.set(session + SessionTable.CLOCK_RATE, request.clockRate());
        table.set(session + SessionTable.CODEC, request.codec().number());
        table.set(session + SessionTable.SECURE, request.secure() ? 1 : 0);
        table.setLabel(session, request.label().getBytes(StandardCharsets.UTF_8));
        for (int k = 0; k < 2; k++) {
            long side = SessionTable.side(session, k);
            SessionRequest.Side asked = k == 0 ? request.a() : request.b();
            table.set(side + SessionTable.RTP_SEEN_MS, begun);
            table.set(side + SessionTable.RTCP_SEEN_MS, begun);
            table.setOwn(side, asked.relay(), k == 0 ? portA : portB);
            Latches.prepare(memory, side + SessionTable.RTP_LATCH, generation);
            Latches.prepare(memory, side + SessionTable.RTCP_LATCH, generation);
            expect(side, generation, asked.expected());
        }
        table.setState(session, generation, SessionTable.ACTIVE);
        table.publish(request.a().relay(), portA, number, 0, generation);
        table.publish(request.b().relay(), portB, number, 1, generation);
    }

    /** What a side may latch to from now on; address and port together are latched at once. */
    private void expect(long side, int generation, Expected expected) {
        long upper = expected.address() == null ? 0 : RelayAddresses.upper(expected.address());
        long lower = expected.address() == null ? 0 : RelayAddresses.lower(expected.address());
        table.setExpected(side, expected.kind(), upper, lower, expected.port());
        if (expected.kind() == SessionTable.EXPECTS_PORT) {
            for (int k = 0; k < ATTEMPTS; k++) {
                if (Latches.latch(
                        table.memory(), side + SessionTable.RTP_LATCH, generation, upper, lower, expected.port())) {
                    return;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Changes what the sides of a session may latch to. */
    void change(int number, SessionRequest.Change change) {
        long session = table.session(number);
        Expected a = change.a();
        Expected b = change.b();
        if (a != null) {
            expect(SessionTable.side(session, 0), table.generation(session), a);
        }
        if (b != null) {
            expect(SessionTable.side(session, 1), table.generation(session), b);
        }
    }

    /** Ends a session and forgets it. What was counted can be read until another one begins. */
    void delete(int number) {
        long session = table.session(number);
        long id = table.id(session);
        table.setState(session, table.generation(session), SessionTable.FREE);
        byId.remove(id);
        if (ended.remove(id) == null) {
            giveBackPorts(number);
        }
        free.give(number, clockMs.getAsLong());
    }
}
