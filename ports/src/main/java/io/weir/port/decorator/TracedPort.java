package io.weir.port.decorator;

import io.weir.memory.packet.FrameOwner;
import io.weir.port.ForwardingPort;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.WireImage;
import io.weir.port.pcap.PacketDirection;
import io.weir.port.pcap.PcapngWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records every received and every accepted frame with its direction in a pcapng file, as it goes over the wire: a checksum
 * left to the interface is complete in the file. Only what came in from an interface that cannot tell whether it is
 * ({@link io.weir.port.Offload#CHECKSUM_UNKNOWN}) is recorded as it came. Recording ends when the file has reached its greatest size or cannot be
 * written; the traffic goes on either way. Writes files on the packet path: a tool for finding faults.
 */
public final class TracedPort extends ForwardingPort implements FrameOwner {
    /** Room for a GSO frame of 64 KiB and a batch of full Ethernet frames. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final MemorySegment frames;
    private final WireImage image;
    private final PcapngWriter writer;
    private final long maximumBytes;
    private final LongSupplier timestampNs;
    private final FrameBatch part = new FrameBatch(64);
    /** Size of the file before each frame of the part. */
    private final long[] before = new long[64];

    private boolean recording = true;
    private long unrecorded;
    private @Nullable IOException failure;

    /**
     * Starts recording.
     *
     * @param owners of the processor whose port this is
     * @param maximumBytes greatest size of the file
     * @param timestampNs nanoseconds since 1970
     */
    public TracedPort(Port port, FrameOwners owners, Path file, long maximumBytes, LongSupplier timestampNs)
            throws IOException {
        super(port);
        this.frames = owners.storage().frames();
        image = new WireImage(owners);
        this.maximumBytes = maximumBytes;
        this.timestampNs = timestampNs;
        writer = PcapngWriter.create(file, port.name(), BUFFER_BYTES);
    }

    /** Frames that passed after recording had ended. */
    public long unrecorded() {
        return unrecorded;
    }

    /** Why recording ended early, or null. */
    public @Nullable IOException failure() {
        return failure;
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        int first = batch.size();
        int count = port.receive(batch, limit);
        for (int i = first; i < first + count; i++) {
            record(batch, i, PacketDirection.INBOUND);
        }
        flush();
        return count;
    }

    /**
     * A frame is the port's once accepted, so it is recorded before and taken back if it is refused; the batch goes in
     * parts that fit the buffer.
     */
    @Override
    public int transmit(FrameBatch batch) {
        int size = batch.size();
        int done = 0;
        while (done < size) {
            int end = fill(batch, done);
            int accepted = port.transmit(part);
            if (accepted < part.size()) {
                takeBack(accepted);
                flush();
                return done + accepted;
            }
            flush();
            done = end;
        }
        return size;
    }

    /** Moves frames from {@code from} on into the part and records them; returns the index behind the last. */
    private int fill(FrameBatch batch, int from) {
        part.clear();
        int i = from;
        while (i < batch.size() && !part.isFull() && (part.size() == 0 || writer.hasRoom(batch.length[i]))) {
            before[part.size()] = writer.size();
            record(batch, i, PacketDirection.OUTBOUND);
            part.add(batch.address[i], batch.length[i], batch.offload[i], batch.owner[i], batch.ingress[i]);
            i++;
        }
        return i;
    }

    private void takeBack(int accepted) {
        if (recording) {
            writer.rewind(before[accepted]);
        } else {
            unrecorded -= part.size() - accepted;
        }
    }

    private void record(FrameBatch batch, int i, PacketDirection direction) {
        int length = batch.length[i];
        if (recording && !writer.hasRoom(length)) {
            flush();
        }
        recording =
                recording && writer.hasRoom(length) && writer.size() + PcapngWriter.blockBytes(length) <= maximumBytes;
        if (recording && WireImage.differs(batch, i)) {
            writer.write(timestampNs.getAsLong(), image.bytes(), 0, image.copy(batch, i), direction);
        } else if (recording) {
            writer.write(timestampNs.getAsLong(), frames, batch.address[i], length, direction);
        } else {
            unrecorded++;
        }
    }

    private void flush() {
        try {
            writer.flush();
        } catch (IOException e) {
            failure = e;
            recording = false;
        }
    }

    /** For a port behind it whose receive ring owns frames. */
    @Override
    public void release(long address) {
        if (port instanceof FrameOwner owner) {
            owner.release(address);
        }
    }

    @Override
    public void close() {
        port.close();
        try {
            writer.close();
        } catch (IOException e) {
            failure = e;
        }
    }
}
