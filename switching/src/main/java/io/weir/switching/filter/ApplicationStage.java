package io.weir.switching.filter;

import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationCount;
import io.weir.memory.counters.DropReason;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.lang.foreign.MemorySegment;

/**
 * The network applications on this processor (Fig. 10): collects the packets of a batch that are theirs, calls each once at
 * the end of the batch, and carries out what they decide. An application that leaves a packet without a fate or keeps a
 * buffer is stopped; what it left gets its fallback.
 *
 * <p>Only packets with plain headers reach an application: IPv4 without options, IPv6 without extension headers.
 */
final class ApplicationStage implements Packets {
    private final MemorySegment frames;
    private final FrameChain chain;
    private final ResetResponder resets;
    private final ApplicationReplies replies;
    private final OwnPackets own;
    private final ApplicationSlot[] slots;
    /** Id of the first application; greater than any interface's when there is none. */
    private final int first;

    private final int[][] rows;
    private final int[] counts;
    /** Bit k: application k has packets in this batch. */
    private int pending;
    /** Bit i: row i of the batch was handed to an application. */
    private long handed;

    // The call in progress.
    private PacketBatch batch = new PacketBatch();
    private int[] current = new int[0];
    private int size;
    private int nowMs;
    private ApplicationBlock block = ApplicationBlock.standalone();

