package io.weir.port.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files against the tools everyone has: what we write they read, what they write we read. */
class CaptureToolsTest {
    private static final long TIME_NS = 1_700_000_000_123_456_789L;

    @TempDir
    Path directory;

    /** An Ethernet frame with an experimental type, so that no dissector finds fault with the payload. */
    private static byte[] frame(int length) {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) i;
        }
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command.toString()).isZero();
        return output;
    }

    private static void assumeInstalled(String tool) {
        boolean found = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
        assumeTrue(found, tool + " is not installed");
    }

    private static void assumeScapy() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "/usr/bin/python3 is not installed");
        Process process = new ProcessBuilder("/usr/bin/python3", "-c", "import scapy")
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        assumeTrue(process.waitFor() == 0, "scapy is not installed");
    }

    private Path written() throws IOException {
        Path file = directory.resolve("written.pcap");
        try (PcapWriter writer = PcapWriter.create(file)) {
            writer.write(TIME_NS, frame(60));
            writer.write(TIME_NS + 1, frame(9000));
            writer.write(TIME_NS + 2, MemorySegment.ofArray(frame(100)), 0, 64, 100);
        }
        return file;
    }

    @Test
    void tshark_reads_what_the_writer_wrote() throws IOException, InterruptedException {
        assumeInstalled("tshark");
        String output = run(List.of(
                "tshark",
                "-r",
                written().toString(),
                "-T",
                "fields",
                "-E",
                "separator=,",
                "-e",
                "frame.time_epoch",
                "-e",
                "frame.cap_len",
                "-e",
                "frame.len"));

        assertThat(output.lines())
                .containsExactly(
                        "1700000000.123456789,60,60", "1700000000.123456790,9000,9000", "1700000000.123456791,64,100");
    }

    @Test
    void capinfos_finds_a_nanosecond_pcap_of_three_packets() throws IOException, InterruptedException {
        assumeInstalled("capinfos");
        String output = run(List.of("capinfos", "-tcE", written().toString()));

        assertThat(output).contains("nanosecond").contains("Ethernet");
        assertThat(output).containsPattern("Number of packets:\\s+3");
    }

    @Test
    void tshark_shows_the_direction_the_pcapng_writer_wrote() throws IOException, InterruptedException {
        assumeInstalled("tshark");
        Path file = directory.resolve("traced.pcapng");
        try (PcapngWriter writer = PcapngWriter.create(file, "ext0", 4096)) {
            writer.write(TIME_NS, MemorySegment.ofArray(frame(61)), 0, 61, PacketDirection.INBOUND);
            writer.write(TIME_NS, MemorySegment.ofArray(frame(62)), 0, 62, PacketDirection.OUTBOUND);
        }
        String output = run(List.of(
                "tshark",
                "-r",
                file.toString(),
                "-T",
                "fields",
                "-E",
                "separator=,",
                "-e",
                "frame.time_epoch",
                "-e",
                "frame.len",
                "-e",
                "frame.interface_name",
                "-e",
                "frame.packet_flags_direction"));

        assertThat(output.lines())
                .containsExactly("1700000000.123456789,61,ext0,0x00000001", "1700000000.123456789,62,ext0,0x00000002");
    }

    @Test
    void every_format_editcap_writes_is_read() throws IOException, InterruptedException {
        assumeInstalled("editcap");
        Path source = written();
        for (String format : List.of("pcap", "nsecpcap", "pcapng")) {
            Path file = directory.resolve("edited." + format);
            run(List.of("editcap", "-F", format, source.toString(), file.toString()));
            long precision = format.equals("pcap") ? 1000 : 1;
            try (PcapReader reader = PcapReader.open(file)) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.bytes()).isEqualTo(frame(60));
                assertThat(reader.timestampNs()).isEqualTo(TIME_NS / precision * precision);
                assertThat(reader.next()).isTrue();
                assertThat(reader.bytes()).isEqualTo(frame(9000));
                assertThat(reader.next()).isTrue();
                assertThat(reader.isTruncated()).isTrue();
                assertThat(reader.originalLength()).isEqualTo(100);
                assertThat(reader.next()).isFalse();
            }
        }
    }

    @Test
    void scapy_and_the_reader_exchange_files() throws IOException, InterruptedException {
        assumeScapy();
        Path file = directory.resolve("scapy.pcap");
        String script = """
                import sys
                from scapy.utils import RawPcapReader, PcapWriter
                from scapy.packet import Raw
                lengths = [len(p[0]) for p in RawPcapReader(sys.argv[1])]
                print(lengths)
                for endianness, name in (('>', 'big'), ('<', 'little')):
                    with PcapWriter(sys.argv[2] + name, linktype=1, endianness=endianness, sync=True) as w:
                        w.write(Raw(bytes(range(60))))
                """;
        String output = run(List.of("/usr/bin/python3", "-c", script, written().toString(), file.toString()));

        assertThat(output.strip()).isEqualTo("[60, 9000, 64]");
        for (String order : List.of("big", "little")) {
            try (PcapReader reader = PcapReader.open(Path.of(file + order))) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.bytes()).hasSize(60).startsWith(0, 1, 2, 3);
            }
        }
    }
}
