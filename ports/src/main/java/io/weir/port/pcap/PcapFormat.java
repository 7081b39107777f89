package io.weir.port.pcap;

import java.io.IOException;

/**
 * Classic libpcap (draft-ietf-opsawg-pcap): a file header, then records.
 *
 * <pre>
 * file:   u32 magic | u16 major | u16 minor | 8 reserved | u32 snap length | u32 flags and link type
 * record: u32 seconds | u32 fraction | u32 captured length | u32 original length | bytes
 * </pre>
 */
final class PcapFormat implements CaptureFormat {
    static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    static final int SWAPPED_MICROSECONDS = 0xd4c3b2a1;
    static final int SWAPPED_NANOSECONDS = 0x4d3cb2a1;

    static final int FILE_HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;
    private static final int LINK_TYPE_OFFSET = 20;

    private final byte[] header = new byte[FILE_HEADER_BYTES];
    private final int fractionNs;

    private PcapFormat(int fractionNs) {
        this.fractionNs = fractionNs;
    }

    static PcapFormat read(CaptureInput in, int magic) throws IOException {
        PcapFormat format = new PcapFormat(magic == MAGIC_NANOSECONDS ? 1 : 1000);
        in.readFully(format.header, FILE_HEADER_BYTES - 4);
        int major = in.int16(format.header, 0);
        if (major != 2) {
            throw in.malformed(4, "version " + major + " is not 2");
        }
        // The upper half of the word has flags and the length of the frame check sequence.
        int word = in.int32(format.header, LINK_TYPE_OFFSET - 4);
        CaptureFormat.requireEthernet(in, LINK_TYPE_OFFSET, word & 0xffff);
        return format;
    }

    @Override
    public boolean next(CaptureInput in, PcapReader reader) throws IOException {
        long at = in.offset();
        int count = in.readUpTo(header, RECORD_HEADER_BYTES);
        if (count == 0) {
            return false;
        }
        if (count < RECORD_HEADER_BYTES) {
            throw in.malformed(at, "file ends after " + count + " of the 16 bytes of a record header");
        }
        reader.offset = at;
        reader.timestampNs = Integer.toUnsignedLong(in.int32(header, 0)) * 1_000_000_000L
                + Integer.toUnsignedLong(in.int32(header, 4)) * fractionNs;
        int captured = in.int32(header, 8);
        int original = in.int32(header, 12);
        if (Integer.compareUnsigned(original, captured) < 0) {
            throw in.malformed(
                    at,
                    "original length " + Integer.toUnsignedString(original) + " is less than captured length "
                            + Integer.toUnsignedString(captured));
        }
        reader.originalLength = original < 0 ? Integer.MAX_VALUE : original;
        reader.readData(captured, at);
        return true;
    }
}
