package io.weir.applications.dns;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.applications.tcp.TcpSegment;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes a response over its query: the header anew, the question as it stands, so that the case of its letters comes back,
 * then records. What does not fit is left out; a set of records only as a whole (RFC 2181 section 9).
 */
final class DnsResponse {
    static final int NO_ERROR = 0;
    static final int FORMAT_ERROR = 1;
    static final int NAME_ERROR = 3;
    static final int NOT_IMPLEMENTED = 4;
    static final int REFUSED = 5;
    static final int BAD_VERSION = 16;

    static final int TYPE_A = 1;
    static final int TYPE_SOA = 6;
    static final int TYPE_HINFO = 13;
    static final int TYPE_AAAA = 28;
    static final int CLASS_IN = 1;

    /** What we take, and send at most: fits into the least MTU of IPv6 (RFC 9715). */
    static final int MOST_BYTES = 1232;

    private static final ValueLayout.OfShort U16 = DnsQuery.U16;
    private static final ValueLayout.OfInt U32 = TcpSegment.U32;
    private static final int ANSWERS = 6;
    private static final int AUTHORITIES = 8;
    private static final int ADDITIONALS = 10;
    private static final int QR = 0x8000;
    private static final int AA = 0x0400;
    private static final int TC = 0x0200;
    /** Opcode, RD and CD come back as they were asked (RFC 1035 section 4.1.1, RFC 4035 section 3.1.6). */
    private static final int KEPT = 0x7910;

    private static final int RCODE_MASK = 0xf;
    private static final int POINTER = 0xc000;
    private static final int TYPE_OPT = 41;
    static final int OPT_BYTES = 11;
    /** Pointer, type, class, TTL, length of data. */
    private static final int RECORD_BYTES = 12;

    /** A record with an address. */
    static final int ADDRESS4_BYTES = RECORD_BYTES + 4;

    static final int ADDRESS6_BYTES = RECORD_BYTES + 16;

    private static final byte[] HOSTMASTER = {10, 'h', 'o', 's', 't', 'm', 'a', 's', 't', 'e', 'r'};
    /** Pointers to the apex as primary server and behind "hostmaster", and five numbers. */
    private static final int SOA_DATA_BYTES = 2 + HOSTMASTER.length + 2 + 20;

