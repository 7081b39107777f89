package io.weir.application.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.ApplicationPlan;
import io.weir.application.Claim;
import io.weir.application.Packets;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch of packets that a test puts together. The memory is on the heap, so that a layout with an alignment fails here,
 * as it would sooner or later on packet storage; unused bytes are 0xa5.
 *
 * <p>A second verb for a row, a look at a row after its verb, a length or number out of range is an {@link
 * IllegalStateException} or {@link IllegalArgumentException} at once. {@link #verify} finds the rest.
 *
 * <p>Reading rows and verbs allocate nothing, and {@link #again} gives the same packets once more: tests can measure what an
 * application allocates.
 */
public final class TestPackets implements Packets {
    /** Most packets of a batch. */
    public static final int MOST_ROWS = 64;
    /** Bytes of a buffer behind the link-layer header. */
    public static final int BUFFER_BYTES = 1900;

    private static final byte UNUSED = (byte) 0xa5;
    private static final byte[] UNTOUCHED = new byte[256];
    /** An address that is 2 behind a multiple of 4, as behind an Ethernet header. */
    private static final int HEADROOM = 78;

    private static final int STRIDE = 2048;
    private static final int OWN_BUFFERS = 128;
    private static final int DEFAULT_MTU = 1500;

    static {
        Arrays.fill(UNTOUCHED, UNUSED);
    }

    private final ApplicationPlan plan;
    private final TestClaims claims;
    private final byte[] bytes = new byte[STRIDE * (MOST_ROWS + OWN_BUFFERS)];
    private final MemorySegment memory = MemorySegment.ofArray(bytes);
    private final byte[] original = new byte[STRIDE * MOST_ROWS];
    private final TestRow[] rows = new TestRow[MOST_ROWS];
    private final TestVerbs verbs = new TestVerbs(memory);
    private int size;
    private int mtu = DEFAULT_MTU;
    private long micros = 1_000_000;
    private final TestBuffers own = new TestBuffers((long) MOST_ROWS * STRIDE + HEADROOM, STRIDE, OWN_BUFFERS);

    /**
     * No packets yet.
     *
     * @param plan has the drop reasons
     * @param claims where redirected and own packets must come from; empty lets them come from anywhere
     */
    public TestPackets(ApplicationPlan plan, List<Claim> claims) {
        this.plan = plan;
        this.claims = new TestClaims(claims);
        Arrays.fill(bytes, UNUSED);
    }

    // Before.

    /**
     * Adds a packet.
     *
     * @param packet from the IP header on, such as {@link IpPacket} makes; longer ones than a buffer stand in pieces
     * @throws IllegalArgumentException when a node would not give it to any application: a header is not whole, lengths
     *     disagree, a fragment, neither TCP nor UDP
     */
    public TestPackets add(byte[] packet) {
        return add(packet, Integer.MAX_VALUE, false);
    }

    /** Adds a packet of which at most some bytes of the payload stand in one piece, as with segmentation offload. */
    public TestPackets addInPieces(byte[] packet, int contiguous) {
        return add(packet, contiguous, false);
    }

    /** Adds a packet whose checksum was left to the network interface, as by a virtual machine: intact, whatever is there. */
    public TestPackets addWithOpenChecksum(byte[] packet) {
        return add(packet, Integer.MAX_VALUE, true);
    }

    private TestPackets add(byte[] packet, int contiguous, boolean openChecksum) {
        if (size == MOST_ROWS) {
            throw new IllegalStateException("a batch has at most " + MOST_ROWS + " packets");
        }
        IpHeaders headers = new IpHeaders(packet);
        int first = headers.payload + Math.min(contiguous, headers.payloadLength);
        int last = headers.payload + headers.payloadLength;
        int here = first < last ? Math.min(first, BUFFER_BYTES) : Math.min(headers.length, BUFFER_BYTES);
        long at = (long) size * STRIDE + HEADROOM;
        MemorySegment.copy(packet, 0, memory, JAVA_BYTE, at, here);
        System.arraycopy(bytes, size * STRIDE, original, size * STRIDE, STRIDE);
        rows[size] = new TestRow(at, headers, here, Arrays.copyOfRange(packet, here, headers.length), openChecksum);
        size++;
        return this;
    }

    /** Sets the clock of the batch, in microseconds; it stands at one second otherwise. */
    public TestPackets at(long nowMicros) {
        this.micros = nowMicros;
        return this;
    }

    /** Sets how long a packet may be on the link that answers leave by; 1500 otherwise. */
    public TestPackets mtu(int packetBytes) {
        this.mtu = packetBytes;
        return this;
    }

    /** Leaves only some buffers in the free pool. */
    public TestPackets leaveFree(int buffers) {
        own.leave(buffers);
        return this;
    }

    /** The same packets once more, as they were added; allocates nothing. */
    public TestPackets again() {
        MemorySegment.copy(original, 0, memory, JAVA_BYTE, 0, size * STRIDE);
        for (int i = 0; i < size; i++) {
            rows[i].reset();
        }
        resetOwn();
        return this;
    }

    /** No packets any more. */
    public TestPackets clear() {
        Arrays.fill(bytes, 0, size * STRIDE, UNUSED);
        size = 0;
        resetOwn();
        return this;
    }

    private void resetOwn() {
        if (own.reset()) {
            Arrays.fill(bytes, STRIDE * MOST_ROWS, bytes.length, UNUSED);
        }
    }

    // What the application reads.

    @Override
    public int size() {
        return size;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public int nowMs() {
        return (int) (micros / 1000);
    }

    @Override
    public int nowMicros() {
        return (int) micros;
    }

    private TestRow open(int row) {
        if (row < 0 || row >= size) {
            throw new IllegalArgumentException("row " + row + " of " + size);
        }
        TestRow open = rows[row];
        if (open.verb != Verb.NONE) {
            throw new IllegalStateException("row " + row + " has had its verb: " + open.verb);
        }
        return open;
    }

    @Override
    public int version(int row) {
        return open(row).headers.version;
    }

    @Override
    public int protocol(int row) {
        return open(row).headers.protocol;
    }

    @Override
    public long network(int row) {
        return open(row).network;
    }

    @Override
    public long transport(int row) {
        return open(row).transport();
    }

    @Override
    public long payload(int row) {
        return open(row).payload();
    }

    @Override
    public int payloadLength(int row) {
        return open(row).headers.payloadLength;
    }

    @Override
    public int contiguous(int row) {
        return open(row).contiguous();
    }

    @Override
    public int room(int row) {
        TestRow open = open(row);
        int plain = IpHeaders.plainHeaders(open.headers.version, open.headers.protocol);
        return Math.max(0, Math.min(BUFFER_BYTES - open.headers.payload, mtu - plain));
    }

    @Override
    public int sourcePort(int row) {
        return IpHeaders.u16(memory, open(row).transport());
    }

    @Override
    public int destinationPort(int row) {
        return IpHeaders.u16(memory, open(row).transport() + 2);
    }

    @Override
    public int ingress(int row) {
        return open(row).headers.version == 4 ? 1 : 2;
    }

    @Override
    public boolean isIntact(int row) {
        TestRow open = open(row);
        return open.openChecksum || verbs.isIntact(open);
    }

    // Verbs.

    @Override
    public void reflect(int row) {
        verbs.reflect(open(row));
    }

    @Override
    public void answerUdp(int row, int payloadLength) {
        TestRow open = open(row);
        if (open.headers.protocol != Claim.UDP) {
            throw new IllegalArgumentException("row " + row + " is not UDP");
        }
        checkLength(row, payloadLength);
        verbs.answerUdp(open, payloadLength);
    }

    @Override
    public void answerTcp(int row, int sequence, int acknowledgment, int flags, int window, int payloadLength) {
        TestRow open = open(row);
        if (open.headers.protocol != Claim.TCP) {
            throw new IllegalArgumentException("row " + row + " is not TCP");
        }
        if ((flags & ~0x1f) != 0 || (window & ~0xffff) != 0) {
            throw new IllegalArgumentException("flags " + flags + ", window " + window + ": out of range");
        }
        checkLength(row, payloadLength);
        verbs.answerTcp(open, sequence, acknowledgment, flags, window, payloadLength);
    }

    private void checkLength(int row, int payloadLength) {
        if (payloadLength < 0 || payloadLength > room(row)) {
            throw new IllegalArgumentException(
                    "a payload of " + payloadLength + " bytes does not fit into the " + room(row) + " of row " + row);
        }
    }

    @Override
    public void redirect4(int row, int source, int sourcePort, int destination, int destinationPort) {
        verbs.redirect4(openOf(row, 4), source, sourcePort, destination, destinationPort);
        checkSource(rows[row]);
    }

    @Override
    public void redirect6(
            int row,
            long source0,
            long source1,
            int sourcePort,
            long destination0,
            long destination1,
            int destinationPort) {
        verbs.redirect6(openOf(row, 6), source0, source1, sourcePort, destination0, destination1, destinationPort);
        checkSource(rows[row]);
    }

    private TestRow openOf(int row, int version) {
        TestRow open = open(row);
        if (open.headers.version != version) {
            throw new IllegalArgumentException("row " + row + " is not IPv" + version);
        }
        return open;
    }

    private void checkSource(TestRow row) {
        if (row.verb == Verb.REDIRECTED) {
            IpHeaders headers = row.headers;
            int port = IpHeaders.u16(memory, row.transport());
            claims.check(
                    memory,
                    row.network + IpHeaders.addresses(headers.version),
                    IpHeaders.addressBytes(headers.version),
                    headers.protocol,
                    port);
        }
    }

    @Override
    public void drop(int row, int reason) {
        if (reason < 0 || reason >= plan.dropReasons().size()) {
            throw new IllegalArgumentException("drop reason " + reason + " of " + plan.dropReasons());
        }
        TestRow open = open(row);
        open.verb = Verb.DROPPED;
        open.dropReason = reason;
    }

    @Override
    public void dropDamaged(int row) {
        open(row).verb = Verb.DAMAGED;
    }

    @Override
    public void consume(int row) {
        open(row).verb = Verb.CONSUMED;
    }

    // Packets of the application's own.

    @Override
    public long allocate() {
        return own.allocate();
    }

    @Override
    public int capacity() {
        return BUFFER_BYTES;
    }

    @Override
    public void send(long packet, int length) {
        if (length < IpHeaders.IPV4_BYTES || length > BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    "a packet of " + length + " bytes is none or does not fit into a buffer");
        }
        own.send(packet, length);
    }

    @Override
    public void release(long packet) {
        own.release(packet);
    }

    // After.

    /** What became of a packet. */
    public Verb verb(int row) {
        return rows[row].verb;
    }

    /**
     * The packet that left in place of a row's packet, taken apart.
     *
     * @throws AssertionError when none left
     */
    public IpPacket answer(int row) {
        return IpPacket.parse(answerBytes(row));
    }

    /** Its bytes, from the IP header on; what was damaged before and reflected is damaged still. */
    public byte[] answerBytes(int row) {
        if (!rows[row].verb.leaves) {
            throw new AssertionError("row " + row + " was not answered; its fate: " + fate(row));
        }
        return rows[row].bytes(memory);
    }

    /** What became of a packet, in words: a drop's reason by name, otherwise the verb. */
    public String fate(int row) {
        return rows[row].verb == Verb.DROPPED
                ? plan.dropReasons().get(rows[row].dropReason)
                : rows[row].verb.toString();
    }

    /** Name of the reason a packet was dropped for, or null when it was not dropped. */
    public @Nullable String dropReason(int row) {
        return rows[row].verb == Verb.DROPPED ? fate(row) : null;
    }

    /** The application's own packets, in the order of their buffers. */
    public List<byte[]> sent() {
        return own.sent(bytes);
    }

    /**
     * Finds what an application would be stopped for, and what would harm others: rows without a fate, buffers kept, bytes
     * written outside of a packet's buffer, own packets that are wrong.
     *
     * @throws AssertionError names what is wrong
     */
    public void verify() {
        for (int i = 0; i < size; i++) {
            if (rows[i].verb == Verb.NONE) {
                throw new AssertionError("row " + i + " of " + size + " has no fate");
            }
        }
        if (own.held() > 0) {
            throw new AssertionError(own.held() + " buffers were neither sent nor released");
        }
        for (int at = 0; at < bytes.length; at += STRIDE) {
            verifyUnused(at, at + HEADROOM);
            verifyUnused(at + HEADROOM + BUFFER_BYTES, at + STRIDE);
        }
        for (byte[] packet : sent()) {
            try {
                IpPacket sent = IpPacket.parse(packet);
                byte[] source = sent.source().getAddress();
                claims.check(MemorySegment.ofArray(source), 0, source.length, sent.protocol(), sent.sourcePort());
            } catch (IllegalArgumentException e) {
                throw new AssertionError("the application sent a wrong packet: " + e.getMessage(), e);
            }
        }
    }

    private void verifyUnused(int from, int to) {
        int wrong = Arrays.mismatch(bytes, from, to, UNTOUCHED, 0, to - from);
        if (wrong >= 0) {
            throw new AssertionError(
                    "the application wrote outside of its packets, at address " + Math.addExact(from, wrong));
        }
    }
}
