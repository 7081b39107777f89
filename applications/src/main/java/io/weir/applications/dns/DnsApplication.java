package io.weir.applications.dns;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationCounters;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.applications.tcp.TcpFlags;
import io.weir.applications.tcp.TcpSegment;
import java.lang.foreign.MemorySegment;

/**
 * An authoritative server for names that never change, over UDP.
 *
 * <p>What bounds amplification: a response is the query's header and question, the records of one name and type, and 11
 * octets of EDNS; never more than 1232 octets nor, without EDNS, 512; and responses to each prefix of clients are limited.
 *
 * <p>TCP connections are refused at once, so that nobody waits. Every set of addresses fits into what clients with EDNS take.
 */
final class DnsApplication implements NetworkApplication {
    private static final int OPCODE_QUERY = 0;
    private static final int CLASS_ANY = 255;
    private static final int TYPE_ANY = 255;
    /** TKEY, TSIG, IXFR, AXFR, MAILB, MAILA: questions that are no types of records (RFC 6895 section 3.1). */
    private static final int FIRST_META_TYPE = 249;

    private final ApplicationCounters counters;
    private final DnsTable table;
    private final ResponseLimit limit;
    private final DnsQuery query = new DnsQuery();
    private final DnsResponse response;
    private final TcpSegment segment = new TcpSegment();

    DnsApplication(ApplicationContext context, DnsSettings settings) {
        this.counters = context.counters();
        this.table = settings.table();
        this.limit = new ResponseLimit(settings.responsesPerSecond());
        this.response = new DnsResponse(settings.ttl());
    }

    @Override
    public void receive(Packets packets) {
        int nowMs = packets.nowMs();
        for (int row = 0; row < packets.size(); row++) {
            if (!packets.isIntact(row)) {
                packets.dropDamaged(row);
            } else if (packets.protocol(row) == Claim.UDP) {
                receiveUdp(packets, row, nowMs);
            } else {
                refuseTcp(packets, row);
            }
        }
    }

    private void receiveUdp(Packets packets, int row, int nowMs) {
        int length = packets.contiguous(row);
        MemorySegment memory = packets.memory();
        long message = packets.payload(row);
        if (length < DnsQuery.HEADER_BYTES) {
            drop(packets, row, DnsDrop.HEADER_CUT_OFF);
            return;
        }
        if (packets.sourcePort(row) == 0) {
            drop(packets, row, DnsDrop.SOURCE_PORT_INVALID);
            return;
        }
        int flags = memory.get(DnsQuery.U16, message + 2);
        if (DnsQuery.isResponse(flags)) {
            drop(packets, row, DnsDrop.RESPONSE_RECEIVED);
            return;
        }
        if (!limit.take(packets, row, nowMs)) {
            drop(packets, row, DnsDrop.RATE_LIMITED);
            return;
        }
        int room = packets.room(row);
        if (room < DnsQuery.HEADER_BYTES) {
            drop(packets, row, DnsDrop.NO_ROOM);
            return;
        }
        count(DnsCounter.QUERIES);
        if (DnsQuery.opcode(flags) != OPCODE_QUERY) {
            fail(memory, message, DnsResponse.NOT_IMPLEMENTED, DnsCounter.NOT_IMPLEMENTED);
        } else if (length < packets.payloadLength(row) || !query.read(memory, message, length)) {
            fail(memory, message, DnsResponse.FORMAT_ERROR, DnsCounter.FORMAT_ERRORS);
        } else {
            int most = Math.min(Math.min(query.size(), DnsResponse.MOST_BYTES), room);
            if (most < DnsQuery.HEADER_BYTES + query.questionLength() + DnsResponse.OPT_BYTES) {
                drop(packets, row, DnsDrop.NO_ROOM);
                return;
            }
            response.begin(memory, message, query, most);
            int code = answer(memory, message + DnsQuery.HEADER_BYTES);
            response.setCode(code);
            if (query.hasEdns()) {
                response.addEdns(query, code);
            }
        }
        packets.answerUdp(row, response.length());
    }

