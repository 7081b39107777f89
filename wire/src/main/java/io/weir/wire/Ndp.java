package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A message of neighbour discovery with the option that matters to it; see {@link NdpView}. */
public sealed interface Ndp extends HeaderValue {

    /** What is between the ICMPv6 header and the options when there is no target. */
    int ROUTER_SOLICITATION_LENGTH = 8;

    /**
     * Who has the target address? (RFC 4861 §4.3)
     *
     * @param target the address
     * @param source link-layer address of who asks; absent in duplicate address detection
     */
    record NeighbourSolicitation(Ipv6Address target, Optional<MacAddress> source) implements Ndp {
        @Override
        public int headerLength() {
            return NdpView.HEADER_LENGTH + (source.isPresent() ? NdpView.LINK_LAYER_OPTION_LENGTH : 0);
        }

        @Override
        public int emit(MemorySegment memory, long offset) {
            NdpView view = new NdpView().wrap(memory, offset, headerLength());
            view.type(Icmpv6View.NEIGHBOUR_SOLICITATION);
            view.flags(0);
            emitTarget(view, target, NdpView.SOURCE_LINK_LAYER_ADDRESS, source);
            return headerLength();
        }
    }

    /**
     * The sender has the target address. (RFC 4861 §4.4)
     *
     * @param router the sender is a router
     * @param solicited in answer to a solicitation
     * @param override replaces a cached link-layer address
     * @param target the address
     * @param link its link-layer address; may be absent in answer to a unicast solicitation
     */
    record NeighbourAdvertisement(
            boolean router, boolean solicited, boolean override, Ipv6Address target, Optional<MacAddress> link)
            implements Ndp {
        @Override
        public int headerLength() {
            return NdpView.HEADER_LENGTH + (link.isPresent() ? NdpView.LINK_LAYER_OPTION_LENGTH : 0);
        }

        @Override
        public int emit(MemorySegment memory, long offset) {
            NdpView view = new NdpView().wrap(memory, offset, headerLength());
            view.type(Icmpv6View.NEIGHBOUR_ADVERTISEMENT);
            view.flags((router ? NdpView.ROUTER : 0)
                    | (solicited ? NdpView.SOLICITED : 0)
                    | (override ? NdpView.OVERRIDE : 0));
            emitTarget(view, target, NdpView.TARGET_LINK_LAYER_ADDRESS, link);
            return headerLength();
        }
    }

    /**
     * Is there a router? (RFC 4861 §4.1)
     *
     * @param source link-layer address of who asks, if it has an address to ask from
     */
    record RouterSolicitation(Optional<MacAddress> source) implements Ndp {
        @Override
        public int headerLength() {
            return ROUTER_SOLICITATION_LENGTH + (source.isPresent() ? NdpView.LINK_LAYER_OPTION_LENGTH : 0);
        }

        @Override
        public int emit(MemorySegment memory, long offset) {
            new Icmpv6(Icmpv6View.ROUTER_SOLICITATION, 0, 0).emit(memory, offset);
            source.ifPresent(mac -> {
                long option = offset + ROUTER_SOLICITATION_LENGTH;
                Fields.put(memory, option, new byte[] {NdpView.SOURCE_LINK_LAYER_ADDRESS, 1});
                Fields.put(memory, option + 2, mac.octets());
            });
            return headerLength();
        }
    }

    private static void emitTarget(NdpView view, Ipv6Address target, int optionType, Optional<MacAddress> option) {
        view.rawChecksum(0);
        view.target(target.high(), target.low());
        option.ifPresent(mac -> view.firstOption(optionType, mac.bits()));
    }

    /**
     * Reads a neighbour solicitation or advertisement.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    static Ndp parse(NdpView view) {
        Fields.valid("neighbour solicitation or advertisement", view);
        Ipv6Address target = new Ipv6Address(view.targetHigh(), view.targetLow());
        if (view.type() == Icmpv6View.NEIGHBOUR_SOLICITATION) {
            return new NeighbourSolicitation(target, option(view, NdpView.SOURCE_LINK_LAYER_ADDRESS));
        }
        int flags = view.flags();
        return new NeighbourAdvertisement(
                (flags & NdpView.ROUTER) != 0,
                (flags & NdpView.SOLICITED) != 0,
                (flags & NdpView.OVERRIDE) != 0,
                target,
                option(view, NdpView.TARGET_LINK_LAYER_ADDRESS));
    }

    /** Like {@link #parse(NdpView)} for bytes of their own. */
    static Ndp parse(byte[] bytes) {
        return parse(new NdpView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    private static Optional<MacAddress> option(NdpView view, int type) {
        long mac = view.linkLayerAddress(type);
        return mac == NdpView.ABSENT ? Optional.empty() : Optional.of(new MacAddress(mac));
    }
}
