package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Verifies the checksums of a frame that leaves, by plain sums of its own and not by those of the data path. */
final class Checksums {
    private Checksums() {}

    /** IPv4 header, TCP, UDP, ICMP and ICMPv6; fragments and unknown protocols are not looked into. */
    static void verify(byte[] frame) {
        int ip = number(frame, 12) == 0x8100 ? 18 : 14;
        int type = number(frame, ip - 2);
        if (type == 0x0800) {
            verify4(frame, ip);
        } else if (type == 0x86dd) {
            verify6(frame, ip);
        }
    }

    private static void verify4(byte[] frame, int ip) {
        int header = (frame[ip] & 0xf) * 4;
        assertThat(Packet.sum(Arrays.copyOfRange(frame, ip, ip + header)))
                .as("sum of the IPv4 header")
                .isEqualTo(0xffff);
        if ((number(frame, ip + 6) & 0x3fff) == 0) {
            int addresses = Packet.sum(Arrays.copyOfRange(frame, ip + 12, ip + 20));
            verifyTransport(frame, ip + header, ip + number(frame, ip + 2), frame[ip + 9] & 0xff, addresses);
        }
    }

    private static void verify6(byte[] frame, int ip) {
        int end = ip + 40 + number(frame, ip + 4);
        int at = ip + 40;
        int next = frame[ip + 6] & 0xff;
        while (next == 0 || next == 43 || next == 60) {
            next = frame[at] & 0xff;
            at += 8 + 8 * (frame[at + 1] & 0xff);
        }
        verifyTransport(frame, at, end, next, Packet.sum(Arrays.copyOfRange(frame, ip + 8, ip + 40)));
    }

    private static void verifyTransport(byte[] frame, int from, int end, int protocol, int addresses) {
        boolean known = protocol == Packet.TCP
                || protocol == Packet.UDP
                || protocol == Packet.ICMP
                || protocol == Packet.ICMPV6;
        if (!known || (protocol == Packet.UDP && number(frame, from + 6) == 0)) {
            return;
        }
        int pseudo = protocol == Packet.ICMP ? 0 : addresses + protocol + end - from;
        int total = Packet.fold(Packet.sum(Arrays.copyOfRange(frame, from, end)) + pseudo);
        assertThat(total).as("sum of transport protocol " + protocol).isEqualTo(0xffff);
    }

    private static int number(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | (frame[at + 1] & 0xff);
    }
}
