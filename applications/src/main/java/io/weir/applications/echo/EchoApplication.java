package io.weir.applications.echo;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationCounters;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.applications.hash.SharedKey;
import io.weir.applications.hash.SipHash;
import io.weir.applications.tcp.TcpFlags;
import io.weir.applications.tcp.TcpSegment;

/**
 * Answers every packet by at most one that is not longer.
 *
 * <p><b>UDP</b> (RFC 862): the datagram goes back as it is, damage included, which the sender's stack finds. Two echo
 * services that are set on each other by a forged source would never stop; so datagrams from well-known ports and from the
 * ports it listens on itself are dropped.
 *
 * <p><b>TCP</b>: an open port that takes any data and says nothing, without state. Its initial sequence number <i>n</i> is
 * a keyed hash of addresses and ports; as it sends no data, the acknowledgment number says where the connection is:
 *
 * <pre>
 *                                   segment            answer
 * a new connection                  SYN                SYN ACK, sequence n
 * acknowledgment n + 1: open        data               ACK of it; it is discarded
 *                                   FIN                FIN ACK
 *                                   nothing            none: the last of the handshake
 * acknowledgment n + 2: closed      FIN                ACK, it was sent again
 *                                   nothing            none: the end
 * any other acknowledgment                             RST (RFC 9293 section 3.10.7.1)
 * RST                                                  none
 * </pre>
 *
 * <p>A segment without data, SYN or FIN whose acknowledgment is right is never answered: nor is a keep-alive probe. Data that
 * overtakes other data acknowledges both, which does not matter as nobody reads it.
 */
final class EchoApplication implements NetworkApplication {
    /** Well-known ports (RFC 6335 section 6) are those of services, not of clients; 0 wants no answer (RFC 768). */
    private static final int FIRST_CLIENT_PORT = 1024;

    private static final int PORTS = 1 << 16;

    private final ApplicationCounters counters;
    private final SipHash hash;
    /** Source ports of services that answer. */
    private final boolean[] service = new boolean[PORTS];

    private final TcpSegment segment = new TcpSegment();

    EchoApplication(ApplicationContext context) {
        this.counters = context.counters();
        this.hash = SharedKey.in(context.shared());
        for (int port = 0; port < FIRST_CLIENT_PORT; port++) {
            service[port] = true;
        }
        for (Claim claim : context.claims()) {
            // A range of ports as large as all clients' is no sign of a loop.
            if (claim.protocol() == Claim.UDP && claim.greatestPort() - claim.leastPort() < FIRST_CLIENT_PORT) {
                for (int port = claim.leastPort(); port <= claim.greatestPort(); port++) {
                    service[port] = true;
                }
            }
        }
    }

    @Override
    public void receive(Packets packets) {
        int echoed = 0;
        int size = packets.size();
        for (int row = 0; row < size; row++) {
            if (packets.protocol(row) != Claim.UDP) {
                receiveTcp(packets, row);
            } else if (service[packets.sourcePort(row)]) {
                packets.drop(row, EchoDrop.LOOP_SUSPECTED.number());
            } else {
                packets.reflect(row);
                echoed++;
            }
        }
        if (echoed > 0) {
            counters.add(EchoCounter.UDP_ECHOED.number(), echoed);
        }
    }

    private void receiveTcp(Packets packets, int row) {
        if (!packets.isIntact(row)) {
            packets.dropDamaged(row);
            return;
        }
        segment.read(packets, row);
        if (segment.has(TcpFlags.RST)) {
            consume(packets, row, EchoCounter.TCP_RESETS_RECEIVED);
        } else if (segment.has(TcpFlags.SYN)) {
            open(packets, row);
        } else if (segment.has(TcpFlags.ACK)) {
            follow(packets, row);
        } else {
            packets.drop(row, EchoDrop.SEGMENT_UNEXPECTED.number());
        }
    }

    private int initialSequence(Packets packets, int row) {
        return (int) TcpSegment.hash(hash, packets, row, 0);
    }

    /** Acknowledges the SYN alone: data that comes with it is sent again. */
    private void open(Packets packets, int row) {
        if (segment.has(TcpFlags.ACK | TcpFlags.FIN)) {
            packets.drop(row, EchoDrop.SEGMENT_UNEXPECTED.number());
            return;
        }
        segment.accept(packets, row, initialSequence(packets, row));
        count(EchoCounter.TCP_OPENED);
    }

    private void follow(Packets packets, int row) {
        int known = segment.acknowledgment() - initialSequence(packets, row);
        if (known != 1 && known != 2) {
            segment.reset(packets, row);
            count(EchoCounter.TCP_RESETS_SENT);
        } else if (segment.has(TcpFlags.FIN)) {
            segment.answer(packets, row, segment.acknowledgment(), known == 1 ? TcpFlags.FIN : 0);
            count(EchoCounter.TCP_CLOSED);
        } else if (segment.length() == 0) {
            consume(packets, row, EchoCounter.TCP_CONSUMED);
        } else if (known == 1) {
            segment.answer(packets, row, segment.acknowledgment(), 0);
            count(EchoCounter.TCP_ACKNOWLEDGED);
        } else {
            packets.drop(row, EchoDrop.SEGMENT_UNEXPECTED.number());
        }
    }

    private void consume(Packets packets, int row, EchoCounter counter) {
        packets.consume(row);
        count(counter);
    }

    private void count(EchoCounter counter) {
        counters.add(counter.number(), 1);
    }
}
