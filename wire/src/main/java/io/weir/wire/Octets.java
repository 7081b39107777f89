package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/** Immutable bytes, equal by content: what header values keep of options and data. */
public final class Octets {
    /** No bytes. */
    public static final Octets NONE = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the bytes. */
    public static Octets of(byte... bytes) {
        return bytes.length == 0 ? NONE : new Octets(bytes.clone());
    }

    /** Bytes in hexadecimal, two digits each, nothing between them. */
    public static Octets ofHex(String digits) {
        return of(HexFormat.of().parseHex(digits));
    }

    static Octets of(MemorySegment memory, long offset, int length) {
        return length == 0 ? NONE : new Octets(Fields.bytes(memory, offset, length));
    }

    /** How many there are. */
    public int length() {
        return bytes.length;
    }

    /** A copy of them. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    void emit(MemorySegment memory, long offset) {
        Fields.put(memory, offset, bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
