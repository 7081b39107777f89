package io.weir.bench;

import io.weir.memory.configuration.RawAddress;
import io.weir.wire.Checksum;
import io.weir.wire.FrameBuilder;
import io.weir.wire.TcpFlags;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes the frames of numbered connections: frame {@code n} is a template of which the client's address and port, the
 * server's address, and the checksums are replaced. Everything follows from the number, so no table of clients
 * disturbs the caches. Numbers reach from 0 to 2^36.
 */
final class Traffic {
    static final int TRANSLATED_PORT = 80;
    static final int DIRECT_PORT = 81;
    static final int SERVER_PORT = 8080;
    /** Where the echo application listens, and where nobody does. */
    static final int ECHO_PORT = 7;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ETHERNET = 14;
    private static final int TCP_CHECKSUM = 16;
    private static final int UDP_CHECKSUM = 6;
    /** Odd, so that 24 bits of a number map one to one onto 24 bits of an address. */
    private static final int SPREAD = 0x9e37b1;

    final boolean ipv6;
    private final MemorySegment frames;
    private final byte[] open;
    private final byte[] request;
    private final byte[] answer;
    private final int transport;
    private final int checksum;

    Traffic(boolean ipv6, MemorySegment frames, int servicePort) {
        this.ipv6 = ipv6;
        this.frames = frames;
        transport = ETHERNET + (ipv6 ? 40 : 20);
        checksum = transport + TCP_CHECKSUM;
        String client = ipv6 ? "fd01::a00:0" : "10.0.0.0";
        String service = ipv6 ? "fd00:1::100" : "192.168.1.100";
        String server = ipv6 ? "fd00:2::1" : "192.168.2.1";
        open = FrameBuilder.ethernet(BenchNode.ROUTER_MAC, BenchNode.OUTER_MAC)
                .ip(client, service)
                .tcp(1024, servicePort, TcpFlags.SYN, 1, 0)
                .build();
        request = FrameBuilder.ethernet(BenchNode.ROUTER_MAC, BenchNode.OUTER_MAC)
                .ip(client, service)
                .tcp(1024, servicePort, TcpFlags.ACK, 1, 1)
                .build();
        answer = FrameBuilder.ethernet("02:00:00:00:03:01", BenchNode.INNER_MAC)
                .ip(server, client)
                .tcp(SERVER_PORT, 1024, TcpFlags.ACK, 1, 1)
                .build();
    }

    /**
     * UDP datagrams of 32 bytes from the clients; there are no answers.
     *
     * @param server whether they go to a server, rather than to the services' address
     */
    Traffic(boolean ipv6, MemorySegment frames, int port, boolean server) {
        this.ipv6 = ipv6;
        this.frames = frames;
        transport = ETHERNET + (ipv6 ? 40 : 20);
        checksum = transport + UDP_CHECKSUM;
        String service = ipv6 ? "fd00:1::100" : "192.168.1.100";
        String first = ipv6 ? "fd00:2::1" : "192.168.2.1";
        request = FrameBuilder.ethernet(BenchNode.ROUTER_MAC, BenchNode.OUTER_MAC)
                .ip(ipv6 ? "fd01::a00:0" : "10.0.0.0", server ? first : service)
                .udp(1024, port)
                .payload(new byte[32])
                .build();
        open = request;
        answer = request;
    }

    int length() {
        return Math.max(60, request.length);
    }

    /** A SYN from the client. */
    void open(long frame, long number) {
        fromClient(open, frame, number);
    }

    /** An ACK from the client. */
    void request(long frame, long number) {
        fromClient(request, frame, number);
    }

    /** A SYN and ACK, or an ACK, from the server the client's packets went to. */
    void answer(long frame, long number, int server, boolean first) {
        copy(answer, frame);
        setClient(frame, number, false);
        int at = transport - (ipv6 ? 17 : 5);
        int old = frames.get(ValueLayout.JAVA_BYTE, frame + at) & 0xff;
        frames.set(ValueLayout.JAVA_BYTE, frame + at, (byte) server);
        // The last octet of the source: the high half of its raw word.
        adjust(frame, Checksum.difference16(old << 8, server << 8), 0);
        if (first) {
            int flags = frames.get(U16, frame + transport + 12);
            int withSyn = flags | TcpFlags.SYN << 8;
            frames.set(U16, frame + transport + 12, (short) withSyn);
            adjustTransport(frame, Checksum.difference16(flags, withSyn));
        }
    }

