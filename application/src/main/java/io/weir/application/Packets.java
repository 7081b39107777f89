package io.weir.application;

import java.lang.foreign.MemorySegment;

/**
 * A batch of received packets, where they stand in the packet buffers, and what may become of them. Rows are numbered from
 * 0. Everything that is read here was checked: headers are whole, lengths agree, and the packet is for the application.
 *
 * <p>Bytes are read and written through {@link #memory()} at absolute addresses, big-endian as on the wire. Headers and
 * payload up to {@link #contiguous} bytes may be overwritten in place before one of the verbs is called.
 *
 * <p>Every row needs exactly one verb: {@link #reflect}, {@link #answerUdp}, {@link #answerTcp}, {@link #redirect4}, {@link
 * #redirect6}, {@link #drop}, {@link #dropDamaged} or {@link #consume}. After it the row's packet is no longer the
 * application's.
 *
 * <p>A segment or datagram longer than a buffer (sent with segmentation offload) is one row: {@link #payloadLength} counts
 * all of it, and {@link #contiguous} says how much of it stands in one piece.
 */
public interface Packets {
    /** Number of packets. */
    int size();

    /** The memory in which all addresses count. */
    MemorySegment memory();

    /** The clock of this batch: milliseconds since the node's start, wrapping; compare by subtraction. */
    int nowMs();

    /** The same reading in microseconds, wrapping. */
    int nowMicros();

    // What a packet is.

    /** 4 or 6. */
    int version(int row);

    /** Transport protocol of the IP header, behind any extension headers: 6 is TCP, 17 is UDP. */
    int protocol(int row);

    /** Address of the IP header. */
    long network(int row);

    /** Address of the TCP or UDP header. */
    long transport(int row);

    /** Address of the first byte behind the TCP or UDP header. */
    long payload(int row);

    /** Bytes behind the TCP or UDP header. */
    int payloadLength(int row);

    /** How many bytes from {@link #payload} stand in one piece; at most {@link #payloadLength}. */
    int contiguous(int row);

    /** How long a payload may get in place, for {@link #answerUdp} and {@link #answerTcp}: what buffer and link have room for. */
    int room(int row);

    int sourcePort(int row);

    int destinationPort(int row);

    /** Number of the interface the packet came in by. */
    int ingress(int row);

    /**
     * Verifies the checksum of the TCP or UDP header and payload; true when it is right, was verified by the sender's side,
     * or is not used (UDP over IPv4).
     */
    boolean isIntact(int row);

    // What becomes of it.

    /**
     * Sends the packet back as it is: link-layer and IP addresses and ports change sides. The checksum stays what it was; the
     * packet has 64 hops to live.
     */
    void reflect(int row);

    /**
     * Sends the UDP packet back with another payload, which stands at {@link #payload} already. The IP header is a new one,
     * without options and extension headers, and with 64 hops to live.
     *
     * @param payloadLength its length, at most {@link #room}
     */
    void answerUdp(int row, int payloadLength);

    /**
     * Sends a TCP segment back. The header has no options, so that the payload begins 20 bytes behind {@link #transport},
     * where it stands already. The IP header is as for {@link #answerUdp}.
     *
     * @param sequence its sequence number
     * @param acknowledgment its acknowledgment number, when the flags have ACK
     * @param flags FIN 1, SYN 2, RST 4, PSH 8, ACK 16
     * @param window as in the header
     * @param payloadLength at most {@link #room}
     */
    void answerTcp(int row, int sequence, int acknowledgment, int flags, int window, int payloadLength);

    /**
     * Sends an IPv4 packet on to another station, with addresses and ports replaced and checksums updated; the time to live
     * becomes one less, and without any left the packet is dropped. The source must be one of the application's own addresses
     * and ports.
     *
     * @param source address, first octet highest
     * @param destination likewise
     */
    void redirect4(int row, int source, int sourcePort, int destination, int destinationPort);

    /** The same with IPv6 addresses, each as two halves, first octet highest. */
    void redirect6(
            int row,
            long source0,
            long source1,
            int sourcePort,
            long destination0,
            long destination1,
            int destinationPort);

    /**
     * Drops the packet.
     *
     * @param reason number of one of {@link ApplicationPlan#dropReasons}, from 0
     */
    void drop(int row, int reason);

    /** Drops a packet that is not {@linkplain #isIntact intact}; counted as such for the whole node. */
    void dropDamaged(int row);

    /** The packet is dealt with and needs no answer. */
    void consume(int row);

    // Packets of the application's own.

    /**
     * Takes a buffer from the free pool for a packet of its own.
     *
     * @return the address for the IP header, or 0 when there is none or the application has {@link #MOST_BUFFERS}
     */
    long allocate();

    /** Buffers an application may hold at a time; all must be sent or released before it returns. */
    int MOST_BUFFERS = 64;

    /** Bytes of a buffer from the address that {@link #allocate} returned. */
    int capacity();

    /**
     * Sends an IP packet with complete checksums; it leaves by the routing table. Its source must be one of the
     * application's own addresses.
     *
     * @param packet as {@link #allocate} returned it
     * @param length from the IP header, at most {@link #capacity}
     */
    void send(long packet, int length);

    /** Gives a buffer back. */
    void release(long packet);
}
