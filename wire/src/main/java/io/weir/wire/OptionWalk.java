package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A bounded walk over the options of an IPv4 header (RFC 791 §3.1) or of a TCP header (RFC 9293 §3.2), which have the same
 * form: kind 0 ends the list, kind 1 is a single byte of padding, any other kind is followed by a length that counts kind
 * and length too.
 *
 * <pre>
 *  +--------+--------+---------...
 *  |  kind  | length |  data
 *  +--------+--------+---------...
 * </pre>
 *
 * Use: {@code wrap(…); while (next()) {…}; if (isMalformed()) …}. Nothing outside the given range is read.
 */
public final class OptionWalk {
    /** {@link #kind()} that ends the list; not reported. */
    public static final int END = 0;

    /** {@link #kind()} of one byte of padding; not reported. */
    public static final int NO_OPERATION = 1;

    private MemorySegment memory = MemorySegment.NULL;
    private long at;
    private long end;
    private int kind;
    private long dataOffset;
    private int dataLength;
    private boolean malformed;

    /** Starts at {@code offset}; {@code length} bytes of options. */
    public OptionWalk wrap(MemorySegment newMemory, long offset, int length) {
        memory = newMemory;
        at = offset;
        end = offset + Math.max(length, 0);
        kind = END;
        dataLength = 0;
        malformed = false;
        return this;
    }

    /** Moves to the next option; false at the end and at the first one whose length is impossible. */
    public boolean next() {
        while (at < end) {
            kind = memory.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            if (kind == END) {
                at = end;
                return false;
            }
            if (kind != NO_OPERATION) {
                return option();
            }
            at++;
        }
        return false;
    }

    private boolean option() {
        int size = at + 1 < end ? memory.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff : 0;
        if (size < 2 || size > end - at) {
            malformed = true;
            at = end;
            return false;
        }
        dataOffset = at + 2;
        dataLength = size - 2;
        at += size;
        return true;
    }

    /** Kind of the current option. */
    public int kind() {
        return kind;
    }

    /** Where the data of the current option begins in the memory. */
    public long dataOffset() {
        return dataOffset;
    }

    /** Bytes of data, without kind and length. */
    public int dataLength() {
        return dataLength;
    }

    /** Whether the walk ended at an option with an impossible length. */
    public boolean isMalformed() {
        return malformed;
    }
}
