package io.weir.memory.connection;

import java.net.InetAddress;

/**
 * One record as listings show it.
 *
 * @param source of the packets this record matches
 * @param sourcePort number, 0 to 65535; the other ports likewise
 * @param destination of the packets this record matches
 * @param destinationPort see {@code sourcePort}
 * @param protocol transport protocol number, 6 for TCP and 17 for UDP
 * @param kind {@link ConnectionTable#FORWARD}, {@link ConnectionTable#REVERSE} or {@link ConnectionTable#DIRECT}
 * @param state a {@link ConnectionState}
 * @param newAddress written over the destination (forward) or the source (reverse); of no meaning for direct return
 * @param newPort see {@code newAddress}
 * @param egress interface the packets leave by, 1 to 255; 0 when not resolved yet
 * @param service number, 0 when none
 * @param server number, 0 when none
 * @param idleMs milliseconds since the last packet
 * @param tcpFlags all flags seen, or-ed
 * @param packets counted so far
 * @param bytes counted so far
 */
public record ConnectionEntry(
        InetAddress source,
        int sourcePort,
        InetAddress destination,
        int destinationPort,
        int protocol,
        int kind,
        int state,
        InetAddress newAddress,
        int newPort,
        int egress,
        int service,
        int server,
        int idleMs,
        int tcpFlags,
        long packets,
        long bytes) {}