    ApplicationStage(
            ProcessorContext context,
            Egress egress,
            Forwarder forwarder,
            Paths paths,
            NeighbourResolver resolver,
            ResetResponder resets) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.resets = resets;
        this.replies = new ApplicationReplies(context, egress, forwarder, paths, resolver);
        this.own = new OwnPackets(context, replies);
        this.slots = context.applications.toArray(new ApplicationSlot[0]);
        this.first = slots.length == 0 ? Integer.MAX_VALUE : slots[0].interfaceId();
        this.rows = new int[slots.length][PacketBatch.CAPACITY];
        this.counts = new int[slots.length];
    }

    /** True for the id of an application rather than an interface. */
    boolean has(int interfaceId) {
        return interfaceId >= first;
    }

    boolean isIdle() {
        return pending == 0;
    }

    /** Takes row {@code i} for an application; returns its fate, or {@link Verdict#HANDED}. */
    int take(PacketBatch packets, int i, int application, int now) {
        int k = application - first;
        if (k < 0 || k >= slots.length) {
            return Verdict.drop(DropReason.APPLICATION_STOPPED);
        }
        ApplicationSlot slot = slots[k];
        if (slot.isStopped()) {
            return fallBack(slot, packets, i, now);
        }
        int header = packets.kind[i] == PacketBatch.KIND_IPV4 ? 20 : 40;
        if (packets.transportOffset[i] - packets.networkOffset[i] != header) {
            return Verdict.drop(DropReason.PROTOCOL_UNSUPPORTED);
        }
        rows[k][counts[k]++] = i;
        pending |= 1 << k;
        handed |= 1L << i;
        return Verdict.HANDED;
    }

    /** Calls every application with packets; returns the rows that were theirs, whose verdicts are now decided. */
    long run(PacketBatch packets, int now) {
        batch = packets;
        for (int left = pending; left != 0; left &= left - 1) {
            int k = Integer.numberOfTrailingZeros(left);
            call(slots[k], rows[k], counts[k], now, false);
            counts[k] = 0;
        }
        return done();
    }

    private long done() {
        long rowsOfAll = handed;
        pending = 0;
        handed = 0;
        return rowsOfAll;
    }

    /** Forgets a batch that failed; returns the rows that were handed over. */
    long abandon() {
        for (int k = 0; k < counts.length; k++) {
            counts[k] = 0;
        }
        size = 0;
        return done();
    }

    /** Calls the timers that are due. */
    int maintain(int now) {
        int work = 0;
        for (ApplicationSlot slot : slots) {
            if (slot.isTimerDue(now)) {
                call(slot, current, 0, now, true);
                work++;
            }
        }
        return work;
    }

    private void call(ApplicationSlot slot, int[] of, int count, int now, boolean isTimer) {
        current = of;
        size = count;
        nowMs = now;
        block = slot.block();
        own.begin(block, now);
        if (isTimer) {
            slot.timer(this, now);
        } else {
            slot.receive(this, now);
        }
        int kept = own.end();
        if (kept > 0) {
            slot.stop("kept " + kept + (kept == 1 ? " buffer" : " buffers")
                    + " when it returned: each must be sent or released");
        }
        int leftOver = 0;
        for (int row = 0; row < count; row++) {
            leftOver += batch.verdict[of[row]] == Verdict.HANDED ? 1 : 0;
        }
        if (leftOver > 0) {
            slot.stop("left " + leftOver + " of " + count + " packets without a fate: each needs one verb");
            for (int row = 0; row < count; row++) {
                int i = of[row];
                if (batch.verdict[i] == Verdict.HANDED) {
                    batch.verdict[i] = fallBack(slot, batch, i, now);
                }
            }
        }
        size = 0;
    }

    private int fallBack(ApplicationSlot slot, PacketBatch packets, int i, int now) {
        slot.block().add(ApplicationCount.FALLEN_BACK, 1);
        if (slot.fallback() == Fallback.RESET && packets.protocol[i] == Protocol.TCP) {
            return resets.answer(packets, i, DropReason.APPLICATION_STOPPED, now);
        }
        return Verdict.drop(DropReason.APPLICATION_STOPPED);
    }

    void close() {
        for (ApplicationSlot slot : slots) {
            slot.close();
        }
    }

    /** The row of the batch, which must not have a fate. */
    private int open(int row) {
        int i = at(row);
        if (batch.verdict[i] != Verdict.HANDED) {
            throw new IllegalStateException("packet " + row + " has a fate already");
        }
        return i;
    }

    private int at(int row) {
        if (row < 0 || row >= size) {
            throw new IndexOutOfBoundsException("packet " + row + " of " + size);
        }
        return current[row];
    }

    // What a packet is.

    @Override
    public int size() {
        return size;
    }

    @Override
    public MemorySegment memory() {
        return frames;
    }

    @Override
    public int nowMs() {
        return nowMs;
    }

    @Override
    public int nowMicros() {
        return batch.nowMicros;
    }

    @Override
    public int version(int row) {
        return batch.kind[at(row)] == PacketBatch.KIND_IPV4 ? 4 : 6;
    }

    @Override
    public int protocol(int row) {
        return batch.protocol[at(row)];
    }

    @Override
    public long network(int row) {
        int i = at(row);
        return batch.frames.address[i] + batch.networkOffset[i];
    }

    @Override
    public long transport(int row) {
        int i = at(row);
        return batch.frames.address[i] + batch.transportOffset[i];
    }

    @Override
    public long payload(int row) {
        int i = at(row);
        return batch.frames.address[i] + payloadOffset(i);
    }

    private int payloadOffset(int i) {
        int transport = batch.transportOffset[i];
        return batch.protocol[i] == Protocol.TCP
                ? transport + ((Raw.u8(frames, batch.frames.address[i] + transport + 12) & 0xf0) >>> 2)
                : transport + Protocol.UDP_HEADER_BYTES;
    }

    @Override
    public int payloadLength(int row) {
        int i = at(row);
        if (batch.protocol[i] == Protocol.UDP) {
            return Raw.number16(frames, batch.frames.address[i] + batch.transportOffset[i] + 4)
                    - Protocol.UDP_HEADER_BYTES;
        }
        return batch.packetEnd[i] - payloadOffset(i);
    }

    @Override
    public int contiguous(int row) {
        int i = at(row);
        int length = payloadLength(row);
        FrameBatch columns = batch.frames;
        return columns.owner[i] == FrameBatch.CHAIN
                ? Math.clamp(chain.length(columns.address[i]) - payloadOffset(i), 0, length)
                : length;
    }

    @Override
    public int room(int row) {
        return replies.room(batch, at(row), contiguous(row));
    }

    @Override
    public int sourcePort(int row) {
        return Short.toUnsignedInt(Short.reverseBytes((short) batch.key[at(row)]));
    }

    @Override
    public int destinationPort(int row) {
        return Short.toUnsignedInt(Short.reverseBytes((short) (batch.key[at(row)] >>> 16)));
    }

    @Override
    public int ingress(int row) {
        return batch.frames.ingress[at(row)];
    }

    @Override
    public boolean isIntact(int row) {
        return TransportChecksum.isCorrect(frames, chain, batch, at(row));
    }

    // What becomes of it.

    @Override
    public void reflect(int row) {
        int i = open(row);
        batch.verdict[i] = replies.reflect(batch, i);
        block.add(ApplicationCount.ANSWERED, 1);
    }

    @Override
    public void answerUdp(int row, int payloadLength) {
        int i = open(row);
        checkPayload(row, Protocol.UDP, payloadLength);
        batch.verdict[i] = replies.answerUdp(batch, i, payloadLength);
        block.add(ApplicationCount.ANSWERED, 1);
    }

    @Override
    public void answerTcp(int row, int sequence, int acknowledgment, int flags, int window, int payloadLength) {
        int i = open(row);
        checkPayload(row, Protocol.TCP, payloadLength);
        batch.verdict[i] = replies.answerTcp(batch, i, sequence, acknowledgment, flags, window, payloadLength);
        block.add(ApplicationCount.ANSWERED, 1);
    }

    private void checkPayload(int row, int protocol, int length) {
        if (protocol(row) != protocol) {
            throw new IllegalArgumentException("packet " + row + " has another transport protocol");
        }
        if (length < 0 || length > room(row)) {
            throw new IllegalArgumentException("payload of " + length + " bytes, there is room for " + room(row));
        }
    }

    @Override
    public void redirect4(int row, int source, int sourcePort, int destination, int destinationPort) {
        int i = open(row);
        if (batch.kind[i] != PacketBatch.KIND_IPV4) {
            throw new IllegalArgumentException("packet " + row + " is not IPv4");
        }
        batch.verdict[i] = replies.redirect4(
                batch,
                i,
                Integer.reverseBytes(source),
                rawPort(sourcePort),
                Integer.reverseBytes(destination),
                rawPort(destinationPort),
                nowMs);
        block.add(ApplicationCount.REDIRECTED, 1);
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
        int i = open(row);
        if (batch.kind[i] != PacketBatch.KIND_IPV6) {
            throw new IllegalArgumentException("packet " + row + " is not IPv6");
        }
        batch.verdict[i] = replies.redirect6(
                batch,
                i,
                Long.reverseBytes(source0),
                Long.reverseBytes(source1),
                rawPort(sourcePort),
                Long.reverseBytes(destination0),
                Long.reverseBytes(destination1),
                rawPort(destinationPort),
                nowMs);
        block.add(ApplicationCount.REDIRECTED, 1);
    }

    private static int rawPort(int port) {
        return Short.toUnsignedInt(Short.reverseBytes((short) port));
    }

    @Override
    public void drop(int row, int reason) {
        int i = open(row);
        block.addDrop(reason);
        batch.verdict[i] = Verdict.drop(DropReason.APPLICATION_DROPPED);
    }

    @Override
    public void dropDamaged(int row) {
        int i = open(row);
        block.add(ApplicationCount.DROPPED, 1);
        batch.verdict[i] = Verdict.drop(DropReason.TRANSPORT_CHECKSUM_WRONG);
    }

    @Override
    public void consume(int row) {
        int i = open(row);
        block.add(ApplicationCount.CONSUMED, 1);
        batch.verdict[i] = Verdict.drop(DropReason.APPLICATION_CONSUMED);
    }

    // Packets of the application's own.

    @Override
    public long allocate() {
        return own.allocate();
    }

    @Override
    public int capacity() {
        return own.capacity();
    }

    @Override
    public void send(long packet, int length) {
        own.send(packet, length);
    }

    @Override
    public void release(long packet) {
        own.release(packet);
    }
}
