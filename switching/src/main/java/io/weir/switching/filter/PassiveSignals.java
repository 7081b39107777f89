package io.weir.switching.filter;

import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.counters.ProcessorCounters;

/**
 * What TCP connections of one family tell about their servers without anybody's report: the delay from SYN to SYN-ACK,
 * SYNs sent again, refusals and resets. Counted per server ({@link ProcessorCounters#handshake} and its neighbours). Of
 * direct-return connections only the client's side passes here: of these, repeated SYNs alone.
 */
final class PassiveSignals {
    /** Set when an {@link #observe} is due: the flags that tell something. */
    static final int TELLING = Protocol.SYN | Protocol.RST;

    private final ProcessorCounters counters;
    private final Handshakes handshakes;
    private final ConnectionTable connections;
    private final int salt;

    /**
     * Signals of one family.
     *
     * @param connections its connection table
     * @param salt keeps the hashes of the families apart
     */
    PassiveSignals(ProcessorContext context, ConnectionTable connections, int salt) {
        this.counters = context.counters;
        this.handshakes = context.handshakes;
        this.connections = connections;
        this.salt = salt;
    }

    /** A SYN opens a translated connection; the server's answers have the given hash. */
    void opened(int answerHash, int nowMicros) {
        handshakes.started(answerHash ^ salt, nowMicros);
    }

    /** A TCP packet with SYN or RST of a known connection, whose state was {@code state} before it. */
    void observe(PacketBatch batch, int i, long record, int kind, int state, int nowMs) {
        int flags = batch.tcpFlags[i];
        boolean fromServer = kind == ConnectionTable.REVERSE;
        if ((flags & Protocol.RST) != 0) {
            if (fromServer && state == ConnectionState.SYN_SENT) {
                counters.refused(connections.server(record));
            } else if (fromServer && state != ConnectionState.CLOSED) {
                counters.serverReset(connections.server(record));
            }
        } else if (!fromServer) {
            if (TcpStates.isOpening(flags) && state <= ConnectionState.SYN_RECEIVED) {
                counters.synRetransmitted(connections.server(record));
            }
        } else if (state == ConnectionState.SYN_SENT && (flags & Protocol.ACK) != 0) {
            answered(connections.server(record), batch.hash[i], batch.nowMicros, nowMs);
        }
    }

    private void answered(int server, int hash, int nowMicros, int nowMs) {
        int micros = handshakes.answered(hash ^ salt, nowMicros);
        if (micros != Handshakes.UNKNOWN) {
            counters.handshake(server, micros);
            handshakes.learn(server, micros, nowMs);
        }
    }
}
