package io.weir.port.pcap;

import java.io.IOException;
import java.util.Arrays;

/**
 * pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each {@code u32 type | u32 total length | body | u32 total
 * length}. Read are section headers, interface descriptions and the three packet blocks; others are skipped.
 */
final class PcapngFormat implements CaptureFormat {
    static final int SECTION_HEADER = 0x0a0d0d0a;
    static final int INTERFACE_DESCRIPTION = 1;
    /** Obsolete, but old files have nothing else. */
    static final int PACKET = 2;

    static final int SIMPLE_PACKET = 3;
    static final int ENHANCED_PACKET = 6;
    static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;

    static final int OPTION_END = 0;
    static final int OPTION_PACKET_FLAGS = 2;
    static final int OPTION_TIME_RESOLUTION = 9;
    static final int OPTION_TIME_OFFSET = 14;

    /** Interfaces of one section; a bound on memory, far above real captures. */
    static final int MAX_INTERFACES = 4096;
    /** Greatest block, MAX_BLOCK_SIZE of Wireshark's reader. */
    static final int MAX_BLOCK_BYTES = 16 << 20;

    private static final int BLOCK_OVERHEAD = 12;
    private static final int MAX_DESCRIPTION_BYTES = 64 << 10;
    private static final int MAX_PACKET_OPTION_BYTES = 64 << 10;

    private final byte[] fixed = new byte[28];

    // Per interface of the current section.
    private int interfaces;
    private int[] linkType = new int[4];
    private long[] snapLength = new long[4];
    private int[] timeResolution = new int[4];
    private long[] timeOffsetSeconds = new long[4];

    private PcapngFormat() {}

    static PcapngFormat read(CaptureInput in) throws IOException {
        PcapngFormat format = new PcapngFormat();
        format.sectionHeader(in, 0);
        return format;
    }

    /** After the block type, which reads the same in both byte orders. */
    private void sectionHeader(CaptureInput in, long at) throws IOException {
        in.readFully(fixed, 8);
        in.setBigEndian(true);
        int magic = in.int32(fixed, 4);
        if (magic != BYTE_ORDER_MAGIC) {
            if (Integer.reverseBytes(magic) != BYTE_ORDER_MAGIC) {
                throw in.malformed(at + 8, String.format("byte-order magic 0x%08x is not 0x1a2b3c4d", magic));
            }
            in.setBigEndian(false);
        }
        int total = blockLength(in, at, in.int32(fixed, 0), BLOCK_OVERHEAD + 16);
        in.readFully(fixed, 4);
        int major = in.int16(fixed, 0);
        if (major != 1) {
            throw in.malformed(at + 12, "version " + major + " is not 1");
        }
        in.skip(total - 20);
        trailer(in, at, total);
        interfaces = 0;
    }

    @Override
    public boolean next(CaptureInput in, PcapReader reader) throws IOException {
        while (true) {
            long at = in.offset();
            int count = in.readUpTo(fixed, 4);
            if (count == 0) {
                return false;
            }
            if (count < 4) {
                throw in.malformed(at, "file ends within a block type");
            }
            int type = in.int32(fixed, 0);
            if (type == SECTION_HEADER) {
                sectionHeader(in, at);
                continue;
            }
            int total = blockLength(in, at, in.int32(), BLOCK_OVERHEAD);
            int body = total - BLOCK_OVERHEAD;
            boolean isPacket = false;
            switch (type) {
                case INTERFACE_DESCRIPTION -> interfaceDescription(in, at, body);
                case ENHANCED_PACKET, PACKET -> {
                    packet(in, reader, at, body, type);
                    isPacket = true;
                }
                case SIMPLE_PACKET -> {
                    simplePacket(in, reader, at, body);
                    isPacket = true;
                }
                default -> in.skip(body);
            }
            trailer(in, at, total);
            if (isPacket) {
                return true;
            }
        }
    }

