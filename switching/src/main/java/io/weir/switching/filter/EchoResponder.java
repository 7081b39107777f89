package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.FrameChain;
import io.weir.port.FrameBatch;
import io.weir.port.Offload;
import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Answers ICMP (RFC 792) and ICMPv6 (RFC 4443 §4) echo requests to own and virtual addresses in place, up to a number
 * per second. Checksums are verified before and updated for what changes (RFC 1624). An address answers wherever its
 * packet came in; the answer goes back to the station that handed the request over.
 */
final class EchoResponder {
    private static final ValueLayout.OfLong RAW_64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt RAW_32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort RAW_16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int HEADER = 8;
    private static final int IP6 = 40;
    private static final int ICMPV6 = 58;
    private static final int REQUEST_4 = 8;
    private static final int REPLY_4 = 0;
    private static final int REQUEST_6 = 128;
    private static final int REPLY_6 = 129;
    private static final int TIME_TO_LIVE = 64;

    private final MemorySegment frames;
    private final FrameChain chain;
    private final ConfigurationReader configuration;
    private final ProcessorCounters counters;
    private final LocalAddresses local;
    private final Egress egress;
    private final TokenBucket bucket = new TokenBucket();

    EchoResponder(ProcessorContext context, Egress egress, LocalAddresses local) {
        this.frames = context.frames;
        this.chain = context.chain;
        this.configuration = context.configuration;
        this.counters = context.counters;
        this.egress = egress;
        this.local = local;
    }

    /** Answers the ICMP message of row {@code i} if it is an echo request. */
    int handle4(PacketBatch batch, int i, int nowMs) {
        if (batch.fragment[i]) {
            return Verdict.drop(DropReason.FRAGMENT_UNSUPPORTED);
        }
        long offload = batch.frames.offload[i];
        long frame = batch.frames.address[i];
        long message = frame + batch.transportOffset[i];
        int length = batch.packetEnd[i] - batch.transportOffset[i];
        if (length < HEADER) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        if (!isRequest(message, REQUEST_4)) {
            return Verdict.drop(DropReason.ICMP_UNHANDLED);
        }
        if (!Offload.isTrusted(offload) && !isChecksumRight4(batch, i, length)) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        if (!bucket.take(nowMs, configuration.echoesPerSecond())) {
            return Verdict.drop(DropReason.ECHO_RATE_LIMITED);
        }
        reply(message, REPLY_4, offload);
        long ip = frame + batch.networkOffset[i];
        int source = frames.get(RAW_32, ip + 12);
        frames.set(RAW_32, ip + 12, frames.get(RAW_32, ip + 16));
        frames.set(RAW_32, ip + 16, source);
        int word = frames.get(RAW_16, ip + 8) & 0xffff;
        int fresh = (word & 0xff00) | TIME_TO_LIVE;
        int checksum = frames.get(RAW_16, ip + 10) & 0xffff;
        frames.set(RAW_16, ip + 8, (short) fresh);
        frames.set(RAW_16, ip + 10, (short) Checksum.update16(checksum, word, fresh));
        return send(batch, i);
    }

    /** Answers the ICMPv6 message of row {@code i} if it is an echo request. */
    int handle6(PacketBatch batch, int i, int nowMs) {
        if (batch.fragment[i]) {
            return Verdict.drop(DropReason.FRAGMENT_UNSUPPORTED);
        }
        int offset = batch.transportOffset[i];
        long offload = batch.frames.offload[i];
        long ip = batch.frames.address[i] + batch.networkOffset[i];
        long message = batch.frames.address[i] + offset;
        int length = batch.packetEnd[i] - offset;
        if (length < HEADER) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        if (!isRequest(message, REQUEST_6)) {
            return Verdict.drop(DropReason.ICMP_UNHANDLED);
        }
        if (!isAnswered6(batch, i)) {
            return Verdict.drop(DropReason.DESTINATION_ADDRESS_INVALID);
        }
        if (message != ip + IP6) {
            // A reply would have to leave the extension headers out; nobody pings with them.
            return Verdict.drop(DropReason.IPV6_EXTENSIONS_INVALID);
        }
        if (!Offload.isTrusted(offload) && !isChecksumRight6(batch, i, length)) {
            return Verdict.drop(DropReason.ICMP_INVALID);
        }
        if (!bucket.take(nowMs, configuration.echoesPerSecond())) {
            return Verdict.drop(DropReason.ECHO_RATE_LIMITED);
        }
        reply(message, REPLY_6, offload);
        long source0 = frames.get(RAW_64, ip + 8);
        long source1 = frames.get(RAW_64, ip + 16);
        // Swapping the addresses leaves the pseudo header's sum as it is.
        frames.set(RAW_64, ip + 8, frames.get(RAW_64, ip + 24));
        frames.set(RAW_64, ip + 16, frames.get(RAW_64, ip + 32));
        frames.set(RAW_64, ip + 24, source0);
        frames.set(RAW_64, ip + 32, source1);
        frames.set(JAVA_BYTE, ip + 7, (byte) TIME_TO_LIVE);
        return send(batch, i);
    }

    private boolean isChecksumRight4(PacketBatch batch, int i, int length) {
        return Checksum.finish(FrameSum.of(frames, chain, batch, i, batch.transportOffset[i], length)) == 0;
    }

    private boolean isChecksumRight6(PacketBatch batch, int i, int length) {
        long addresses = Checksum.sum(frames, batch.frames.address[i] + batch.networkOffset[i] + 8, 32);
        long pseudo = addresses + ((long) ICMPV6 << 8) + Checksum.swap(length);
        return Checksum.finish(pseudo + FrameSum.of(frames, chain, batch, i, batch.transportOffset[i], length)) == 0;
    }

    /** Type and code in one word; a request's code is 0. */
    private boolean isRequest(long message, int type) {
        return (frames.get(RAW_16, message) & 0xffff) == type;
    }

    /** Multicast is never a source address; a link-local address may be another station's. */
    private boolean isAnswered6(PacketBatch batch, int i) {
        long destination0 = batch.destination0[i];
        if ((destination0 & 0xff) == 0xff) {
            return false;
        }
        return !LocalAddresses.isLinkLocal(destination0)
                || local.answers6(batch.frames.ingress[i], destination0, batch.destination1[i]);
    }

    private void reply(long message, int type, long offload) {
        int word = frames.get(RAW_16, message) & 0xffff;
        frames.set(RAW_16, message, (short) type);
        if (!Offload.needsChecksum(offload)) {
            // A partial checksum covers the pseudo header only, which does not change.
            int checksum = frames.get(RAW_16, message + 2) & 0xffff;
            frames.set(RAW_16, message + 2, (short) Checksum.update16(checksum, word, type));
        }
    }

    private int send(PacketBatch batch, int i) {
        FrameBatch columns = batch.frames;
        long frame = columns.address[i];
        int ingress = columns.ingress[i];
        LinkHeader.set(frames, frame, LinkHeader.source(frames, frame), local.linkAddress(ingress));
        egress.send(batch, i, ingress);
        counters.add(Counter.ECHO_REPLIES_SENT, 1);
        return Verdict.SENT;
    }
}
