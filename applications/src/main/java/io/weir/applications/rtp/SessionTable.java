package io.weir.applications.rtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The shared memory of the relay: where control and switching processors meet. Little-endian; numbers are unsigned.
 *
 * <pre>
 * header, 192 bytes
 *   0 ┌──────────────────────┬───────────┬───────────┐
 *     │ magic                │ version   │ sessions  │  control, at first
 *  16 ├──────────┬───────────┼───────────┴───────────┤
 *     │ clock ms │ 0         │ next session id       │  clock: processors; id: control
 *  32 ├──────────┴───────────┴───────────────────────┤
 *     │ 8 addresses of the relay, two u64 halves each │  control, at first
 * 160 └──────────────────────────────────────────────┘
 *
 * index, 8 x 32768 x u32, by number of the address and port / 2
 *     31          18 17            0
 *     ┌─────────────┬──────────────┐
 *     │ generation  │ side + 1     │  control; 0 is nobody's port; sides 2n and 2n + 1 are session n's
 *     └─────────────┴──────────────┘
 *
 * session, 640 bytes
 *   0 ┌──────────────────────┬───────────────────────┐
 *     │ generation, state    │ id                    │  state: control; ACTIVE to IDLE: processors
 *  16 ├──────────┬───────────┼───────────┬───────────┤
 *     │ begun ms │ ended ms  │ tick      │ Hz        │  tick: 1/65536 µs of one timestamp unit
 *  32 ├──────────┼───────────┼───────────┴───────────┤
 *     │ codec    │ secure    │ 0                     │  control
 *  64 ├──────────┴───────────┴───────────────────────┤
 *     │ label: length in one byte, UTF-8              │  control
 * 128 ├──────────────────────────────────────────────┤
 *     │ side a, 256 bytes                             │
 * 384 │ side b, 256 bytes                             │
 *     └──────────────────────────────────────────────┘
 *
 * side
 *   0 ┌──────────────────────┬───────────────────────┐
 *     │ RTP latch            │ address, upper half   │  {@link Latches}; processors; control when it begins
 *  16 ├──────────────────────┼───────────────────────┤
 *     │ address, lower half  │ RTCP latch            │
 *  32 ├──────────────────────┼───────────────────────┤
 *     │ RTCP address, upper  │ RTCP address, lower   │
 *  48 ├──────────┬───────────┼───────────┬───────────┤
 *     │ RTP ms   │ RTCP ms   │ own ports │ mux       │  last packets: processors; port | address number << 16: control
 *  64 ├──────────┼───────────┼───────────┴───────────┤
 *     │ expected │ port      │ expected, upper half  │  control
 *  80 ├──────────┴───────────┼───────────────────────┤
 *     │ expected, lower half │ RTCP packets          │  the latter: processors
 *  96 ├──────────────────────┴───────────────────────┤
 *     │ {@link RtpStream}, 160 bytes                  │  processors
 *     └──────────────────────────────────────────────┘
 * </pre>
 *
 * <p><b>Who finds a session</b> has loaded the index word (acquire) and then the state word, and goes on only when the
 * generations agree and the session is active; control writes a session, then its state, then the index words (release). A
 * processor that was held up in between meets another generation: its latch fails, and at most one packet is counted
 * wrongly. Control gives a session out again a second after it ended at the earliest.
 *
 * <p><b>Several processors</b> may see packets of one stream. Latches are safe ({@link Latches}); counts are plain words that two
 * processors at once may leave too small. No word here becomes an address before it was checked against its bounds.
 */
final class SessionTable {
    static final long MAGIC = 0x3150_5452_5249_4557L; // "WEIRRTP1"
    static final int VERSION = 1;

    /** Session states. */
    static final int FREE = 0;

    static final int ACTIVE = 1;
    /** Ended because nothing was heard of both sides. */
    static final int IDLE = 2;

    /** No side has this port. */
    static final int ABSENT = 0;

    static final int SIDE_MASK = (1 << 18) - 1;
    static final int GENERATION_SHIFT = 18;
    /** 14 bits, never 0. */
    static final int GENERATIONS = 1 << 14;

    /** What a side may latch to. */
    static final int EXPECTS_ANY = 0;
    /** Any port of an address. */
    static final int EXPECTS_ADDRESS = 1;

    static final int EXPECTS_PORT = 2;
    /** While control changes it. */
    static final int EXPECTS_NOBODY = 3;

