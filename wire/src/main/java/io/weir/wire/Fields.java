package io.weir.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Checks of the values that header records are made of. */
final class Fields {
    private Fields() {}

    /** Refuses a number that its field cannot hold. */
    static void requireUnsigned(String field, long value, int bits) {
        if (value >>> bits != 0) {
            throw new IllegalArgumentException(field + " " + value + " does not fit into " + bits + " bits");
        }
    }

    /** Refuses a length that is not a multiple, or above the maximum. */
    static void requireMultiple(String field, int bytes, int unit, int maximum) {
        if (bytes < 0 || bytes % unit != 0 || bytes > maximum) {
            throw new IllegalArgumentException(
                    field + " of " + bytes + " bytes is not a multiple of " + unit + " up to " + maximum);
        }
    }

    /** The view, if it is valid. */
    static <V extends HeaderView> V valid(String header, V view) {
        if (!view.isValid()) {
            throw new IllegalArgumentException("the " + view.length() + " bytes are not a valid " + header);
        }
        return view;
    }

    static byte[] bytes(MemorySegment memory, long offset, int length) {
        return memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    static void put(MemorySegment memory, long offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }
}
