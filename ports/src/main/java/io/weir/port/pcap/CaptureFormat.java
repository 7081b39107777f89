package io.weir.port.pcap;

import java.io.IOException;

/** What differs between the file formats. */
sealed interface CaptureFormat permits PcapFormat, PcapngFormat {
    /** Moves the reader to the next packet; false at the end of the file. */
    boolean next(CaptureInput in, PcapReader reader) throws IOException;

    /** Reads the start of the file up to where the format and the byte order are known. */
    static CaptureFormat detect(CaptureInput in) throws IOException {
        in.setBigEndian(true);
        int magic = in.int32();
        return switch (magic) {
            case PcapFormat.MAGIC_MICROSECONDS, PcapFormat.MAGIC_NANOSECONDS -> PcapFormat.read(in, magic);
            case PcapFormat.SWAPPED_MICROSECONDS, PcapFormat.SWAPPED_NANOSECONDS -> {
                in.setBigEndian(false);
                yield PcapFormat.read(in, Integer.reverseBytes(magic));
            }
            case PcapngFormat.SECTION_HEADER -> PcapngFormat.read(in);
            default -> throw in.malformed(0, String.format("magic 0x%08x is neither pcap nor pcapng", magic));
        };
    }

    static void requireEthernet(CaptureInput in, long at, int linkType) throws PcapException {
        if (linkType != PcapReader.LINK_TYPE_ETHERNET) {
            throw in.malformed(at, "link type " + linkType + " is not Ethernet (1)");
        }
    }
}
