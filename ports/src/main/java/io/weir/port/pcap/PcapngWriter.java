package io.weir.port.pcap;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the frames of one Ethernet interface to a pcapng file with nanoseconds and the direction of each frame,
 * which classic pcap cannot tell. Frames are collected in a buffer until {@link #flush}, so that the last ones may be
 * taken back ({@link #rewind}).
 */
public final class PcapngWriter implements AutoCloseable {
    private static final int OPTION_INTERFACE_NAME = 2;
    private static final int ENHANCED_PACKET_FIXED_BYTES = 32;
    /** Flags option, end of options, and the length again. */
    private static final int ENHANCED_PACKET_TAIL_BYTES = 16;

    private final OutputStream out;
    private final ByteBuffer buffer;
    private long flushedBytes;

    private PcapngWriter(OutputStream out, String interfaceName, int bufferBytes) throws IOException {
        this.out = out;
        buffer = ByteBuffer.allocate(bufferBytes).order(ByteOrder.LITTLE_ENDIAN);
        writeSectionHeader();
        writeInterface(interfaceName.getBytes(StandardCharsets.UTF_8));
        flush();
    }

    /** Creates the file or replaces it; {@code bufferBytes} must hold at least one frame ({@link #blockBytes}). */
    public static PcapngWriter create(Path file, String interfaceName, int bufferBytes) throws IOException {
        return new PcapngWriter(Files.newOutputStream(file), interfaceName, bufferBytes);
    }

    /** Bytes in the file of a frame of the given length. */
    public static int blockBytes(int length) {
        return ENHANCED_PACKET_FIXED_BYTES - 4 + ((length + 3) & ~3) + ENHANCED_PACKET_TAIL_BYTES;
    }

    private void writeSectionHeader() {
        buffer.putInt(PcapngFormat.SECTION_HEADER)
                .putInt(28)
                .putInt(PcapngFormat.BYTE_ORDER_MAGIC)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1)
                .putInt(28);
    }

    private void writeInterface(byte[] name) {
        int padded = (name.length + 3) & ~3;
        int total = 20 + 4 + padded + 8 + 4;
        buffer.putInt(PcapngFormat.INTERFACE_DESCRIPTION)
                .putInt(total)
                .putShort((short) PcapReader.LINK_TYPE_ETHERNET)
                .putShort((short) 0)
                .putInt(PcapReader.MAX_PACKET_BYTES)
                .putShort((short) OPTION_INTERFACE_NAME)
                .putShort((short) name.length)
                .put(name)
                .put(new byte[padded - name.length])
                .putShort((short) PcapngFormat.OPTION_TIME_RESOLUTION)
                .putShort((short) 1)
                .putInt(9)
                .putInt(PcapngFormat.OPTION_END)
                .putInt(total);
    }

    /** True when a frame of the given length can be appended without a {@link #flush} before. */
    public boolean hasRoom(int length) {
        return blockBytes(length) <= buffer.remaining();
    }

    /** Bytes written and collected so far. */
    public long size() {
        return flushedBytes + buffer.position();
    }

    /** Takes back everything after {@code size}, which must not have been flushed. */
    public void rewind(long size) {
        buffer.position((int) (size - flushedBytes));
    }

    /** Appends a frame; {@link #hasRoom} must hold. */
    public void write(long timestampNs, MemorySegment frames, long address, int length, PacketDirection direction) {
        int padded = (length + 3) & ~3;
        int total = blockBytes(length);
        buffer.putInt(PcapngFormat.ENHANCED_PACKET)
                .putInt(total)
                .putInt(0)
                .putInt((int) (timestampNs >>> 32))
                .putInt((int) timestampNs)
                .putInt(length)
                .putInt(length);
        MemorySegment.copy(frames, ValueLayout.JAVA_BYTE, address, buffer.array(), buffer.position(), length);
        buffer.position(buffer.position() + length);
        for (int i = length; i < padded; i++) {
            buffer.put((byte) 0);
        }
        buffer.putShort((short) PcapngFormat.OPTION_PACKET_FLAGS)
                .putShort((short) 4)
                .putInt(direction.bits())
                .putInt(PcapngFormat.OPTION_END)
                .putInt(total);
    }

    /** Writes what is collected to the file. */
    public void flush() throws IOException {
        out.write(buffer.array(), 0, buffer.position());
        flushedBytes += buffer.position();
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            flush();
        }
    }
}
