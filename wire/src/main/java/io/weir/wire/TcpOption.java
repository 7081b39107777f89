package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A TCP option as a value; a list of them is padded with no-operation to a multiple of 4 bytes. */
public sealed interface TcpOption {

    /**
     * Maximum segment size that the sender takes (RFC 9293 §3.7.1); of a SYN.
     *
     * @param bytes of payload in a segment without options
     */
    record MaximumSegmentSize(int bytes) implements TcpOption {}

    /**
     * Window scale (RFC 7323 §2); of a SYN.
     *
     * @param shift bits by which later windows are shifted
     */
    record WindowScale(int shift) implements TcpOption {}

    /** Selective acknowledgments are welcome (RFC 2018 §2); of a SYN. */
    record SackPermitted() implements TcpOption {}

    /**
     * Timestamps (RFC 7323 §3).
     *
     * @param value of the sender's clock
     * @param echo what the sender saw last
     */
    record Timestamps(int value, int echo) implements TcpOption {}

    /**
     * Any other option.
     *
     * @param kind kind
     * @param data what is behind the length
     */
    record Other(int kind, Octets data) implements TcpOption {}

    /** The options in the form they have on the wire, padded. */
    static Octets encode(List<TcpOption> options) {
        ByteBuffer buffer = ByteBuffer.allocate(300);
        for (TcpOption option : options) {
            switch (option) {
                case MaximumSegmentSize mss ->
                    buffer.put((byte) TcpView.OPTION_MAXIMUM_SEGMENT_SIZE)
                            .put((byte) 4)
                            .putShort((short) mss.bytes());
                case WindowScale scale ->
                    buffer.put((byte) TcpView.OPTION_WINDOW_SCALE).put((byte) 3).put((byte) scale.shift());
                case SackPermitted() ->
                    buffer.put((byte) TcpView.OPTION_SACK_PERMITTED).put((byte) 2);
                case Timestamps timestamps ->
                    buffer.put((byte) TcpView.OPTION_TIMESTAMPS)
                            .put((byte) 10)
                            .putInt(timestamps.value())
                            .putInt(timestamps.echo());
                case Other other ->
                    buffer.put((byte) other.kind())
                            .put((byte) (other.data().length() + 2))
                            .put(other.data().toBytes());
            }
        }
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) OptionWalk.NO_OPERATION);
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return Octets.of(bytes);
    }

    /** The options up to the first malformed one, without padding. */
    static List<TcpOption> decode(Octets encoded) {
        MemorySegment memory = MemorySegment.ofArray(encoded.toBytes());
        OptionWalk walk = new OptionWalk().wrap(memory, 0, encoded.length());
        List<TcpOption> options = new ArrayList<>();
        while (walk.next()) {
            options.add(decode(memory, walk));
        }
        return List.copyOf(options);
    }

    private static TcpOption decode(MemorySegment memory, OptionWalk walk) {
        ByteBuffer data = memory.asSlice(walk.dataOffset(), walk.dataLength())
                .asByteBuffer()
                .order(ByteOrder.BIG_ENDIAN);
        int kind = walk.kind();
        int length = walk.dataLength();
        if (kind == TcpView.OPTION_MAXIMUM_SEGMENT_SIZE && length == 2) {
            return new MaximumSegmentSize(data.getShort(0) & 0xffff);
        }
        if (kind == TcpView.OPTION_WINDOW_SCALE && length == 1) {
            return new WindowScale(data.get(0) & 0xff);
        }
        if (kind == TcpView.OPTION_SACK_PERMITTED && length == 0) {
            return new SackPermitted();
        }
        if (kind == TcpView.OPTION_TIMESTAMPS && length == 8) {
            return new Timestamps(data.getInt(0), data.getInt(4));
        }
        return new Other(
                kind, Octets.of(memory.asSlice(walk.dataOffset(), length).toArray(ValueLayout.JAVA_BYTE)));
    }
}
