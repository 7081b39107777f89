package io.weir.port.pcap;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a capture file with the position in it and the byte order in force. */
final class CaptureInput implements AutoCloseable {
    private final InputStream in;
    private final String file;
    private final byte[] word = new byte[8];
    private boolean bigEndian;
    private long offset;

    CaptureInput(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    void setBigEndian(boolean isBigEndian) {
        bigEndian = isBigEndian;
    }

    boolean isBigEndian() {
        return bigEndian;
    }

    long offset() {
        return offset;
    }

    PcapException malformed(long at, String problem) {
        return new PcapException(file, at, problem);
    }

    /** Reads up to {@code length} bytes; fewer only at the end of the file. */
    int readUpTo(byte[] target, int length) throws IOException {
        int count = in.readNBytes(target, 0, length);
        offset += count;
        return count;
    }

    void readFully(byte[] target, int length) throws IOException {
        long at = offset;
        int count = readUpTo(target, length);
        if (count < length) {
            throw malformed(at, "file ends after " + count + " of " + length + " bytes");
        }
    }

    void skip(long length) throws IOException {
        long at = offset;
        try {
            in.skipNBytes(length);
        } catch (EOFException e) {
            PcapException malformed = malformed(at, "file ends within the " + length + " bytes that should follow");
            malformed.initCause(e);
            throw malformed;
        }
        offset += length;
    }

    int int32() throws IOException {
        readFully(word, 4);
        return int32(word, 0);
    }

    int int32(byte[] bytes, int at) {
        int big = (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
        return bigEndian ? big : Integer.reverseBytes(big);
    }

    int int16(byte[] bytes, int at) {
        int big = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
        return bigEndian ? big : Short.toUnsignedInt(Short.reverseBytes((short) big));
    }

    long int64(byte[] bytes, int at) {
        long first = Integer.toUnsignedLong(int32(bytes, at));
        long second = Integer.toUnsignedLong(int32(bytes, at + 4));
        return bigEndian ? first << 32 | second : second << 32 | first;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
