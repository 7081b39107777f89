package io.weir.applications.rtp;

import static io.weir.applications.rtp.Call.ALICE_PORT;
import static io.weir.applications.rtp.Call.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weir.application.testing.IpPacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loss and jitter, compared with what tshark says of the same packets in a capture. */
class RtpOracleTest {
    private static final int PACKETS = 700;
    private static final int ROLLS_OVER = 65_200;

    @TempDir
    Path directory;

    private record Sent(long micros, int sequence) {}

    /** What tshark's table says. */
    private record Verdict(long packets, long lost, double meanJitterMs, double maxJitterMs) {}

    /** A stream that a network has treated badly: some packets are lost, and delays differ so that some overtake others. */
    private static List<Sent> stream(Random random, double loss, int spreadUs) {
        // tshark miscounts packets that are overtaken where sequence numbers roll over.
        int first = spreadUs < 20_000 ? ROLLS_OVER : 1;
        List<Sent> stream = new ArrayList<>();
        for (int k = 0; k < PACKETS; k++) {
            // The first two come first and the last comes last, so that both know where the stream begins and ends.
            if (k < 2 || k == PACKETS - 1 || random.nextDouble() >= loss) {
                long delay = k < 2 ? 0 : k == PACKETS - 1 ? spreadUs : random.nextInt(spreadUs);
                stream.add(new Sent(1_000_000 + 20_000L * k + delay, first + k));
            }
        }
        stream.sort(Comparator.comparingLong(Sent::micros));
        return stream;
    }

    @ParameterizedTest
    @EnumSource
    void loss_and_jitter_agree_with_tshark(Call.Family family) throws Exception {
        assumeTrue(isThere(), "needs tshark");
        Random random = new Random(3550);
        for (double loss : new double[] {0, 0.05}) {
            for (int spreadUs : new int[] {100, 15_000, 90_000}) {
                List<Sent> stream = stream(random, loss, spreadUs);
                Call call = Call.begun(family);
                SessionTable table = new SessionTable(call.node.context().shared(), 4_096);
                long atA = SessionTable.side(table.session(0), 0) + SessionTable.STREAM;
                List<byte[]> packets = new ArrayList<>();
                double sum = 0;
                double max = 0;
                for (int k = 0; k < stream.size(); k++) {
                    int sequence = stream.get(k).sequence();
                    byte[] packet = IpPacket.udp(
                            family.alice,
                            ALICE_PORT,
                            family.relay,
                            call.portA,
                            Call.rtp(sequence & 0xffff, sequence * SAMPLES, 0x0a0b0c0d, new byte[SAMPLES]));
                    packets.add(packet);
                    call.micros = stream.get(k).micros();
                    call.receive(packet);
                    if (k > 0) {
                        double jitter = RtpStream.report(table.memory(), atA).jitterMs();
                        sum += jitter;
                        max = Math.max(max, jitter);
                    }
                }
                Path capture = directory.resolve("capture");
                write(capture, stream, packets);
                Verdict verdict = ask(capture, call.portA);
                String what = "loss " + loss + ", spread " + spreadUs + " µs: " + verdict;
                assertThat(Call.number(call.stream("a"), "packets")).as(what).isEqualTo((double) verdict.packets());
                assertThat(Call.number(call.stream("a"), "lost")).as(what).isEqualTo((double) verdict.lost());
                assertThat(sum / (stream.size() - 1)).as(what).isCloseTo(verdict.meanJitterMs(), within(0.003));
                assertThat(max).as(what).isCloseTo(verdict.maxJitterMs(), within(0.003));
            }
        }
    }

    @Test
    void the_oracle_sees_what_was_lost() throws Exception {
        assumeTrue(isThere(), "needs tshark");
        List<Sent> stream = List.of(new Sent(0, 1), new Sent(20_000, 2), new Sent(70_000, 4));
        List<byte[]> packets = stream.stream()
                .map(sent -> IpPacket.udp(
                        "192.0.2.1",
                        4_000,
                        "198.51.100.10",
                        16_384,
                        Call.rtp(sent.sequence(), sent.sequence() * SAMPLES, 7, new byte[SAMPLES])))
                .toList();
        Path capture = directory.resolve("capture");
        write(capture, stream, packets);
        assertThat(ask(capture, 16_384)).isEqualTo(new Verdict(3, 1, 0.312, 0.625));
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("tshark", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A capture of IP packets: the classic format, link type 101. */
    private static void write(Path file, List<Sent> stream, List<byte[]> packets) throws IOException {
        int bytes = packets.stream().mapToInt(packet -> packet.length + 16).sum();
        ByteBuffer capture = ByteBuffer.allocate(24 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        capture.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
        capture.putInt(65_535).putInt(101);
        for (int k = 0; k < packets.size(); k++) {
            long micros = stream.get(k).micros();
            capture.putInt((int) (micros / 1_000_000)).putInt((int) (micros % 1_000_000));
            capture.putInt(packets.get(k).length).putInt(packets.get(k).length);
            capture.put(packets.get(k));
        }
        Files.write(file, capture.array());
    }

    private Verdict ask(Path capture, int port) throws IOException, InterruptedException {
        Path output = directory.resolve("table");
        Process process = new ProcessBuilder(
                        "tshark",
                        "-r",
                        capture.toString(),
                        "-d",
                        "udp.port==" + port + ",rtp",
                        "-q",
                        "-z",
                        "rtp,streams")
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String table = Files.readString(output);
        String row = table.lines()
                .filter(line -> line.contains("0x"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(table));
        // ... SSRC, payload, packets, lost, (share), least, mean and greatest delta, least, mean and greatest jitter
        String[] fields = row.substring(row.indexOf("0x")).strip().split("\\s+");
        int lost = List.of(fields)
                .indexOf(List.of(fields).stream()
                        .filter(field -> field.startsWith("("))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(table)));
        return new Verdict(
                Long.parseLong(fields[lost - 2]),
                Long.parseLong(fields[lost - 1]),
                Double.parseDouble(fields[lost + 5]),
                Double.parseDouble(fields[lost + 6]));
    }
}
