package io.weir.applications.sorry;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationCounters;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.applications.hash.SharedKey;
import io.weir.applications.hash.SipHash;
import io.weir.applications.tcp.TcpFlags;
import io.weir.applications.tcp.TcpSegment;
import java.lang.foreign.MemorySegment;

/**
 * HTTP over TCP without state: the first segment of a request is answered by the whole page and FIN.
 *
 * <p>The initial sequence number <i>n</i> is a cookie. Its upper bits are a keyed hash of addresses, ports and a period of 65
 * s: who has them right in an acknowledgment has seen the SYN ACK, and is who he says. Its lower bits are another hash, with
 * the client's initial sequence number in it: they tell the first segment of a request from a later one.
 *
 * <pre>
 *     31                                    7 6           0
 *    ┌───────────────────────────────────────┬─────────────┐
 *  n │ hash of addresses, ports, period      │ mark 0..126 │
 *    └───────────────────────────────────────┴─────────────┘
 *
 *                                         segment            answer
 *  a new connection                       SYN                SYN ACK, sequence n
 *  acknowledgment n + 1                   nothing            none: the last of the handshake
 *     first segment                       data               page and FIN, all acknowledged; the same when it comes again
 *     first segment                       FIN                FIN ACK: no request
 *     later segment                       data, FIN          none; it comes again, with the next acknowledgment
 *  acknowledgment n + 2 + length of page  data, FIN          ACK: page and FIN have arrived
 *                                         nothing            none
 *  in between                             any                none
 *  any other acknowledgment               any                RST (RFC 9293 section 3.10.7.1)
 *  RST                                                       none
 * </pre>
 *
 * <p>A later segment must not be acknowledged before the page has arrived: were the first one lost, it would never come again,
 * and nobody would send the page. An answer is longer than the segment it answers only for a client whose cookie was right.
 * A period later (two at most) the cookie is forgotten, and what still comes is reset.
 */
final class SorryApplication implements NetworkApplication {
    private static final int MARK_BITS = 7;
    private static final int MARK_MASK = (1 << MARK_BITS) - 1;
    /** So that a mark and one more are still within its bits. */
    private static final int MARKS = MARK_MASK;

    private static final int PERIOD_BITS = 16;
    private static final int PERIODS = 1 << PERIOD_BITS;
    /** Any odd number with well mixed bits: 2^32 divided by the golden ratio. */
    private static final int MIX = 0x9e3779b1;

    private static final int HEAD = 0x48454144; // "HEAD"

    private final ApplicationCounters counters;
    private final SipHash hash;
    private final byte[] page;
    private final int headerLength;
    private final TcpSegment segment = new TcpSegment();

    /** Of the connection of the segment at hand. */
    private long connection;

    SorryApplication(ApplicationContext context, SorryPage page) {
        this.counters = context.counters();
        this.hash = SharedKey.in(context.shared());
        this.page = page.whole();
        this.headerLength = page.headerLength();
    }

    @Override
    public void receive(Packets packets) {
        int period = packets.nowMs() >>> PERIOD_BITS;
        for (int row = 0; row < packets.size(); row++) {
            if (packets.protocol(row) != Claim.TCP) {
                packets.drop(row, SorryDrop.PROTOCOL_UNSUPPORTED.number());
            } else if (!packets.isIntact(row)) {
                packets.dropDamaged(row);
            } else {
                receive(packets, row, period);
            }
        }
    }

    private void receive(Packets packets, int row, int period) {
        segment.read(packets, row);
        if (segment.has(TcpFlags.RST)) {
            consume(packets, row, SorryCounter.RESETS_RECEIVED);
        } else if (segment.has(TcpFlags.SYN)) {
            open(packets, row, period);
        } else if (segment.has(TcpFlags.ACK)) {
            follow(packets, row, period);
        } else {
            drop(packets, row, SorryDrop.SEGMENT_UNEXPECTED);
        }
    }

    private void open(Packets packets, int row, int period) {
        if (segment.has(TcpFlags.ACK | TcpFlags.FIN)) {
            drop(packets, row, SorryDrop.SEGMENT_UNEXPECTED);
            return;
        }
        connection = TcpSegment.hash(hash, packets, row, period);
        segment.accept(packets, row, base() + mark(segment.sequence()));
        count(SorryCounter.OPENED);
    }

