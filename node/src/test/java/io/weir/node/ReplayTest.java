package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.port.pcap.PcapReader;
import io.weir.port.pcap.PcapWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayTest {
    private static final String CONFIGURATION = """
        interfaces:
          - {name: ext0, addresses: [10.0.0.1/24]}
          - {name: int0, addresses: [10.1.0.1/24]}
        servers:
          - {name: s1, addresses: [10.1.0.11]}
          - {name: s2, addresses: [10.1.0.12]}
        services:
          - {name: web, addresses: [10.0.0.100], protocol: tcp, port: 80, servers: [{server: s1, port: 8080}, {server: s2, port: 8080}]}
        """;
    private static final int CLIENT = 0x0a000007;
    private static final int VIRTUAL = 0x0a000064;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void every_packet_gets_a_verdict_and_the_same_one_every_time() throws IOException {
        Path in = folder.resolve("in.pcap");
        try (PcapWriter writer = PcapWriter.create(in)) {
            writer.write(1_000_000_000L, tcp(40_000, 80, SYN, true));
            writer.write(1_001_000_000L, tcp(40_000, 80, ACK, true));
            writer.write(1_002_000_000L, tcp(40_001, 80, ACK, true));
            writer.write(1_003_000_000L, tcp(40_002, 81, SYN, true));
            writer.write(1_004_000_000L, tcp(40_003, 80, RST, true));
            writer.write(1_005_000_000L, tcp(40_004, 80, SYN, false));
            writer.write(1_006_000_000L, new byte[] {1, 2, 3});
        }

        String first = replay(in, folder.resolve("out1.pcap"));
        String second = replay(in, folder.resolve("out2.pcap"));

        assertThat(first.lines().limit(7))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("10.0.0.7:40000 > 10.0.0.100:80 S => new connection out int0"),
                        line -> assertThat(line).contains("=> switched out int0 tcp 10.0.0.7:40000 > 10.1.0.1"),
                        line -> assertThat(line).contains("=> reset: connection-unknown-reset out ext0"),
                        line -> assertThat(line).contains("=> reset: service-unknown-reset out ext0"),
                        line -> assertThat(line).contains("=> dropped: connection-unknown"),
                        line -> assertThat(line).contains("=> dropped: transport-checksum-wrong"),
                        line -> assertThat(line).contains("=> dropped: frame-too-short"));
        assertThat(first).contains("7 packets in", "1 connections opened, 1 open at the end");
        assertThat(second).isEqualTo(first);
        assertThat(Files.readAllBytes(folder.resolve("out2.pcap")))
                .isEqualTo(Files.readAllBytes(folder.resolve("out1.pcap")));
    }

    @Test
    void what_leaves_is_rewritten_with_right_checksums() throws IOException {
        Path in = folder.resolve("in.pcap");
        try (PcapWriter writer = PcapWriter.create(in)) {
            writer.write(0, tcp(40_000, 80, SYN, true));
        }
        Path out = folder.resolve("out.pcap");
        replay(in, out);

        byte[] syn = null;
        try (PcapReader reader = PcapReader.open(out)) {
            while (reader.next()) {
                byte[] frame = reader.bytes();
                if (frame[12] == 8 && frame[13] == 0) {
                    syn = frame;
                }
            }
        }
        assertThat(syn).isNotNull();
        ByteBuffer frame = ByteBuffer.wrap(syn);
        assertThat(frame.getInt(30)).isIn(0x0a01000b, 0x0a01000c);
        assertThat(frame.getShort(36)).isEqualTo((short) 8080);
        assertThat(sum(frame, 14, 20, 0)).isEqualTo(0xffff);
        assertThat(sum(frame, 34, 20, pseudo(frame))).isEqualTo(0xffff);
    }

    @Test
    void a_file_that_is_no_capture_is_refused() throws IOException {
        Path in = Files.writeString(folder.resolve("in.pcap"), "this is no capture, is it");

        StringWriter err = new StringWriter();
        assertThat(run(new StringWriter(), err, "replay", "-c", configuration(), in.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("in.pcap");
    }

    @Test
    void an_unknown_ingress_interface_is_refused() throws IOException {
        Path in = folder.resolve("in.pcap");
        PcapWriter.create(in).close();

        StringWriter err = new StringWriter();
        assertThat(run(new StringWriter(), err, "replay", "-c", configuration(), "--interface", "ext9", in.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("'ext9' is no interface of node weir");
    }

    private String configuration() throws IOException {
        return Files.writeString(folder.resolve("weir.yaml"), CONFIGURATION).toString();
    }

    private String replay(Path in, Path out) throws IOException {
        StringWriter text = new StringWriter();
        StringWriter err = new StringWriter();
        int status = run(text, err, "replay", "-c", configuration(), in.toString(), out.toString());
        assertThat(status).as(err.toString()).isZero();
        return text.toString();
    }

    private static int run(StringWriter out, StringWriter err, String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(List.of(arguments).toArray(String[]::new));
    }

    /** A TCP segment without data, made by hand: this test trusts no code of the product. */
    private static byte[] tcp(int source, int destination, int flags, boolean isRight) {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 7, 8, 0});
        frame.putShort((short) 0x4500)
                .putShort((short) 40)
                .putInt(0x00014000)
                .putShort((short) 0x4006)
                .putShort((short) 0);
        frame.putInt(CLIENT).putInt(VIRTUAL);
        frame.putShort((short) source)
                .putShort((short) destination)
                .putInt(1000)
                .putInt(flags == ACK ? 2000 : 0);
        frame.putShort((short) (0x5000 | flags)).putShort((short) 512).putInt(0);
        frame.putShort(24, (short) ~sum(frame, 14, 20, 0));
        frame.putShort(50, (short) ~sum(frame, 34, 20, pseudo(frame)));
        if (!isRight) {
            frame.putShort(50, (short) (frame.getShort(50) ^ 0x0101));
        }
        return frame.array();
    }

    private static int pseudo(ByteBuffer frame) {
        return sum(frame, 26, 8, 6 + 20);
    }

    /** RFC 1071, word by word. */
    private static int sum(ByteBuffer frame, int offset, int length, int start) {
        int sum = start;
        for (int i = offset; i < offset + length; i += 2) {
            sum += frame.getShort(i) & 0xffff;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
