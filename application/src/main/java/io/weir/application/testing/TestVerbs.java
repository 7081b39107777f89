package io.weir.application.testing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.Claim;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Does to the bytes of a packet what the verbs say. Answers have plain IP headers, and 64 hops to live like reflected packets. */
final class TestVerbs {
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int HOPS = 64;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int LONGEST_ADDRESSES = 32;

    private final MemorySegment memory;
    private final MemorySegment addresses = MemorySegment.ofArray(new byte[LONGEST_ADDRESSES]);

    TestVerbs(MemorySegment memory) {
        this.memory = memory;
    }

    boolean isIntact(TestRow row) {
        IpHeaders headers = row.headers;
        int checksum = IpHeaders.u16(memory, row.transport() + IpHeaders.checksumAt(headers.protocol));
        if (checksum == 0 && headers.protocol == Claim.UDP) {
            return headers.version == 4; // RFC 768; RFC 8200 section 8.1
        }
        int length = headers.transportLength();
        int here = Math.min(length, row.here - headers.transport);
        long sum = IpHeaders.pseudoHeader(memory, row.network, headers.version, headers.protocol, length)
                + InternetChecksum.sum(memory, row.transport(), here);
        for (int i = 0; i < length - here; i++) {
            int octet = row.pieces[i] & 0xff;
            sum += (here + i & 1) == 0 ? octet << 8 : octet;
        }
        return InternetChecksum.finish(sum) == 0;
    }

    void reflect(TestRow row) {
        swapAddresses(row.network, row.network, row.headers.version);
        swapPorts(row.transport());
        setHops(row.network, row.headers.version, HOPS);
        row.sendWhole(Verb.REFLECTED);
    }

    /** The two addresses of one header change sides, into another, which may be the same. */
    private void swapAddresses(long from, long to, int version) {
        int length = IpHeaders.addressBytes(version);
        int at = IpHeaders.addresses(version);
        MemorySegment.copy(memory, from + at, addresses, length, length);
        MemorySegment.copy(memory, from + at + length, addresses, 0, length);
        MemorySegment.copy(addresses, 0, memory, to + at, 2L * length);
    }

    private void swapPorts(long transport) {
        int ports = memory.get(IpHeaders.U32, transport);
        memory.set(IpHeaders.U32, transport, ports >>> 16 | ports << 16);
    }

    private void setHops(long network, int version, int hops) {
        if (version == 4) {
            memory.set(JAVA_BYTE, network + 8, (byte) hops);
            fillHeaderChecksum(network);
        } else {
            memory.set(JAVA_BYTE, network + 7, (byte) hops);
        }
    }

    private void fillHeaderChecksum(long network) {
        IpHeaders.setU16(memory, network + 10, 0);
        int length = (memory.get(JAVA_BYTE, network) & 0xf) * 4;
        IpHeaders.setU16(memory, network + 10, InternetChecksum.finish(InternetChecksum.sum(memory, network, length)));
    }

    void answerUdp(TestRow row, int payloadLength) {
        long transport = row.transport();
        int length = IpHeaders.UDP_BYTES + payloadLength;
        swapPorts(transport);
        IpHeaders.setU16(memory, transport + 4, length);
        answer(row, transport, length);
    }

    void answerTcp(TestRow row, int sequence, int acknowledgment, int flags, int window, int payloadLength) {
        long transport = row.transport();
        swapPorts(transport);
        memory.set(IpHeaders.U32, transport + 4, sequence);
        memory.set(IpHeaders.U32, transport + 8, acknowledgment);
        memory.set(IpHeaders.U32, transport + 12, 5 << 28 | flags << 16 | window);
        IpHeaders.setU16(memory, transport + 18, 0);
        answer(row, transport, IpHeaders.TCP_BYTES + payloadLength);
    }

    /** A fresh IP header right before the transport header, and the checksums. */
    private void answer(TestRow row, long transport, int length) {
        int version = row.headers.version;
        int protocol = row.headers.protocol;
        int networkBytes = version == 4 ? IpHeaders.IPV4_BYTES : IpHeaders.IPV6_BYTES;
        long network = transport - networkBytes;
        swapAddresses(row.network, network, version);
        if (version == 4) {
            IpHeaders.setU16(memory, network, 0x4500);
            IpHeaders.setU16(memory, network + 2, networkBytes + length);
            IpHeaders.setU16(memory, network + 4, 0);
            IpHeaders.setU16(memory, network + 6, DO_NOT_FRAGMENT);
            memory.set(JAVA_BYTE, network + 9, (byte) protocol);
        } else {
            memory.set(IpHeaders.U32, network, 0x6000_0000);
            IpHeaders.setU16(memory, network + 4, length);
            memory.set(JAVA_BYTE, network + 6, (byte) protocol);
        }
        setHops(network, version, HOPS);
        long checksumAt = transport + IpHeaders.checksumAt(protocol);
        IpHeaders.setU16(memory, checksumAt, 0);
        long sum = IpHeaders.pseudoHeader(memory, network, version, protocol, length)
                + InternetChecksum.sum(memory, transport, length);
        int checksum = InternetChecksum.finish(sum);
        IpHeaders.setU16(memory, checksumAt, checksum == 0 && protocol == Claim.UDP ? 0xffff : checksum);
        row.send(Verb.ANSWERED, network, networkBytes + length);
    }

    void redirect4(TestRow row, int source, int sourcePort, int destination, int destinationPort) {
        if (isExpired(row)) {
            return;
        }
        long before = ends(row);
        memory.set(IpHeaders.U32, row.network + 12, source);
        memory.set(IpHeaders.U32, row.network + 16, destination);
        redirect(row, before, sourcePort, destinationPort);
    }

    void redirect6(
            TestRow row,
            long source0,
            long source1,
            int sourcePort,
            long destination0,
            long destination1,
            int destinationPort) {
        if (isExpired(row)) {
            return;
        }
        long before = ends(row);
        memory.set(U64, row.network + 8, source0);
        memory.set(U64, row.network + 16, source1);
        memory.set(U64, row.network + 24, destination0);
        memory.set(U64, row.network + 32, destination1);
        redirect(row, before, sourcePort, destinationPort);
    }

    private int hops(TestRow row) {
        return IpHeaders.u8(memory, row.network + (row.headers.version == 4 ? 8 : 7));
    }

    private boolean isExpired(TestRow row) {
        if (hops(row) > 1) {
            return false;
        }
        row.verb = Verb.EXPIRED;
        return true;
    }

    /** Sum of addresses and ports. */
    private long ends(TestRow row) {
        int version = row.headers.version;
        return InternetChecksum.sum(
                        memory, row.network + IpHeaders.addresses(version), 2L * IpHeaders.addressBytes(version))
                + InternetChecksum.sum(memory, row.transport(), 4);
    }

    /** Ports, checksums and hops once the addresses are in. */
    private void redirect(TestRow row, long before, int sourcePort, int destinationPort) {
        long transport = row.transport();
        IpHeaders.setU16(memory, transport, sourcePort);
        IpHeaders.setU16(memory, transport + 2, destinationPort);
        boolean udp = row.headers.protocol == Claim.UDP;
        long checksumAt = transport + IpHeaders.checksumAt(row.headers.protocol);
        int checksum = IpHeaders.u16(memory, checksumAt);
        if (!udp || checksum != 0) {
            int updated = InternetChecksum.update(checksum, before, ends(row));
            IpHeaders.setU16(memory, checksumAt, udp && updated == 0 ? 0xffff : updated);
        }
        setHops(row.network, row.headers.version, hops(row) - 1);
        row.sendWhole(Verb.REDIRECTED);
    }
}
