package io.weir.applications.dns;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A query, taken apart where it stands (RFC 1035 section 4.1, RFC 6891 section 6.1); one instance for all. Nothing is read
 * outside of the message, whatever it says.
 *
 * <pre>
 *                                 1  1  1  1  1  1
 *   0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
 * ┌───────────────────────────────────────────────┐
 * │ ID                                            │
 * │QR│  Opcode   │AA│TC│RD│RA│Z │AD│CD│   RCODE   │
 * │ QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT            │
 * ├───────────────────────────────────────────────┤
 * │ QNAME, QTYPE, QCLASS                          │
 * │ additional records, OPT among them            │
 * └───────────────────────────────────────────────┘
 * </pre>
 */
final class DnsQuery {
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final int HEADER_BYTES = 12;
    /** What a client without EDNS takes, and at least with it. */
    static final int LEAST_SIZE = 512;

    private static final int RESPONSE = 0x8000;
    private static final int OPCODE_SHIFT = 11;
    private static final int OPCODE_MASK = 0xf;
    private static final int MOST_LABELS = DnsName.MOST_BYTES / 2 + 1;
    private static final int TYPE_OPT = 41;
    /** Type, class, TTL and length of data. */
    private static final int RECORD_BYTES = 10;

    private static final int DNSSEC_OK = 0x8000;
    private static final int POINTER = 0xc0;

    private final int[] labelAt = new int[MOST_LABELS];
    private final int[] labelHash = new int[MOST_LABELS];
    private int labels;
    private int nameLength;
    private int type;
    private int questionClass;
    private boolean edns;
    private int ednsVersion;
    private boolean dnssecOk;
    private int size;

    /** Whether a header with these flags is of a response. */
    static boolean isResponse(int flags) {
        return (flags & RESPONSE) != 0;
    }

    static int opcode(int flags) {
        return flags >>> OPCODE_SHIFT & OPCODE_MASK;
    }

    /**
     * Reads a query of which the header was looked at.
     *
     * @param at of its header
     * @param length of the message, at least a header
     * @return false when it is malformed
     */
    boolean read(MemorySegment memory, long at, int length) {
        edns = false;
        dnssecOk = false;
        ednsVersion = 0;
        size = LEAST_SIZE;
        boolean counts = u16(memory, at + 4) == 1 && u16(memory, at + 6) == 0 && u16(memory, at + 8) == 0;
        return counts
                && readQuestion(memory, at + HEADER_BYTES, length - HEADER_BYTES)
                && type != TYPE_OPT
                && readAdditional(memory, at, HEADER_BYTES + questionLength(), length, u16(memory, at + 10));
    }

    private static int u16(MemorySegment memory, long at) {
        return memory.get(U16, at) & 0xffff;
    }

    private boolean readQuestion(MemorySegment memory, long at, int length) {
        labels = 0;
        int offset = 0;
        while (true) {
            if (offset >= length || offset >= DnsName.MOST_BYTES) {
                return false;
            }
            int octet = memory.get(JAVA_BYTE, at + offset) & 0xff;
            if (octet > DnsName.MOST_LABEL_BYTES) {
                return false; // a pointer, to nothing before it, or of a kind that nobody has defined
            }
            labelAt[labels] = offset;
            if (octet == 0) {
                break;
            }
            labels++;
            offset += 1 + octet;
        }
        nameLength = offset + 1;
        if (nameLength + 4 > length) {
            return false;
        }
        type = u16(memory, at + nameLength);
        questionClass = u16(memory, at + nameLength + 2);
        hash(memory, at);
        return true;
    }

    /** Hashes of the name and of all its ancestors. */
    private void hash(MemorySegment memory, long at) {
        int hash = DnsTable.ROOT_HASH;
        labelHash[labels] = hash;
        int end = nameLength - 1;
        for (int label = labels - 1; label >= 0; label--) {
            for (int offset = end - 1; offset >= labelAt[label]; offset--) {
                hash = DnsTable.step(hash, memory.get(JAVA_BYTE, at + offset));
            }
            end = labelAt[label];
            labelHash[label] = hash;
        }
    }

    private boolean readAdditional(MemorySegment memory, long at, int from, int length, int records) {
        int offset = from;
        for (int i = 0; i < records; i++) {
            boolean root = offset < length && memory.get(JAVA_BYTE, at + offset) == 0;
            offset = skipName(memory, at, offset, length);
            if (offset < 0 || offset + RECORD_BYTES > length) {
                return false;
            }
            if (u16(memory, at + offset) == TYPE_OPT) {
                if (edns || !root) {
                    return false; // RFC 6891 sections 6.1.1 and 6.1.2
                }
                edns = true;
                size = Math.max(LEAST_SIZE, u16(memory, at + offset + 2));
                ednsVersion = memory.get(JAVA_BYTE, at + offset + 5) & 0xff;
                dnssecOk = (u16(memory, at + offset + 6) & DNSSEC_OK) != 0;
            }
            offset += RECORD_BYTES + u16(memory, at + offset + 8);
            if (offset > length) {
                return false;
            }
        }
        return true;
    }

    /** Where a name ends, or -1 when it does not. Pointers are not followed: nobody asks for the name. */
    private static int skipName(MemorySegment memory, long at, int from, int length) {
        int offset = from;
        while (offset < length) {
            int octet = memory.get(JAVA_BYTE, at + offset) & 0xff;
            if (octet == 0) {
                return offset + 1;
            }
            if (octet >= POINTER) {
                return offset + 2;
            }
            if (octet > DnsName.MOST_LABEL_BYTES) {
                return -1;
            }
            offset += 1 + octet;
        }
        return -1;
    }

    /** Labels of the name, the root not counted. */
    int labels() {
        return labels;
    }

    /**
     * Where in the name a label begins, and with it the ancestor of which it is the first.
     *
     * @param label from 0 to {@link #labels}, which is the root
     */
    int labelAt(int label) {
        return labelAt[label];
    }

    /** Hash of that ancestor. */
    int labelHash(int label) {
        return labelHash[label];
    }

    /** Octets of the name, the root's counted. */
    int nameLength() {
        return nameLength;
    }

    /** Octets of the question. */
    int questionLength() {
        return nameLength + 4;
    }

    int type() {
        return type;
    }

    int questionClass() {
        return questionClass;
    }

    /** Whether there is an OPT record. */
    boolean hasEdns() {
        return edns;
    }

    int ednsVersion() {
        return ednsVersion;
    }

    boolean isDnssecOk() {
        return dnssecOk;
    }

    /** The longest response the client takes. */
    int size() {
        return size;
    }
}
