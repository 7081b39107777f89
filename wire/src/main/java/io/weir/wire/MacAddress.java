package io.weir.wire;

/**
 * A link-layer address.
 *
 * @param bits 48 bits, first octet highest
 */
public record MacAddress(long bits) {
    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("link-layer address has more than 48 bits: 0x" + Long.toHexString(bits));
        }
    }
}
