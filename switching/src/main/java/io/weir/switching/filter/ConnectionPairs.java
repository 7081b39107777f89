package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.ProcessorCounters;

/**
 * The two records of a translated connection as one thing: the forward record owns the pair, the reverse record goes with
 * it. A direct-return connection is a forward record alone. Either record leads to the other, because its key and its
 * translation together hold the other's key.
 *
 * <p>Every removal is a compare-and-set on the publish word, so of several processors one removes a pair and counts it.
 */
abstract sealed class ConnectionPairs permits ConnectionPairs4, ConnectionPairs6 {
    private final ConnectionTable table;
    private final ProcessorCounters counters;
    private final ConfigurationReader configuration;

    ConnectionPairs(ConnectionTable table, ProcessorContext context) {
        this.table = table;
        this.counters = context.counters;
        this.configuration = context.configuration;
    }

    /** The other record of a translated connection, or {@link ConnectionTable#ABSENT}. */
    abstract long other(long record);

    /** Moves the connection on by one packet; both records get the new state. Returns that state. */
    final int track(long record, int kind, int state, int protocol, int flags) {
        boolean fromServer = kind == ConnectionTable.REVERSE;
        if (protocol == Protocol.UDP) {
            if (fromServer && state == ConnectionState.UDP_ONE_WAY) {
                setState(record, kind, ConnectionState.UDP);
                return ConnectionState.UDP;
            }
            return state;
        }
        boolean finFromOther = (flags & Protocol.FIN) != 0 && hasOtherFinished(record, kind);
        int next = TcpStates.next(state, flags, fromServer, kind == ConnectionTable.DIRECT, finFromOther);
        if (next != state) {
            setState(record, kind, next);
        }
        return next;
    }

    private boolean hasOtherFinished(long record, int kind) {
        if (kind == ConnectionTable.DIRECT) {
            return false;
        }
        long other = other(record);
        return other >= 0 && (table.tcpFlags(other) & Protocol.FIN) != 0;
    }

    private void setState(long record, int kind, int state) {
        table.setState(record, state);
        if (kind != ConnectionTable.DIRECT) {
            long other = other(record);
            if (other >= 0) {
                table.setState(other, state);
            }
        }
    }

    /** Removes the connection that a record belongs to, if its publish word still is {@code word}. */
    final boolean remove(long record, long word) {
        int kind = table.kind(record);
        if (kind == ConnectionTable.REVERSE) {
            long owner = other(record);
            if (owner >= 0 && isPairOf(owner, record)) {
                return removeOwner(owner, table.word(owner));
            }
            return table.remove(record, word);
        }
        return removeOwner(record, word);
    }

    private boolean removeOwner(long owner, long word) {
        int kind = table.kind(owner);
        if (kind == ConnectionTable.REVERSE) {
            return false;
        }
        int service = table.service(owner);
        int server = table.server(owner);
        long reverse = kind == ConnectionTable.FORWARD ? other(owner) : ConnectionTable.ABSENT;
        long reverseWord = reverse >= 0 ? table.word(reverse) : 0;
        if (!table.remove(owner, word)) {
            return false;
        }
        if (reverse >= 0 && table.kind(reverse) == ConnectionTable.REVERSE) {
            table.remove(reverse, reverseWord);
        }
        counters.connectionClosed(service, server);
        counters.add(Counter.CONNECTIONS_CLOSED, 1);
        return true;
    }

    /** True when {@code owner} is a forward record whose other record is {@code reverse}. */
    private boolean isPairOf(long owner, long reverse) {
        return table.kind(owner) == ConnectionTable.FORWARD && other(owner) == reverse;
    }

    /** Gives up the oldest half-open or closing connection within the window of {@code hash}; false when none is there. */
    final boolean recycle(int hash, int nowMs) {
        long record = table.recyclable(hash, nowMs);
        if (record < 0) {
            return false;
        }
        long word = table.word(record);
        if (!ConnectionTable.isLive(word)
                || !ConnectionState.isRecyclable(table.state(record))
                || !remove(record, word)) {
            return false;
        }
        counters.add(Counter.CONNECTIONS_RECYCLED, 1);
        return true;
    }

    /** Removes the connection of a record when it has been idle, in both directions, for longer than its state allows. */
    final boolean expire(long record, long word, int nowMs) {
        if (isFresh(record, nowMs)) {
            return false;
        }
        int kind = table.kind(record);
        if (kind == ConnectionTable.DIRECT) {
            return remove(record, word);
        }
        long other = other(record);
        if (other >= 0 && isFresh(other, nowMs)) {
            return false;
        }
        if (kind == ConnectionTable.REVERSE && other >= 0 && isPairOf(other, record)) {
            return false; // the hand removes it when it comes to the owner
        }
        return remove(record, word);
    }

    /** Removes the connection of a record when its server's connections are to be reset. */
    final boolean reset(long record, long word) {
        return configuration.isResetting(table.server(record)) && remove(record, word);
    }

    /** True when a connection is over or has outlived its timeout, so that its addresses and ports may be used anew. */
    final boolean isOver(long record, int nowMs) {
        if (table.state(record) == ConnectionState.CLOSED) {
            return true;
        }
        long other = other(record);
        return !isFresh(record, nowMs) && (other < 0 || !isFresh(other, nowMs));
    }

    private boolean isFresh(long record, int nowMs) {
        return nowMs - table.lastSeen(record) <= configuration.timeoutMs(table.state(record));
    }
}
