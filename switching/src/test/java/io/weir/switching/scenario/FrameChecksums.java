package io.weir.switching.scenario;

import io.weir.port.Offload;
import org.jspecify.annotations.Nullable;

/**
 * Tells of any bytes whether their checksums are right, by plain sums that share nothing with the data path. What cannot
 * be checked (fragments, unknown protocols, impossible lengths) counts as right when nothing in it contradicts.
 */
final class FrameChecksums {
    private FrameChecksums() {}

    /** False when a checksum is wrong, or the frame is no whole IP packet. */
    static boolean areRight(byte[] frame, long offload) {
        if (frame.length < 14) {
            return false;
        }
        int ip = number(frame, 12) == 0x8100 ? 18 : 14;
        if (frame.length < ip) {
            return false;
        }
        return switch (number(frame, ip - 2)) {
            case 0x0800 -> isRight4(frame, ip, offload);
            case 0x86dd -> isRight6(frame, ip, offload);
            default -> true;
        };
    }

    /** Likewise of a frame as it comes in, about which a port may know nothing. */
    static boolean areRightOnReceipt(byte[] frame, long offload) {
        if (!Offload.isChecksumUnknown(offload)) {
            return areRight(frame, offload);
        }
        return areRight(frame, Offload.NONE) || areRight(frame, openOf(frame));
    }

