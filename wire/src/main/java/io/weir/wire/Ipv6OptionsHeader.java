package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 hop-by-hop or destination options header; see {@link Ipv6OptionsView}. Which of the two is said by the header
 * before it.
 *
 * @param nextHeader {@link IpProtocol} of what follows
 * @param options with their padding, 6 bytes plus a multiple of 8
 */
public record Ipv6OptionsHeader(int nextHeader, Octets options) implements HeaderValue {
    public Ipv6OptionsHeader {
        Fields.requireUnsigned("next header", nextHeader, 8);
        Fields.requireMultiple("options header", Ipv6OptionsView.OPTIONS_OFFSET + options.length(), 8, 2048);
        if (options.length() < Ipv6OptionsView.MIN_HEADER_LENGTH - Ipv6OptionsView.OPTIONS_OFFSET) {
            throw new IllegalArgumentException("an options header has at least 6 bytes of options and padding");
        }
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; the options are not looked at
     */
    public static Ipv6OptionsHeader parse(Ipv6OptionsView view) {
        Fields.valid("IPv6 options header", view);
        return new Ipv6OptionsHeader(
                view.nextHeader(),
                Octets.of(
                        view.memory(),
                        view.offset() + Ipv6OptionsView.OPTIONS_OFFSET,
                        view.headerLength() - Ipv6OptionsView.OPTIONS_OFFSET));
    }

    /** Like {@link #parse(Ipv6OptionsView)} for bytes of their own. */
    public static Ipv6OptionsHeader parse(byte[] bytes) {
        return parse(new Ipv6OptionsView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Ipv6OptionsView.OPTIONS_OFFSET + options.length();
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Ipv6OptionsView view = new Ipv6OptionsView().wrap(memory, offset, headerLength());
        view.nextHeader(nextHeader);
        view.headerLength(headerLength());
        options.emit(memory, offset + Ipv6OptionsView.OPTIONS_OFFSET);
        return headerLength();
    }
}