    static final int LABEL_BYTES = 63;

    private static final int HEADER_BYTES = 192;
    private static final int PAIRS = 1 << 15;
    private static final long INDEX_BYTES = 4L * PAIRS * RelayAddresses.MOST;
    private static final int SESSION_BYTES = 640;
    private static final int SIDES = 128;
    private static final int SIDE_BYTES = 256;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT_WORD = INT.varHandle();
    static final VarHandle LONG_WORD = LONG.varHandle();

    // The header.
    private static final long CLOCK = 16;
    private static final long NEXT_ID = 24;
    private static final long ADDRESSES = 32;

    // A session.
    private static final long ID = 8;
    static final long BEGUN_MS = 16;
    static final long ENDED_MS = 20;
    static final long TICK = 24;
    static final long CLOCK_RATE = 28;
    static final long CODEC = 32;
    static final long SECURE = 36;
    private static final long LABEL = 64;

    // A side.
    static final long RTP_LATCH = 0;
    static final long RTCP_LATCH = 24;
    static final long RTP_SEEN_MS = 48;
    static final long RTCP_SEEN_MS = 52;
    static final long OWN = 56;
    static final long MUX = 60;
    static final long EXPECTED = 64;
    static final long EXPECTED_PORT = 68;
    static final long EXPECTED_UPPER = 72;
    static final long EXPECTED_LOWER = 80;
    static final long RTCP_PACKETS = 88;
    static final long STREAM = 96;

    private final MemorySegment memory;
    private final int sessions;

    /**
     * A view.
     *
     * @param memory at least {@link #bytes}, aligned to 8
     */
    SessionTable(MemorySegment memory, int sessions) {
        if (memory.byteSize() < bytes(sessions)) {
            throw new IllegalArgumentException(
                    "shared memory: " + memory.byteSize() + " bytes are less than " + bytes(sessions));
        }
        this.memory = memory;
        this.sessions = sessions;
    }

    static long bytes(int sessions) {
        return HEADER_BYTES + INDEX_BYTES + (long) sessions * SESSION_BYTES;
    }

    int sessions() {
        return sessions;
    }

    MemorySegment memory() {
        return memory;
    }

    // The header.

    /** True when this is the table of the same addresses, with or without sessions. */
    boolean isOf(RelayAddresses addresses) {
        boolean same = memory.get(LONG, 0) == MAGIC && memory.get(INT, 8) == VERSION && memory.get(INT, 12) == sessions;
        for (int k = 0; k < RelayAddresses.MOST; k++) {
            same &= memory.get(LONG, ADDRESSES + 16L * k) == addresses.upper(k);
            same &= memory.get(LONG, ADDRESSES + 16L * k + 8) == addresses.lower(k);
        }
        return same;
    }

    /** Makes it an empty table of these addresses. */
    void clear(RelayAddresses addresses) {
        int clock = clock();
        memory.asSlice(0, bytes(sessions)).fill((byte) 0);
        setClock(clock);
        memory.set(INT, 8, VERSION);
        memory.set(INT, 12, sessions);
        memory.set(LONG, NEXT_ID, 1);
        for (int k = 0; k < RelayAddresses.MOST; k++) {
            memory.set(LONG, ADDRESSES + 16L * k, addresses.upper(k));
            memory.set(LONG, ADDRESSES + 16L * k + 8, addresses.lower(k));
        }
        LONG_WORD.setRelease(memory, 0L, MAGIC);
    }

    /** The clock of the switching processors when they last looked: {@link io.weir.application.Packets#nowMs}. */
    int clock() {
        return (int) INT_WORD.getOpaque(memory, CLOCK);
    }

    void setClock(int nowMs) {
        INT_WORD.setOpaque(memory, CLOCK, nowMs);
    }

    long takeId() {
        long id = memory.get(LONG, NEXT_ID);
        memory.set(LONG, NEXT_ID, id + 1);
        return id;
    }

    // The index.

    private static long indexOffset(int address, int port) {
        return HEADER_BYTES + 4L * (address * PAIRS + (port >>> 1));
    }

    /** The word of a port: {@link #ABSENT}, or a side of this table and its generation. */
    int find(int address, int port) {
        int word = (int) INT_WORD.getAcquire(memory, indexOffset(address, port));
        return (word & SIDE_MASK) <= 2 * sessions ? word : ABSENT;
    }