    /** The offload of a frame that leaves its checksum open, if it does; {@link Offload#NONE} when it has none. */
    private static long openOf(byte[] frame) {
        Message message = message(frame.clone());
        boolean mayBeOpen = message != null
                && message.end == frame.length
                && (message.protocol == Packet.TCP || message.protocol == Packet.UDP);
        return message == null || !mayBeOpen
                ? Offload.NONE
                : Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, message.from, message.field());
    }

    private static boolean isRight4(byte[] frame, int ip, long offload) {
        if (frame.length < ip + 20) {
            return false;
        }
        int header = (frame[ip] & 0xf) * 4;
        int end = ip + number(frame, ip + 2);
        if (header < 20 || ip + header > end || end > frame.length || sum(frame, ip, ip + header) != 0xffff) {
            return false;
        }
        if ((number(frame, ip + 6) & 0x3fff) != 0) {
            return true;
        }
        int addresses = sum(frame, ip + 12, ip + 20);
        return isTransportRight(frame, ip + header, end, frame[ip + 9] & 0xff, addresses, offload);
    }

    private static boolean isRight6(byte[] frame, int ip, long offload) {
        if (frame.length < ip + 40) {
            return false;
        }
        int end = ip + 40 + number(frame, ip + 4);
        if (end > frame.length) {
            return false;
        }
        int at = ip + 40;
        int next = frame[ip + 6] & 0xff;
        while (next == 0 || next == 43 || next == 60) {
            if (at + 8 > end) {
                return false;
            }
            next = frame[at] & 0xff;
            at += 8 + 8 * (frame[at + 1] & 0xff);
        }
        return at <= end && isTransportRight(frame, at, end, next, sum(frame, ip + 8, ip + 40), offload);
    }

    private static boolean isTransportRight(
            byte[] frame, int from, int end, int protocol, int addresses, long offload) {
        int field = field(protocol);
        if (field < 0) {
            return true;
        }
        if (from + field + 2 > end) {
            return false;
        }
        int checksum = number(frame, from + field);
        int length = end - from;
        if (protocol == Packet.UDP) {
            int stated = number(frame, from + 4);
            if (stated < 8 || stated > length) {
                return false;
            }
            length = stated; // RFC 768: what follows the stated length is no part of the datagram
        }
        int pseudo = protocol == Packet.ICMP ? 0 : Packet.fold(addresses + protocol + length);
        if (Offload.needsChecksum(offload)) {
            return from + length == frame.length
                    && Offload.checksumStart(offload) == from
                    && Offload.checksumOffset(offload) == field
                    && isSame(checksum, pseudo);
        }
        if (protocol == Packet.UDP && checksum == 0) {
            return true;
        }
        return Packet.fold(sum(frame, from, from + length) + pseudo) == 0xffff;
    }

    /** In ones' complement, 0 and 0xffff are the same number. */
    private static boolean isSame(int a, int b) {
        return a % 0xffff == b % 0xffff;
    }

    /** Offset of the checksum in the transport header, or -1. */
    static int field(int protocol) {
        return switch (protocol) {
            case Packet.TCP -> 16;
            case Packet.UDP -> 6;
            case Packet.ICMP, Packet.ICMPV6 -> 2;
            default -> -1;
        };
    }

    /** Where a packet's transport message lies and what its pseudo header adds. */
    private record Message(int from, int end, int protocol, int pseudo) {
        int field() {
            return FrameChecksums.field(protocol);
        }
    }

    /** Makes the checksums of a whole IP packet right; leaves anything else as it is. */
    static void repair(byte[] frame) {
        Message message = message(frame);
        if (message != null) {
            int field = message.from + message.field();
            put(frame, field, 0);
            int checksum = ~Packet.fold(sum(frame, message.from, message.end) + message.pseudo) & 0xffff;
            put(frame, field, message.protocol == Packet.UDP && checksum == 0 ? 0xffff : checksum);
        }
    }

    /** Leaves the transport checksum to the interface: the pseudo header's sum in its field, and the offload that says so. */
    static long leaveOpen(byte[] frame) {
        Message message = message(frame);
        // An interface sums to the end of the frame (virtio 1.3 section 5.1.6.2), so nothing may follow the message.
        if (message == null || message.end != frame.length || message.protocol == Packet.ICMP) {
            return Offload.NONE;
        }
        put(frame, message.from + message.field(), message.pseudo);
        return Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, message.from, message.field());
    }

    /** Makes the length in the IP header that of the frame, when there is such a header. */
    static void fitLength(byte[] frame) {
        if (frame.length < 34) {
            return;
        }
        int ip = number(frame, 12) == 0x8100 ? 18 : 14;
        int type = number(frame, ip - 2);
        if (type == 0x0800) {
            put(frame, ip + 2, frame.length - ip);
        } else if (type == 0x86dd) {
            put(frame, ip + 4, Math.max(0, frame.length - ip - 40));
        }
    }

    /** The message of a whole IP packet with a checksum, or null; repairs the IPv4 header on the way. */
    private static @Nullable Message message(byte[] frame) {
        if (frame.length < 34) {
            return null;
        }
        int ip = number(frame, 12) == 0x8100 ? 18 : 14;
        int type = number(frame, ip - 2);
        if (type == 0x0800 && frame.length >= ip + 20) {
            int header = (frame[ip] & 0xf) * 4;
            int end = ip + number(frame, ip + 2);
            if (header < 20 || ip + header > end || end > frame.length) {
                return null;
            }
            put(frame, ip + 10, 0);
            put(frame, ip + 10, ~sum(frame, ip, ip + header));
            return message(frame, ip + header, end, frame[ip + 9] & 0xff, sum(frame, ip + 12, ip + 20));
        }
        if (type != 0x86dd || frame.length < ip + 40) {
            return null;
        }
        int end = ip + 40 + number(frame, ip + 4);
        int next = frame[ip + 6] & 0xff;
        int at = ip + 40;
        while ((next == 0 || next == 43 || next == 60) && at + 8 <= Math.min(end, frame.length)) {
            next = frame[at] & 0xff;
            at += 8 + 8 * (frame[at + 1] & 0xff);
        }
        return end <= frame.length && at <= end ? message(frame, at, end, next, sum(frame, ip + 8, ip + 40)) : null;
    }

    private static @Nullable Message message(byte[] frame, int from, int end, int protocol, int addresses) {
        int field = field(protocol);
        if (field < 0 || from + field + 2 > end) {
            return null;
        }
        int length = end - from;
        if (protocol == Packet.UDP) {
            int stated = number(frame, from + 4);
            length = stated >= 8 && stated <= length ? stated : length;
        }
        int pseudo = protocol == Packet.ICMP ? 0 : Packet.fold(addresses + protocol + length);
        return new Message(from, from + length, protocol, pseudo);
    }

    private static int sum(byte[] frame, int from, int end) {
        int total = 0;
        for (int i = from; i < end; i++) {
            total += (frame[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        return Packet.fold(total); // 2 KiB of words stay far below 2^31
    }

    static int number(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | (frame[at + 1] & 0xff);
    }

    static void put(byte[] frame, int at, int word) {
        frame[at] = (byte) (word >>> 8);
        frame[at + 1] = (byte) word;
    }
}
