package io.weir.port.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads the packets of a capture file of Ethernet frames, one at a time: classic pcap with microseconds or nanoseconds in
 * either byte order, and pcapng. {@link #next} moves to a packet; the other methods describe it until the next call.
 *
 * <p>Memory is bounded whatever the file says: one packet of at most {@link #MAX_PACKET_BYTES} and, for pcapng, {@link
 * PcapngFormat#MAX_INTERFACES} interfaces. Anything malformed is a {@link PcapException} with the byte where it stands.
 */
public final class PcapReader implements AutoCloseable {
    /** Greatest packet read, MAXIMUM_SNAPLEN of tcpdump. */
    public static final int MAX_PACKET_BYTES = 262_144;

    /** LINKTYPE_ETHERNET, the only link type read or written. */
    public static final int LINK_TYPE_ETHERNET = 1;

    private static final int INITIAL_BUFFER_BYTES = 2048;

    private final CaptureInput in;
    private final CaptureFormat format;

    byte[] data = new byte[INITIAL_BUFFER_BYTES];
    long offset;
    long timestampNs;
    int capturedLength;
    int originalLength;
    int interfaceIndex;
    PacketDirection direction = PacketDirection.UNKNOWN;

    private PcapReader(CaptureInput in) throws IOException {
        this.in = in;
        format = CaptureFormat.detect(in);
    }

    public static PcapReader open(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        try {
            return read(stream, file.toString());
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /** Reads from a stream that the reader then owns; {@code name} stands in messages. */
    public static PcapReader read(InputStream stream, String name) throws IOException {
        return new PcapReader(new CaptureInput(new BufferedInputStream(stream, 1 << 16), name));
    }

    /** Moves to the next packet; false at the end of the file. */
    public boolean next() throws IOException {
        return format.next(in, this);
    }

    /** Nanoseconds since 1970, or 0 where the file has no time (simple packet block). */
    public long timestampNs() {
        return timestampNs;
    }

    /** Bytes in the file. */
    public int capturedLength() {
        return capturedLength;
    }

    /** Bytes on the wire. */
    public int originalLength() {
        return originalLength;
    }

    /** The capture has only the start of the packet. */
    public boolean isTruncated() {
        return capturedLength < originalLength;
    }

    /** Which interface of the current pcapng section; 0 in classic pcap. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** As pcapng's packet flags say. */
    public PacketDirection direction() {
        return direction;
    }

    /** Offset in the file of the packet's record or block. */
    public long offset() {
        return offset;
    }

    /** A copy of the captured bytes. */
    public byte[] bytes() {
        return Arrays.copyOf(data, capturedLength);
    }

    /** Copies the captured bytes. */
    public void copyTo(MemorySegment target, long address) {
        MemorySegment.copy(data, 0, target, ValueLayout.JAVA_BYTE, address, capturedLength);
    }

    /** Reads the packet's bytes from the file after checking that they are within bounds. */
    void readData(int captured, long at) throws IOException {
        if (captured < 0 || captured > MAX_PACKET_BYTES) {
            throw in.malformed(
                    at, "captured length " + Integer.toUnsignedString(captured) + " is more than " + MAX_PACKET_BYTES);
        }
        if (captured > data.length) {
            data = new byte[Math.min(MAX_PACKET_BYTES, Math.max(captured, 2 * data.length))];
        }
        in.readFully(data, captured);
        capturedLength = captured;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