    private static int blockLength(CaptureInput in, long at, int total, int least) throws PcapException {
        if (total < least || total > MAX_BLOCK_BYTES || total % 4 != 0) {
            throw in.malformed(
                    at,
                    "block length " + Integer.toUnsignedString(total) + " is not a multiple of 4 within " + least + ".."
                            + MAX_BLOCK_BYTES);
        }
        return total;
    }

    private static void trailer(CaptureInput in, long at, int total) throws IOException {
        int again = in.int32();
        if (again != total) {
            throw in.malformed(
                    in.offset() - 4,
                    "block at " + at + " ends with length " + Integer.toUnsignedString(again) + ", began with "
                            + total);
        }
    }

    private void interfaceDescription(CaptureInput in, long at, int body) throws IOException {
        if (body < 8 || body > MAX_DESCRIPTION_BYTES) {
            throw in.malformed(
                    at, "interface description of " + body + " bytes is not within 8.." + MAX_DESCRIPTION_BYTES);
        }
        if (interfaces == MAX_INTERFACES) {
            throw in.malformed(at, "more than " + MAX_INTERFACES + " interfaces");
        }
        if (interfaces == linkType.length) {
            int capacity = 2 * interfaces;
            linkType = Arrays.copyOf(linkType, capacity);
            snapLength = Arrays.copyOf(snapLength, capacity);
            timeResolution = Arrays.copyOf(timeResolution, capacity);
            timeOffsetSeconds = Arrays.copyOf(timeOffsetSeconds, capacity);
        }
        byte[] description = new byte[body];
        in.readFully(description, body);
        int i = interfaces++;
        linkType[i] = in.int16(description, 0);
        int snap = in.int32(description, 4);
        snapLength[i] = snap == 0 ? Long.MAX_VALUE : Integer.toUnsignedLong(snap);
        timeResolution[i] = 6;
        timeOffsetSeconds[i] = 0;
        int option = 8;
        while (body - option >= 4) {
            int code = in.int16(description, option);
            int length = in.int16(description, option + 2);
            int value = option + 4;
            if (code == OPTION_END) {
                break;
            }
            if (length > body - value) {
                throw in.malformed(
                        at + 8 + option, "option " + code + " of " + length + " bytes is longer than its block");
            }
            if (code == OPTION_TIME_RESOLUTION && length >= 1) {
                timeResolution[i] = description[value] & 0xff;
            } else if (code == OPTION_TIME_OFFSET && length >= 8) {
                timeOffsetSeconds[i] = in.int64(description, value);
            }
            option = value + padded(length);
        }
    }

    private void packet(CaptureInput in, PcapReader reader, long at, int body, int type) throws IOException {
        if (body < 20) {
            throw in.malformed(at, "packet block of " + body + " bytes is shorter than its 20 fixed bytes");
        }
        in.readFully(fixed, 20);
        int index = type == PACKET ? in.int16(fixed, 0) : in.int32(fixed, 0);
        long ticks = Integer.toUnsignedLong(in.int32(fixed, 4)) << 32 | Integer.toUnsignedLong(in.int32(fixed, 8));
        int captured = in.int32(fixed, 12);
        int original = in.int32(fixed, 16);
        requireInterface(in, at, index);
        int options = optionBytes(in, at, body - 20, captured);
        if (Integer.compareUnsigned(original, captured) < 0) {
            throw in.malformed(
                    at,
                    "original length " + Integer.toUnsignedString(original) + " is less than captured length "
                            + captured);
        }
        describe(reader, at, index, original);
        reader.timestampNs = nanoseconds(ticks, timeResolution[index]) + timeOffsetSeconds[index] * 1_000_000_000L;
        reader.readData(captured, at);
        in.skip(padded(captured) - captured);
        reader.direction = direction(in, at, options);
    }

