package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ICMP message without its data; see {@link IcmpView}.
 *
 * @param type type
 * @param code code
 * @param rest the four bytes behind the checksum
 */
public record Icmp(int type, int code, int rest) implements HeaderValue {
    public Icmp {
        Fields.requireUnsigned("type", type, 8);
        Fields.requireUnsigned("code", code, 8);
    }

    /** An echo message of the given type, request or reply. */
    public static Icmp echo(int type, int identifier, int sequence) {
        Fields.requireUnsigned("identifier", identifier, 16);
        Fields.requireUnsigned("sequence number", sequence, 16);
        return new Icmp(type, 0, identifier << 16 | sequence);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    public static Icmp parse(IcmpView view) {
        Fields.valid("ICMP message", view);
        return new Icmp(view.type(), view.code(), view.rest());
    }

    /** Like {@link #parse(IcmpView)} for bytes of their own. */
    public static Icmp parse(byte[] bytes) {
        return parse(new IcmpView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return IcmpView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        IcmpView view = new IcmpView().wrap(memory, offset, headerLength());
        view.type(type);
        view.code(code);
        view.rawChecksum(0);
        view.rest(rest);
        return headerLength();
    }
}
