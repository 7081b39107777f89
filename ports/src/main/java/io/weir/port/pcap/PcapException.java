package io.weir.port.pcap;

import java.io.IOException;

/** A capture file that cannot be read: which file, at which byte, and what is wrong there. */
public final class PcapException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    public PcapException(String file, long offset, String problem) {
        super(file + ": byte " + offset + ": " + problem);
        this.offset = offset;
    }

    /** Offset in bytes from the start of the file of the structure that is wrong. */
    public long offset() {
        return offset;
    }
}