    void publish(int address, int port, int session, int side, int generation) {
        int word = generation << GENERATION_SHIFT | (2 * session + side + 1);
        INT_WORD.setRelease(memory, indexOffset(address, port), word);
    }

    void withdraw(int address, int port) {
        INT_WORD.setRelease(memory, indexOffset(address, port), ABSENT);
    }

    // Sessions, by their offset.

    long session(int number) {
        return HEADER_BYTES + INDEX_BYTES + (long) number * SESSION_BYTES;
    }

    /** The session of an index word that is not {@link #ABSENT}. */
    long sessionOf(int word) {
        return session(((word & SIDE_MASK) - 1) >>> 1);
    }

    /** 0 is a, 1 is b. */
    static int sideOf(int word) {
        return ((word & SIDE_MASK) - 1) & 1;
    }

    static int generationOf(int word) {
        return word >>> GENERATION_SHIFT;
    }

    static long side(long session, int side) {
        return session + SIDES + (long) side * SIDE_BYTES;
    }

    private static long state(int generation, int state) {
        return (long) generation << 8 | state;
    }

    boolean isActive(long session, int generation) {
        return (long) LONG_WORD.getAcquire(memory, session) == state(generation, ACTIVE);
    }

    int state(long session) {
        return (int) ((long) LONG_WORD.getAcquire(memory, session) & 0xff);
    }

    int generation(long session) {
        return (int) ((long) LONG_WORD.getAcquire(memory, session) >>> 8) & (GENERATIONS - 1);
    }

    void setState(long session, int generation, int state) {
        LONG_WORD.setRelease(memory, session, state(generation, state));
    }

    /** Ends an active session. */
    boolean end(long session, int generation, int state, int nowMs) {
        if (!LONG_WORD.compareAndSet(memory, session, state(generation, ACTIVE), state(generation, state))) {
            return false;
        }
        set(session + ENDED_MS, nowMs);
        return true;
    }

    long id(long session) {
        return memory.get(LONG, session + ID);
    }

    /** Takes a free session for a new one: everything but its state is 0. */
    void prepare(long session, long id) {
        memory.asSlice(session + 8, SESSION_BYTES - 8).fill((byte) 0);
        memory.set(LONG, session + ID, id);
    }

    String label(long session) {
        int length = Math.min(memory.get(JAVA_BYTE, session + LABEL), LABEL_BYTES);
        byte[] text = new byte[Math.max(length, 0)];
        MemorySegment.copy(memory, JAVA_BYTE, session + LABEL + 1, text, 0, text.length);
        return new String(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** At most {@value #LABEL_BYTES} bytes. */
    void setLabel(long session, byte[] label) {
        memory.set(JAVA_BYTE, session + LABEL, (byte) label.length);
        MemorySegment.copy(label, 0, memory, JAVA_BYTE, session + LABEL + 1, label.length);
    }

    int get(long offset) {
        return memory.get(INT, offset);
    }

    void set(long offset, int value) {
        memory.set(INT, offset, value);
    }

    long getLong(long offset) {
        return memory.get(LONG, offset);
    }

    void setLong(long offset, long value) {
        memory.set(LONG, offset, value);
    }

    /** With release, or read with acquire. */
    int expected(long side) {
        return (int) INT_WORD.getAcquire(memory, side + EXPECTED);
    }

    /** What a side may latch to from now on. */
    void setExpected(long side, int kind, long upper, long lower, int port) {
        INT_WORD.setVolatile(memory, side + EXPECTED, EXPECTS_NOBODY);
        VarHandle.fullFence();
        setLong(side + EXPECTED_UPPER, upper);
        setLong(side + EXPECTED_LOWER, lower);
        set(side + EXPECTED_PORT, port);
        INT_WORD.setRelease(memory, side + EXPECTED, kind);
    }

    /** The RTP port that the relay has for a side. */
    int ownPort(long side) {
        return memory.get(INT, side + OWN) & 0xffff;
    }

    /** Number of the relay's address for a side, below {@link RelayAddresses#MOST} whatever stands there. */
    int ownAddress(long side) {
        return memory.get(INT, side + OWN) >>> 16 & (RelayAddresses.MOST - 1);
    }

    void setOwn(long side, int address, int port) {
        memory.set(INT, side + OWN, address << 16 | port);
    }
}
