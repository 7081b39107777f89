package io.weir.port.pcap;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes Ethernet frames to a classic pcap file with nanoseconds, little-endian. */
public final class PcapWriter implements AutoCloseable {
    private final OutputStream out;
    private byte[] record = new byte[2048];
    private ByteBuffer fields = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);

    private PcapWriter(OutputStream out) throws IOException {
        this.out = out;
        fields.putInt(PcapFormat.MAGIC_NANOSECONDS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(PcapReader.MAX_PACKET_BYTES)
                .putInt(PcapReader.LINK_TYPE_ETHERNET);
        out.write(record, 0, PcapFormat.FILE_HEADER_BYTES);
    }

    /** Creates the file or replaces it. */
    public static PcapWriter create(Path file) throws IOException {
        return write(Files.newOutputStream(file));
    }

    /** Writes to a stream that the writer then owns. */
    public static PcapWriter write(OutputStream stream) throws IOException {
        return new PcapWriter(new BufferedOutputStream(stream, 1 << 16));
    }

    /** Appends a whole frame. */
    public void write(long timestampNs, byte[] frame) throws IOException {
        write(timestampNs, MemorySegment.ofArray(frame), 0, frame.length, frame.length);
    }

    /**
     * Appends a frame.
     *
     * @param timestampNs nanoseconds since 1970, up to the year 2106
     * @param length bytes to write, at most {@link PcapReader#MAX_PACKET_BYTES}
     * @param originalLength bytes on the wire, not less than {@code length}
     */
    public void write(long timestampNs, MemorySegment frames, long address, int length, int originalLength)
            throws IOException {
        if (length < 0 || length > PcapReader.MAX_PACKET_BYTES || originalLength < length) {
            throw new IllegalArgumentException("frame of " + length + " bytes, originally " + originalLength
                    + ", is not within 0.." + PcapReader.MAX_PACKET_BYTES);
        }
        int total = PcapFormat.RECORD_HEADER_BYTES + length;
        if (total > record.length) {
            record = new byte[total];
            fields = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        }
        fields.clear()
                .putInt((int) (timestampNs / 1_000_000_000L))
                .putInt((int) (timestampNs % 1_000_000_000L))
                .putInt(length)
                .putInt(originalLength);
        MemorySegment.copy(frames, ValueLayout.JAVA_BYTE, address, record, PcapFormat.RECORD_HEADER_BYTES, length);
        out.write(record, 0, total);
    }

    /** Writes what is buffered to the file. */
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
