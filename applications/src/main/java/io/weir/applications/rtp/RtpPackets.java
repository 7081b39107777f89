package io.weir.applications.rtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * RTP packets (RFC 3550 section 5.1) and compound RTCP packets (section 6.1), where they stand.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |  RTP
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             SSRC                              |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |  CC contributing sources, extension, payload, padding         |
 *
 * |V=2|P|  count  |      PT       | length in words, less one     |  each packet of an RTCP compound
 * </pre>
 *
 * <p>Addresses are absolute in the segment. A secure profile (RFC 3711) encrypts padding and all of RTCP but its first
 * eight bytes, so these are not looked at.
 */
final class RtpPackets {
    /** The fixed header. */
    static final int HEADER_BYTES = 12;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** RFC 5761 section 4: the second byte of RTCP packets that share a port with RTP. */
    private static final int LEAST_CONTROL_TYPE = 192;

    private static final int GREATEST_CONTROL_TYPE = 223;
    /** RFC 3550 section 12.1; appendix A.2: a compound begins with a sender's or a receiver's report. */
    private static final int SENDER_REPORT = 200;

    private static final int RECEIVER_REPORT = 201;

    private static final int CONTROL_HEADER_BYTES = 4;
    /** Header and SSRC of a report. */
    private static final int LEAST_REPORT_BYTES = 8;
    /** RFC 3711 section 3.4: the word with the index, without a tag. */
    private static final int SECURE_INDEX_BYTES = 4;

    private RtpPackets() {}

    /** Tells RTCP from RTP on one port; the version was not looked at. */
    static boolean isControl(MemorySegment memory, long packet, int contiguous) {
        if (contiguous < 2) {
            return false;
        }
        int type = memory.get(JAVA_BYTE, packet + 1) & 0xff;
        return type >= LEAST_CONTROL_TYPE && type <= GREATEST_CONTROL_TYPE;
    }

    /**
     * The checks of RFC 3550 appendix A.1 that need one packet only.
     *
     * @param length of the packet
     * @param contiguous bytes that may be read, at most {@code length}
     * @param secure whether padding is encrypted
     */
    static boolean isMedia(MemorySegment memory, long packet, int length, int contiguous, boolean secure) {
        if (contiguous < HEADER_BYTES) {
            return false;
        }
        int first = memory.get(JAVA_BYTE, packet) & 0xff;
        if (first >>> 6 != 2) {
            return false;
        }
        int header = HEADER_BYTES + 4 * (first & 0x0f);
        if ((first & 0x10) != 0) {
            if (contiguous < header + 4) {
                return false;
            }
            header += 4 + 4 * (memory.get(U16, packet + header + 2) & 0xffff);
        }
        if (header > length) {
            return false;
        }
        if ((first & 0x20) == 0 || secure) {
            return true;
        }
        if (contiguous < length) {
            return true; // the count of padding is out of sight
        }
        int padding = memory.get(JAVA_BYTE, packet + length - 1) & 0xff;
        return padding > 0 && padding <= length - header;
    }

    /** The checks of RFC 3550 appendix A.2; of an encrypted compound, those of its first packet. */
    static boolean isCompound(MemorySegment memory, long packet, int length, int contiguous, boolean secure) {
        if (contiguous < length || length < LEAST_REPORT_BYTES || ((length & 3) != 0 && !secure)) {
            return false;
        }
        int type = memory.get(JAVA_BYTE, packet + 1) & 0xff;
        if (type != SENDER_REPORT && type != RECEIVER_REPORT) {
            return false;
        }
        if ((memory.get(JAVA_BYTE, packet) & 0xe0) != 0x80) {
            return false; // the version, and no padding in the first
        }
        if (secure) {
            return bytes(memory, packet) + SECURE_INDEX_BYTES <= length;
        }
        int at = 0;
        while (at < length) {
            if (length - at < CONTROL_HEADER_BYTES || (memory.get(JAVA_BYTE, packet + at) & 0xc0) != 0x80) {
                return false;
            }
            at += bytes(memory, packet + at);
        }
        return at == length;
    }

    private static int bytes(MemorySegment memory, long packet) {
        return 4 * ((memory.get(U16, packet + 2) & 0xffff) + 1);
    }

    static int payloadType(MemorySegment memory, long packet) {
        return memory.get(JAVA_BYTE, packet + 1) & 0x7f;
    }

    static int sequence(MemorySegment memory, long packet) {
        return memory.get(U16, packet + 2) & 0xffff;
    }

    static int timestamp(MemorySegment memory, long packet) {
        return memory.get(U32, packet + 4);
    }

    /** The synchronization source. */
    static int source(MemorySegment memory, long packet) {
        return memory.get(U32, packet + 8);
    }
}
