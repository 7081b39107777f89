package io.weir.wire;

import java.lang.foreign.MemorySegment;

/**
 * An 802.1Q tag; see {@link VlanView}.
 *
 * @param priority code point, 0..7
 * @param dropEligible to be dropped first under congestion
 * @param identifier 0..4095
 * @param etherType {@link EtherType} of what follows
 */
public record Vlan(int priority, boolean dropEligible, int identifier, int etherType) implements HeaderValue {
    public Vlan {
        Fields.requireUnsigned("priority", priority, 3);
        Fields.requireUnsigned("VLAN identifier", identifier, 12);
        Fields.requireUnsigned("type", etherType, 16);
    }

    /**
     * Reads a tag.
     *
     * @throws IllegalArgumentException when the view is not valid
     */
    public static Vlan parse(VlanView view) {
        Fields.valid("802.1Q tag", view);
        return new Vlan(view.priority(), view.isDropEligible(), view.identifier(), view.etherType());
    }

    /** Like {@link #parse(VlanView)} for bytes of their own. */
    public static Vlan parse(byte[] bytes) {
        return parse(new VlanView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return VlanView.HEADER_LENGTH;
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        VlanView view = new VlanView().wrap(memory, offset, headerLength());
        view.control(priority, dropEligible, identifier);
        view.etherType(etherType);
        return headerLength();
    }
}