    /** A response of a header alone: what follows it was not understood. */
    private void fail(MemorySegment memory, long message, int code, DnsCounter counter) {
        response.beginEmpty(memory, message);
        response.setCode(code);
        count(counter);
    }

    /** Adds the records; returns the response code. */
    private int answer(MemorySegment memory, long name) {
        if (query.ednsVersion() != 0) {
            count(DnsCounter.BAD_VERSION);
            return DnsResponse.BAD_VERSION;
        }
        if (query.type() >= FIRST_META_TYPE && query.type() < TYPE_ANY) {
            count(DnsCounter.NOT_IMPLEMENTED);
            return DnsResponse.NOT_IMPLEMENTED;
        }
        if (query.questionClass() != DnsResponse.CLASS_IN && query.questionClass() != CLASS_ANY) {
            count(DnsCounter.REFUSED);
            return DnsResponse.REFUSED;
        }
        // The closest name that is known, from the whole name towards the root.
        int label = 0;
        int entry = find(memory, name, label);
        while (entry == DnsTable.ABSENT && label < query.labels()) {
            label++;
            entry = find(memory, name, label);
        }
        if (entry == DnsTable.ABSENT) {
            count(DnsCounter.REFUSED);
            return DnsResponse.REFUSED;
        }
        response.setAuthoritative();
        int apex = label;
        int zone = entry;
        while (!table.isApex(zone)) {
            // All names between a known one and its zone are known.
            apex++;
            zone = find(memory, name, apex);
        }
        if (label > 0) {
            return finish(
                    response.addAuthority(query.labelAt(apex), false), DnsResponse.NAME_ERROR, DnsCounter.NAME_UNKNOWN);
        }
        return answer(entry, query.labelAt(apex));
    }

    /** Adds what was asked for of a name that is known. */
    private int answer(int entry, int apex) {
        int type = query.type();
        if (type == DnsResponse.TYPE_A && table.addresses4(entry) > 0) {
            return answered(response.addAddresses4(table, entry));
        }
        if (type == DnsResponse.TYPE_AAAA && table.addresses6(entry) > 0) {
            return answered(response.addAddresses6(table, entry));
        }
        if (type == DnsResponse.TYPE_SOA && table.isApex(entry)) {
            return answered(response.addAuthority(apex, true));
        }
        if (type == TYPE_ANY && (table.isApex(entry) || table.addresses4(entry) + table.addresses6(entry) > 0)) {
            return answered(response.addHostInformation());
        }
        return finish(response.addAuthority(apex, false), DnsResponse.NO_ERROR, DnsCounter.NO_DATA);
    }

    private int answered(boolean complete) {
        return finish(complete, DnsResponse.NO_ERROR, DnsCounter.ANSWERED);
    }

    private int finish(boolean complete, int code, DnsCounter counter) {
        count(complete ? counter : DnsCounter.TRUNCATED);
        return code;
    }

    private int find(MemorySegment memory, long name, int label) {
        int at = query.labelAt(label);
        return table.find(query.labelHash(label), memory, name + at, query.nameLength() - at);
    }

    private void refuseTcp(Packets packets, int row) {
        segment.read(packets, row);
        if (segment.has(TcpFlags.RST)) {
            packets.consume(row);
        } else if (segment.has(TcpFlags.SYN | TcpFlags.ACK)) {
            segment.reset(packets, row);
            count(DnsCounter.TCP_REFUSED);
        } else {
            drop(packets, row, DnsDrop.SEGMENT_UNEXPECTED);
        }
    }

    private static void drop(Packets packets, int row, DnsDrop reason) {
        packets.drop(row, reason.number());
    }

    private void count(DnsCounter counter) {
        counters.add(counter.number(), 1);
    }
}
