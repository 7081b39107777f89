package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An ICMPv6 message without its data; see {@link Icmpv6View}.
 *
 * @param type type
 * @param code code
 * @param rest the four bytes behind the checksum
 */
public record Icmpv6(int type, int code, int rest) implements HeaderValue {
    public Icmpv6 {
        Fields.requireUnsigned("type", type, 8);
        Fields.requireUnsigned("code", code, 8);
    }

    /** An echo message of the given type, request or reply. */
    public static Icmpv6 echo(int type, int identifier, int sequence) {
        Fields.requireUnsigned("identifier", identifier, 16);
        Fields.requireUnsigned("sequence number", sequence, 16);
        return new Icmpv6(type, 0, identifier << 16 | sequence);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    public static Icmpv6 parse(Icmpv6View view) {
        Fields.valid("ICMPv6 message", view);
        return new Icmpv6(view.type(), view.code(), view.rest());
    }

    /** Like {@link #parse(Icmpv6View)} for bytes of their own. */
    public static Icmpv6 parse(byte[] bytes) {
        return parse(new Icmpv6View().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Icmpv6View.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Icmpv6View view = new Icmpv6View().wrap(memory, offset, headerLength());
        view.type(type);
        view.code(code);
        view.rawChecksum(0);
        view.rest(rest);
        return headerLength();
    }
}