    /** The cookie without its mark. */
    private int base() {
        return (int) connection & ~MARK_MASK;
    }

    private int mark(int clientSequence) {
        int mixed = ((int) (connection >>> 32) ^ clientSequence) * MIX;
        return Integer.remainderUnsigned(mixed ^ mixed >>> 15, MARKS);
    }

    private void follow(Packets packets, int row, int period) {
        connection = TcpSegment.hash(hash, packets, row, period);
        int beyond = segment.acknowledgment() - 1 - base();
        if (!isKnown(beyond)) {
            connection = TcpSegment.hash(hash, packets, row, period - 1 & PERIODS - 1);
            beyond = segment.acknowledgment() - 1 - base();
        }
        if (!isKnown(beyond)) {
            segment.reset(packets, row);
            count(SorryCounter.RESETS_SENT);
        } else if (segment.length() == 0 && !segment.has(TcpFlags.FIN)) {
            consume(packets, row, SorryCounter.CONSUMED);
        } else if (isOpen(beyond)) {
            request(packets, row, beyond == mark(segment.sequence() - 1));
        } else if (isDone(beyond, page.length) || isDone(beyond, headerLength)) {
            segment.answer(packets, row, segment.acknowledgment(), 0);
            count(segment.has(TcpFlags.FIN) ? SorryCounter.CLOSED : SorryCounter.ACKNOWLEDGED);
        } else {
            drop(packets, row, SorryDrop.SEGMENT_UNEXPECTED);
        }
    }

    /** Whether an acknowledgment that is this much beyond the cookie without its mark may be one of ours. */
    private boolean isKnown(int beyond) {
        return beyond >= 0 && beyond <= MARKS + page.length + 1;
    }

    /** Nothing is acknowledged but the SYN; or, without any request, a FIN. */
    private static boolean isOpen(int beyond) {
        return beyond <= MARKS;
    }

    /** An answer and its FIN are acknowledged. */
    private static boolean isDone(int beyond, int answerLength) {
        int mark = beyond - answerLength - 1;
        return mark >= 0 && mark < MARKS;
    }

    private void request(Packets packets, int row, boolean first) {
        if (!first) {
            consume(packets, row, SorryCounter.CONTINUED);
        } else if (segment.length() == 0) {
            segment.answer(packets, row, segment.acknowledgment(), TcpFlags.FIN);
            count(SorryCounter.CLOSED);
        } else if (!isHttp(packets, row)) {
            segment.reset(packets, row);
            count(SorryCounter.NOT_HTTP);
        } else {
            answer(packets, row, isHead(packets, row) ? headerLength : page.length);
        }
    }

    /** Methods are upper case (RFC 9110 section 9.1); a TLS handshake begins with 22, to which nothing can be said. */
    private static boolean isHttp(Packets packets, int row) {
        if (packets.contiguous(row) == 0) {
            return false;
        }
        int letter = packets.memory().get(JAVA_BYTE, packets.payload(row));
        return letter >= 'A' && letter <= 'Z';
    }

    private static boolean isHead(Packets packets, int row) {
        if (packets.contiguous(row) <= Integer.BYTES) {
            return false;
        }
        MemorySegment memory = packets.memory();
        long payload = packets.payload(row);
        return memory.get(TcpSegment.U32, payload) == HEAD && memory.get(JAVA_BYTE, payload + Integer.BYTES) == ' ';
    }

    private void answer(Packets packets, int row, int length) {
        if (packets.room(row) < length) {
            drop(packets, row, SorryDrop.NO_ROOM);
            return;
        }
        long payload = packets.transport(row) + TcpSegment.HEADER_BYTES;
        MemorySegment.copy(page, 0, packets.memory(), JAVA_BYTE, payload, length);
        segment.answer(packets, row, segment.acknowledgment(), TcpFlags.PSH | TcpFlags.FIN, length);
        count(SorryCounter.PAGES);
    }

    private static void drop(Packets packets, int row, SorryDrop reason) {
        packets.drop(row, reason.number());
    }

    private void consume(Packets packets, int row, SorryCounter counter) {
        packets.consume(row);
        count(counter);
    }

    private void count(SorryCounter counter) {
        counters.add(counter.number(), 1);
    }
}
