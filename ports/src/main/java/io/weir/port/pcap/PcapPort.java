package io.weir.port.pcap;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Offload;
import io.weir.port.Port;
import io.weir.port.PortCapabilities;
import io.weir.port.WireImage;
import java.io.IOException;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An interface whose network is two files: receiving reads a capture, transmitting writes one. For replays and tests, not
 * for speed. A file that cannot be read or written takes the port down ({@link #failure}); nothing is thrown.
 *
 * <p>A packet of which the capture has only the start is counted FRAME_TRUNCATED and passed over, one that fits no
 * buffer FRAME_TOO_LONG.
 */
public final class PcapPort implements Port {
    private final int id;
    private final String name;
    private final PortCapabilities capabilities;
    private final FrameOwners owners;
    private final BufferPool storage;
    private final ProcessorCounters counters;
    private final @Nullable PcapReader reader;
    private final @Nullable PcapWriter writer;
    private final LongSupplier timestampNs;
    private final WireImage image;

    private boolean readAhead;
    private boolean atEnd;
    private long receivedTimestampNs;
    private @Nullable IOException failure;

    /**
     * Takes the files over; either may be absent.
     *
     * @param timestampNs time stamp of transmitted frames, nanoseconds since 1970
     */
    public PcapPort(
            int id,
            String name,
            long linkAddress,
            int mtu,
            FrameOwners owners,
            ProcessorCounters counters,
            @Nullable PcapReader reader,
            @Nullable PcapWriter writer,
            LongSupplier timestampNs) {
        this.id = id;
        this.name = name;
        capabilities = new PortCapabilities("pcap", linkAddress, mtu, true, false, false);
        this.owners = owners;
        storage = owners.storage();
        this.counters = counters;
        this.reader = reader;
        this.writer = writer;
        this.timestampNs = timestampNs;
        image = new WireImage(owners);
        atEnd = reader == null;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /** Time stamp of the frame received last, nanoseconds since 1970. */
    public long receivedTimestampNs() {
        return receivedTimestampNs;
    }

    /** True when everything the capture has was received. */
    public boolean atEnd() {
        return atEnd;
    }

    /** What went wrong with a file, or null: a malformed capture, a full disk. */
    public @Nullable IOException failure() {
        return failure;
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int count = 0;
        try {
            while (count < limit && !batch.isFull() && hasNext()) {
                if (isUnfit()) {
                    readAhead = false;
                    continue;
                }
                long address = storage.acquire();
                if (address == BufferPool.ABSENT) {
                    break;
                }
                deliver(batch, address);
                count++;
            }
        } catch (IOException e) {
            failure = e;
            atEnd = true;
        }
        return count;
    }

    private boolean hasNext() throws IOException {
        if (!readAhead && !atEnd && reader != null) {
            readAhead = reader.next();
            atEnd = !readAhead;
        }
        return readAhead;
    }

    private boolean isUnfit() {
        PcapReader packet = Objects.requireNonNull(reader);
        if (!packet.isTruncated() && packet.capturedLength() <= storage.frameCapacity()) {
            return false;
        }
        counters.add(Counter.PACKETS_RECEIVED, 1);
        counters.add(InterfaceCounter.RECEIVED_PACKETS, id, 1);
        counters.drop(packet.isTruncated() ? DropReason.FRAME_TRUNCATED : DropReason.FRAME_TOO_LONG, id);
        return true;
    }

    private void deliver(FrameBatch batch, long address) {
        PcapReader packet = Objects.requireNonNull(reader);
        packet.copyTo(storage.frames(), address);
        batch.add(address, packet.capturedLength(), Offload.NONE, FrameBatch.STORAGE, id);
        receivedTimestampNs = packet.timestampNs();
        readAhead = false;
    }

    /** Writes every frame at once, so frames of any owner are taken without a copy; without a file they are discarded. */
    @Override
    public int transmit(FrameBatch batch) {
        int size = batch.size();
        int i = 0;
        try {
            for (; i < size; i++) {
                if (writer != null) {
                    int length = image.copy(batch, i);
                    writer.write(timestampNs.getAsLong(), image.bytes(), 0, length, batch.length[i]);
                }
                owners.release(batch.address[i], batch.owner[i]);
            }
        } catch (IOException e) {
            failure = e;
        }
        return i;
    }

    @Override
    public void maintain(long nowMs) {}

    @Override
    public boolean isUp() {
        return failure == null;
    }

    @Override
    public boolean hasBacklog() {
        return !atEnd;
    }

    @Override
    public void close() {
        try {
            if (reader != null) {
                reader.close();
            }
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            failure = e;
        }
    }
}
