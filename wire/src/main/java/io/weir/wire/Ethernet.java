package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An Ethernet II header; see {@link EthernetView}.
 *
 * @param destination to whom
 * @param source from whom
 * @param etherType {@link EtherType} of what follows
 */
public record Ethernet(MacAddress destination, MacAddress source, int etherType) implements HeaderValue {
    public Ethernet {
        Fields.requireUnsigned("type", etherType, 16);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Ethernet parse(EthernetView view) {
        Fields.valid("Ethernet header", view);
        return new Ethernet(new MacAddress(view.destination()), new MacAddress(view.source()), view.etherType());
    }

    /** Like {@link #parse(EthernetView)} for bytes of their own. */
    public static Ethernet parse(byte[] bytes) {
        return parse(new EthernetView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return EthernetView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        EthernetView view = new EthernetView().wrap(memory, offset, headerLength());
        view.destination(destination.bits());
        view.source(source.bits());
        view.etherType(etherType);
        return headerLength();
    }
}