    private static final int REFRESH = 86_400;
    private static final int RETRY = 7200;
    private static final int EXPIRE = 3_600_000;
    /** What RFC 8482 section 4.2 says for ANY: a processor of this name, and no operating system. */
    private static final byte[] HINFO = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};

    private final int ttl;
    private MemorySegment memory = MemorySegment.NULL;
    private long message;
    private int length;
    private int limit;

    DnsResponse(int ttl) {
        this.ttl = ttl;
    }

    /**
     * Begins with the header alone.
     *
     * @param at of the query
     */
    void beginEmpty(MemorySegment packets, long at) {
        memory = packets;
        message = at;
        length = DnsQuery.HEADER_BYTES;
        limit = length;
        int flags = memory.get(U16, at + 2);
        memory.set(U16, at + 2, (short) (QR | (flags & KEPT)));
        memory.set(U16, at + 4, (short) 0);
        memory.set(U16, at + ANSWERS, (short) 0);
        memory.set(U16, at + AUTHORITIES, (short) 0);
        memory.set(U16, at + ADDITIONALS, (short) 0);
    }

    /**
     * Begins with header and question.
     *
     * @param most octets of the response
     */
    void begin(MemorySegment packets, long at, DnsQuery query, int most) {
        beginEmpty(packets, at);
        memory.set(U16, at + 4, (short) 1);
        length += query.questionLength();
        limit = query.hasEdns() ? most - OPT_BYTES : most;
    }

    void setCode(int code) {
        int flags = memory.get(U16, message + 2);
        memory.set(U16, message + 2, (short) ((flags & ~RCODE_MASK) | (code & RCODE_MASK)));
    }

    void setAuthoritative() {
        memory.set(U16, message + 2, (short) (memory.get(U16, message + 2) | AA));
    }

    private void setTruncated() {
        memory.set(U16, message + 2, (short) (memory.get(U16, message + 2) | TC));
    }

    /** Whether records of a length fit; otherwise the response says that it is truncated. */
    private boolean fits(long bytes) {
        if (length + bytes <= limit) {
            return true;
        }
        setTruncated();
        return false;
    }

    private void count(int field, int records) {
        memory.set(U16, message + field, (short) (memory.get(U16, message + field) + records));
    }

    /** Everything of a record but its data; returns where that goes. */
    private long record(int owner, int type, int dataBytes) {
        long at = message + length;
        memory.set(U16, at, (short) (POINTER | owner));
        memory.set(U16, at + 2, (short) type);
        memory.set(U16, at + 4, (short) CLASS_IN);
        memory.set(U32, at + 6, ttl);
        memory.set(U16, at + 10, (short) dataBytes);
        length += RECORD_BYTES + dataBytes;
        return at + RECORD_BYTES;
    }

    /** All IPv4 addresses of an entry; false when they do not fit. */
    boolean addAddresses4(DnsTable table, int entry) {
        int count = table.addresses4(entry);
        if (!fits((long) count * ADDRESS4_BYTES)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            table.copy4(entry, i, memory, record(DnsQuery.HEADER_BYTES, TYPE_A, 4));
        }
        count(ANSWERS, count);
        return true;
    }

    /** All IPv6 addresses of an entry; false when they do not fit. */
    boolean addAddresses6(DnsTable table, int entry) {
        int count = table.addresses6(entry);
        if (!fits((long) count * ADDRESS6_BYTES)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            table.copy6(entry, i, memory, record(DnsQuery.HEADER_BYTES, TYPE_AAAA, 16));
        }
        count(ANSWERS, count);
        return true;
    }

    /** The answer to a question for everything; false when it does not fit. */
    boolean addHostInformation() {
        if (!fits(RECORD_BYTES + HINFO.length)) {
            return false;
        }
        long data = record(DnsQuery.HEADER_BYTES, TYPE_HINFO, HINFO.length);
        MemorySegment.copy(HINFO, 0, memory, JAVA_BYTE, data, HINFO.length);
        count(ANSWERS, 1);
        return true;
    }

    /**
     * The zone's start of authority; its primary server has the zone's name, its minimum is the TTL (RFC 2308 section 5).
     *
     * @param apex where the zone's name begins within the question's name
     * @param answer whether it was asked for; otherwise it says how long there is none of what was
     */
    boolean addAuthority(int apex, boolean answer) {
        if (!fits(RECORD_BYTES + SOA_DATA_BYTES)) {
            return false;
        }
        int owner = DnsQuery.HEADER_BYTES + apex;
        long data = record(owner, TYPE_SOA, SOA_DATA_BYTES);
        memory.set(U16, data, (short) (POINTER | owner));
        MemorySegment.copy(HOSTMASTER, 0, memory, JAVA_BYTE, data + 2, HOSTMASTER.length);
        long at = data + 2 + HOSTMASTER.length;
        memory.set(U16, at, (short) (POINTER | owner));
        memory.set(U32, at + 2, 1); // nobody transfers the zone
        memory.set(U32, at + 6, REFRESH);
        memory.set(U32, at + 10, RETRY);
        memory.set(U32, at + 14, EXPIRE);
        memory.set(U32, at + 18, ttl);
        count(answer ? ANSWERS : AUTHORITIES, 1);
        return true;
    }

    /** The OPT record, for a query that has one. */
    void addEdns(DnsQuery query, int code) {
        long at = message + length;
        memory.set(JAVA_BYTE, at, (byte) 0);
        memory.set(U16, at + 1, (short) TYPE_OPT);
        memory.set(U16, at + 3, (short) MOST_BYTES);
        memory.set(U32, at + 5, code >>> 4 << 24 | (query.isDnssecOk() ? 0x8000 : 0));
        memory.set(U16, at + 9, (short) 0);
        length += OPT_BYTES;
        count(ADDITIONALS, 1);
    }

    /** Octets so far. */
    int length() {
        return length;
    }
}
