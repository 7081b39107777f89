package io.weir.applications.rtp;

import io.weir.application.Packets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A batch of UDP packets that is filled again and again, for tests with millions of them; it keeps only where they went. One
 * batch is one moment.
 */
final class ManyPackets implements Packets {
    static final int MOST = 64;
    private static final int STRIDE = 2_048;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory = Arena.ofAuto().allocate((long) MOST * STRIDE, 64);
    private final int[] version = new int[MOST];
    private final int[] length = new int[MOST];
    private final int[] sourcePort = new int[MOST];
    private final int[] destinationPort = new int[MOST];
    /** Of each row: the port it was sent to, or -1 less the drop reason. */
    final int[] fate = new int[MOST];
    /** Of each row: the lower half of the address it was sent to. */
    final long[] sentTo = new long[MOST];

    private int size;
    private long micros;

    void clear(long nowMicros) {
        size = 0;
        micros = nowMicros;
    }

    /** Adds RTP with 160 bytes of payload. */
    void add4(int source, int fromPort, int destination, int toPort, int sequence, int timestamp, int ssrc) {
        memory.set(U32, at() + 12, source);
        memory.set(U32, at() + 16, destination);
        add(4, fromPort, toPort, sequence, timestamp, ssrc);
    }

    /** Likewise; source and destination are the lower halves of 2001:db8::/64. */
    void add6(long source, int fromPort, long destination, int toPort, int sequence, int timestamp, int ssrc) {
        memory.set(U64, at() + 8, 0x20010db8_00000000L);
        memory.set(U64, at() + 16, source);
        memory.set(U64, at() + 24, 0x20010db8_00000000L);
        memory.set(U64, at() + 32, destination);
        add(6, fromPort, toPort, sequence, timestamp, ssrc);
    }

    private long at() {
        return (long) size * STRIDE;
    }

    private void add(int ip, int fromPort, int toPort, int sequence, int timestamp, int ssrc) {
        version[size] = ip;
        length[size] = 12 + 160;
        sourcePort[size] = fromPort;
        destinationPort[size] = toPort;
        int row = size++;
        long rtp = payload(row);
        memory.set(U16, rtp, (short) 0x8000);
        memory.set(U16, rtp + 2, (short) sequence);
        memory.set(U32, rtp + 4, timestamp);
        memory.set(U32, rtp + 8, ssrc);
        fate[row] = Integer.MIN_VALUE;
    }

    private void end(int row, int end) {
        if (fate[row] != Integer.MIN_VALUE) {
            throw new IllegalStateException("row " + row + " has had its verb");
        }
        fate[row] = end;
    }

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
        return (int) (micros / 1_000);
    }

    @Override
    public int nowMicros() {
        return (int) micros;
    }

    @Override
    public int version(int row) {
        return version[row];
    }

    @Override
    public int protocol(int row) {
        return 17;
    }

    @Override
    public long network(int row) {
        return (long) row * STRIDE;
    }

    @Override
    public long transport(int row) {
        return network(row) + (version[row] == 4 ? 20 : 40);
    }

    @Override
    public long payload(int row) {
        return transport(row) + 8;
    }

    @Override
    public int payloadLength(int row) {
        return length[row];
    }

    @Override
    public int contiguous(int row) {
        return length[row];
    }

    @Override
    public int room(int row) {
        return length[row];
    }

    @Override
    public int sourcePort(int row) {
        return sourcePort[row];
    }

    @Override
    public int destinationPort(int row) {
        return destinationPort[row];
    }

    @Override
    public int ingress(int row) {
        return 1;
    }

    @Override
    public boolean isIntact(int row) {
        return true;
    }

    @Override
    public void reflect(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void answerUdp(int row, int payloadLength) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void answerTcp(int row, int sequence, int acknowledgment, int flags, int window, int payloadLength) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void redirect4(int row, int source, int fromPort, int destination, int toPort) {
        end(row, toPort);
        sentTo[row] = Integer.toUnsignedLong(destination);
    }

    @Override
    public void redirect6(
            int row, long source0, long source1, int fromPort, long destination0, long destination1, int toPort) {
        end(row, toPort);
        sentTo[row] = destination1;
    }

    @Override
    public void drop(int row, int reason) {
        end(row, -1 - reason);
    }

    @Override
    public void dropDamaged(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void consume(int row) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long allocate() {
        return 0;
    }

    @Override
    public int capacity() {
        return 0;
    }

    @Override
    public void send(long packet, int packetLength) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(long packet) {
        throw new UnsupportedOperationException();
    }
}
