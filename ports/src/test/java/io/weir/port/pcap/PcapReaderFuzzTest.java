package io.weir.port.pcap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class PcapReaderFuzzTest {
    /** Anything but a PcapException, or memory beyond the bounds, is a finding. */
    @FuzzTest(maxDuration = "20s")
    void reading_any_bytes_gives_packets_or_a_pcap_exception(byte[] file) throws IOException {
        try (PcapReader reader = PcapReader.read(new ByteArrayInputStream(file), "fuzz")) {
            while (reader.next()) {
                if (reader.capturedLength() > file.length) {
                    throw new AssertionError("packet longer than its file");
                }
            }
        } catch (PcapException expected) {
            if (expected.offset() < 0 || expected.offset() > file.length) {
                throw new AssertionError("offset outside the file", expected);
            }
        }
    }
}