    /** True when the packet, on its way to the servers, is one of connection {@code number}. */
    boolean isFromClient(long frame, long number) {
        int bits = frames.get(U32, frame + transport - (ipv6 ? 20 : 8)) >>> 8;
        return bits == spread(number);
    }

    private static int spread(long number) {
        return ((int) number & 0xff_ffff) * SPREAD & 0xff_ffff;
    }

    /** Last octet of the destination of a packet that left towards the servers. */
    int server(long frame) {
        return frames.get(ValueLayout.JAVA_BYTE, frame + transport - 1) & 0xff;
    }

    private void fromClient(byte[] template, long frame, long number) {
        copy(template, frame);
        setClient(frame, number, true);
    }

    private void copy(byte[] template, long frame) {
        MemorySegment.copy(template, 0, frames, ValueLayout.JAVA_BYTE, frame, template.length);
    }

    /** The client's 24 address bits and its port; the template has zeros and 1024 there. */
    private void setClient(long frame, long number, boolean source) {
        int addressAt = transport - (source ? (ipv6 ? 20 : 8) : 4);
        int oldWord = frames.get(U32, frame + addressAt);
        int bits = spread(number);
        int newWord = oldWord | bits << 8;
        frames.set(U32, frame + addressAt, newWord);
        int portAt = transport + (source ? 0 : 2);
        int oldPort = frames.get(U16, frame + portAt) & 0xffff;
        int newPort = Checksum.swap(1024 + (int) (number >>> 24) + (bits >>> 13 & 0xfff));
        frames.set(U16, frame + portAt, (short) newPort);
        adjust(frame, Checksum.difference32(oldWord, newWord), Checksum.difference16(oldPort, newPort));
    }

    private void adjust(long frame, long addressDifference, long portDifference) {
        if (!ipv6) {
            int header = frames.get(U16, frame + ETHERNET + 10);
            frames.set(U16, frame + ETHERNET + 10, (short) Checksum.update(header, addressDifference));
        }
        adjustTransport(frame, addressDifference + portDifference);
    }

    private void adjustTransport(long frame, long difference) {
        int old = frames.get(U16, frame + checksum);
        frames.set(U16, frame + checksum, (short) Checksum.update(old, difference));
    }

    /**
     * Removes the two records of a translated connection, of which {@code frame} is a packet that left to the server. A
     * half-open connection may be gone already: a later one took its place in a full window.
     */
    void forget(BenchNode node, long frame, int servicePort) {
        long ports = frames.get(U32, frame + transport) & 0xffff_ffffL;
        long clientPort = ports & 0xffff;
        long tcp = 6L << 32;
        long forward = clientPort | (long) Checksum.swap(servicePort) << 16 | tcp;
        long reverse = ports >>> 16 | clientPort << 16 | tcp;
        RawAddress service = ipv6 ? BenchNode.address6(1, 0x100) : BenchNode.address4(1, 100);
        if (ipv6) {
            long client0 = frames.get(U64, frame + ETHERNET + 8);
            long client1 = frames.get(U64, frame + ETHERNET + 16);
            long server0 = frames.get(U64, frame + ETHERNET + 24);
            long server1 = frames.get(U64, frame + ETHERNET + 32);
            remove6(node, client0, client1, service.address0(), service.address1(), forward);
            remove6(node, server0, server1, client0, client1, reverse);
        } else {
            long addresses = frames.get(U64, frame + ETHERNET + 12);
            long client = addresses & 0xffff_ffffL;
            remove4(node, client | (long) service.raw4() << 32, forward);
            remove4(node, addresses >>> 32 | client << 32, reverse);
        }
    }

    private static void remove4(BenchNode node, long addresses, long key) {
        var table = node.connections4;
        long record = table.find(addresses, key, table.hash(addresses, key));
        if (record >= 0) {
            table.remove(record, table.word(record));
        }
    }

    private static void remove6(
            BenchNode node, long source0, long source1, long destination0, long destination1, long key) {
        var table = node.connections6;
        int hash = table.hash(source0, source1, destination0, destination1, key);
        long record = table.find(source0, source1, destination0, destination1, key, hash);
        if (record >= 0) {
            table.remove(record, table.word(record));
        }
    }
}
