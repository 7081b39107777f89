package io.weir.applications.hash;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of a sequence of words: who does not know the key cannot foresee it. A message
 * is {@link #begin}, {@link #add} for each word, {@link #finish}.
 */
public final class SipHash {
    private static final long INITIAL_0 = 0x736f6d6570736575L;
    private static final long INITIAL_1 = 0x646f72616e646f6dL;
    private static final long INITIAL_2 = 0x6c7967656e657261L;
    private static final long INITIAL_3 = 0x7465646279746573L;

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private int bytes;

    public SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Starts a message. */
    public SipHash begin() {
        v0 = key0 ^ INITIAL_0;
        v1 = key1 ^ INITIAL_1;
        v2 = key0 ^ INITIAL_2;
        v3 = key1 ^ INITIAL_3;
        bytes = 0;
        return this;
    }

    /** The next eight bytes, the first of them lowest. */
    public SipHash add(long word) {
        bytes += Long.BYTES;
        compress(word);
        return this;
    }

    /** The hash. */
    public long finish() {
        return finish(0, 0);
    }

    /**
     * The hash of a message that ends with less than a word.
     *
     * @param rest the last bytes, the first of them lowest
     * @param length how many, 0..7
     */
    public long finish(long rest, int length) {
        compress(rest | (long) (bytes + length) << 56);
        v2 ^= 0xff;
        round();
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void compress(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void round() {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
    }
}
