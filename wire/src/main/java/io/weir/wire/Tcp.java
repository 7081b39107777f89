package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A TCP header; see {@link TcpView}. Changed copies come from the {@code with} methods.
 *
 * @param sourcePort source port
 * @param destinationPort destination port
 * @param sequence sequence number
 * @param acknowledgment acknowledgment number
 * @param flags {@link TcpFlags}
 * @param window receive window, not scaled
 * @param urgentPointer urgent pointer
 * @param options with their padding, a multiple of 4 bytes, at most 40; see {@link TcpOption}
 */
public record Tcp(
        int sourcePort,
        int destinationPort,
        int sequence,
        int acknowledgment,
        int flags,
        int window,
        int urgentPointer,
        Octets options)
        implements HeaderValue {
    private static final int MAX_OPTIONS = TcpView.MAX_HEADER_LENGTH - TcpView.HEADER_LENGTH;

    public Tcp {
        Fields.requireUnsigned("source port", sourcePort, 16);
        Fields.requireUnsigned("destination port", destinationPort, 16);
        Fields.requireUnsigned("flags", flags, 9);
        Fields.requireUnsigned("window", window, 16);
        Fields.requireUnsigned("urgent pointer", urgentPointer, 16);
        Fields.requireMultiple("TCP options", options.length(), 4, MAX_OPTIONS);
    }

    /** A segment without options, with the largest window. */
    public static Tcp of(int sourcePort, int destinationPort, int flags, int sequence, int acknowledgment) {
        return new Tcp(sourcePort, destinationPort, sequence, acknowledgment, flags, 0xffff, 0, Octets.NONE);
    }

    /** A copy with options. */
    public Tcp withOptions(TcpOption... newOptions) {
        return new Tcp(
                sourcePort,
                destinationPort,
                sequence,
                acknowledgment,
                flags,
                window,
                urgentPointer,
                TcpOption.encode(List.of(newOptions)));
    }

    /** A copy with another window. */
    public Tcp withWindow(int newWindow) {
        return new Tcp(sourcePort, destinationPort, sequence, acknowledgment, flags, newWindow, urgentPointer, options);
    }

    /** The options as values. */
    public List<TcpOption> decodedOptions() {
        return TcpOption.decode(options);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException when the view is not valid; a wrong checksum is not looked at
     */
    public static Tcp parse(TcpView view) {
        Fields.valid("TCP segment", view);
        int optionsLength = view.headerLength() - TcpView.HEADER_LENGTH;
        return new Tcp(
                view.sourcePort(),
                view.destinationPort(),
                view.sequence(),
                view.acknowledgment(),
                view.flags(),
                view.window(),
                view.urgentPointer(),
                Octets.of(view.memory(), view.offset() + TcpView.HEADER_LENGTH, optionsLength));
    }

    /** Like {@link #parse(TcpView)} for the bytes of a segment. */
    public static Tcp parse(byte[] bytes) {
        return parse(new TcpView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    @Override
    public int headerLength() {
        return TcpView.HEADER_LENGTH + options.length();
    }

    @Override
    public int emit(MemorySegment memory, long offset) {
        TcpView view = new TcpView().wrap(memory, offset, headerLength());
        view.sourcePort(sourcePort);
        view.destinationPort(destinationPort);
        view.sequence(sequence);
        view.acknowledgment(acknowledgment);
        view.headerLengthAndFlags(headerLength(), flags);
        view.window(window);
        view.rawChecksum(0);
        view.urgentPointer(urgentPointer);
        options.emit(memory, offset + TcpView.HEADER_LENGTH);
        return headerLength();
    }
}
