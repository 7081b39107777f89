package io.weir.switching.filter;

import static io.weir.switching.filter.Raw.u8;

import io.weir.memory.configuration.ConfigurationReader;
import java.lang.foreign.MemorySegment;

/**
 * What selection rules ask of a connection's first packet: the client's network, the destination port, DSCP, and the TCP
 * options of a SYN. The parser has checked the headers' lengths.
 */
final class FirstPacket {
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;

    private FirstPacket() {}

    /** Handle of the selection table for the packet of row {@code i}: of the first rule that applies, or of the service. */
    static int table(ConfigurationReader configuration, MemorySegment frames, PacketBatch batch, int i, int service) {
        if (configuration.ruleCount(service) == 0) {
            return configuration.table(service);
        }
        long frame = batch.frames.address[i];
        long network = frame + batch.networkOffset[i];
        int port = Short.toUnsignedInt(Short.reverseBytes((short) (batch.key[i] >>> 16)));
        long options = batch.protocol[i] == Protocol.TCP ? tcpOptions(frames, frame + batch.transportOffset[i]) : 0;
        if (batch.kind[i] == PacketBatch.KIND_IPV4) {
            int dscp = u8(frames, network + 1) >>> 2;
            long source1 = ConfigurationReader.mapped1((int) batch.source0[i]);
            return configuration.tableFor(service, 0, source1, port, dscp, options);
        }
        // The traffic class follows the four bits of the version (RFC 8200 section 3).
        int dscp = ((u8(frames, network) & 0xf) << 2) | (u8(frames, network + 1) >>> 6);
        return configuration.tableFor(service, batch.source0[i], batch.source1[i], port, dscp, options);
    }

    /**
     * Bit n is set when the header has an option of kind n below 64 (RFC 9293 section 3.1). What follows an option with an
     * impossible length does not count.
     */
    static long tcpOptions(MemorySegment frames, long header) {
        long end = header + ((u8(frames, header + 12) & 0xf0) >>> 2);
        long kinds = 0;
        long at = header + Protocol.TCP_HEADER_BYTES;
        while (at < end) {
            int kind = u8(frames, at);
            if (kind == END_OF_OPTIONS || kind == NO_OPERATION) {
                kinds |= 1L << kind;
                if (kind == END_OF_OPTIONS) {
                    break;
                }
                at++;
                continue;
            }
            int length = at + 1 < end ? u8(frames, at + 1) : 0;
            if (length < 2 || at + length > end) {
                break;
            }
            if (kind < Long.SIZE) {
                kinds |= 1L << kind;
            }
            at += length;
        }
        return kinds;
    }
}