    private void simplePacket(CaptureInput in, PcapReader reader, long at, int body) throws IOException {
        if (body < 4) {
            throw in.malformed(at, "simple packet block of " + body + " bytes is shorter than its 4 fixed bytes");
        }
        int original = in.int32();
        requireInterface(in, at, 0);
        // The block has no captured length: it is the smaller of the original and the interface's snap length.
        long captured = Math.min(Integer.toUnsignedLong(original), snapLength[0]);
        if (captured > body - 4) {
            throw in.malformed(at, "packet of " + captured + " bytes does not fit its block of " + body);
        }
        describe(reader, at, 0, original);
        reader.timestampNs = 0;
        reader.readData((int) captured, at);
        in.skip(body - 4 - captured);
    }

    private static void describe(PcapReader reader, long at, int index, int original) {
        reader.offset = at;
        reader.interfaceIndex = index;
        reader.originalLength = original < 0 ? Integer.MAX_VALUE : original;
        reader.direction = PacketDirection.UNKNOWN;
    }

    private void requireInterface(CaptureInput in, long at, int index) throws PcapException {
        if (index < 0 || index >= interfaces) {
            throw in.malformed(
                    at,
                    "interface " + Integer.toUnsignedString(index) + " is not one of the " + interfaces + " described");
        }
        CaptureFormat.requireEthernet(in, at, linkType[index]);
    }

    /** Bytes of options behind the padded packet. */
    private static int optionBytes(CaptureInput in, long at, int room, int captured) throws PcapException {
        if (captured < 0 || captured > room || padded(captured) > room) {
            throw in.malformed(
                    at, "captured length " + Integer.toUnsignedString(captured) + " is more than the block's " + room);
        }
        return room - padded(captured);
    }

    private PacketDirection direction(CaptureInput in, long at, int length) throws IOException {
        if (length > MAX_PACKET_OPTION_BYTES) {
            in.skip(length);
            return PacketDirection.UNKNOWN;
        }
        PacketDirection direction = PacketDirection.UNKNOWN;
        int left = length;
        while (left >= 4) {
            in.readFully(fixed, 4);
            left -= 4;
            int code = in.int16(fixed, 0);
            int bytes = in.int16(fixed, 2);
            if (code == OPTION_END) {
                break;
            }
            if (bytes > left) {
                throw in.malformed(at, "option " + code + " of " + bytes + " bytes is longer than its block");
            }
            int stored = Math.min(padded(bytes), left);
            if (code == OPTION_PACKET_FLAGS && bytes >= 4) {
                in.readFully(fixed, 4);
                direction = PacketDirection.of(in.int32(fixed, 0) & 3);
                in.skip(stored - 4);
            } else {
                in.skip(stored);
            }
            left -= stored;
        }
        in.skip(left);
        return direction;
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }

    /**
     * Nanoseconds of a time stamp, unsigned.
     *
     * @param resolution if_tsresol: 10 to the power of minus n, or with the highest bit set 2 to the power of minus n
     */
    static long nanoseconds(long ticks, int resolution) {
        int n = resolution & 0x7f;
        if ((resolution & 0x80) == 0) {
            if (n <= 9) {
                return ticks * powerOfTen(9 - n);
            }
            // 10^19 is the greatest power below 2^64; a finer tick than that is no time that can be told.
            return n - 9 > 19 ? 0 : Long.divideUnsigned(ticks, powerOfTen(n - 9));
        }
        if (n == 0) {
            return ticks * 1_000_000_000L;
        }
        // (ticks · 10^9) >> n in 128 bits.
        long high = Math.unsignedMultiplyHigh(ticks, 1_000_000_000L);
        long low = ticks * 1_000_000_000L;
        if (n >= 64) {
            return high >>> Math.min(63, n - 64);
        }
        return high << (64 - n) | low >>> n;
    }

    private static long powerOfTen(int n) {
        long power = 1;
        for (int i = 0; i < n; i++) {
            power *= 10;
        }
        return power;
    }
}
