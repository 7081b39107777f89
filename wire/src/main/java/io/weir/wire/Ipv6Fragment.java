package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv6 fragment header; see {@link Ipv6FragmentView}.
 *
 * @param nextHeader {@link IpProtocol} of the first header of the fragmentable part
 * @param fragmentOffset place of this fragment in bytes, a multiple of 8
 * @param moreFragments not the last fragment
 * @param identification what the fragments of a packet have in common, 32 bits
 */
public record Ipv6Fragment(int nextHeader, int fragmentOffset, boolean moreFragments, int identification)
        implements HeaderValue {
    public Ipv6Fragment {
        Fields.requireUnsigned("next header", nextHeader, 8);
        Fields.requireMultiple("fragment offset", fragmentOffset, 8, 0xfff8);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Ipv6Fragment parse(Ipv6FragmentView view) {
        Fields.valid("IPv6 fragment header", view);
        return new Ipv6Fragment(
                view.nextHeader(), view.fragmentOffset(), view.isMoreFragments(), view.identification());
    }

    /** Like {@link #parse(Ipv6FragmentView)} for bytes of their own. */
    public static Ipv6Fragment parse(byte[] bytes) {
        return parse(new Ipv6FragmentView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return Ipv6FragmentView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        Ipv6FragmentView view = new Ipv6FragmentView().wrap(memory, offset, headerLength());
        view.nextHeader(nextHeader);
        view.fragment(fragmentOffset, moreFragments);
        view.identification(identification);
        return headerLength();
    }
}
