package io.weir.switching.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.wire.Checksum;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriterTest {
    private static final int ROUNDS = 20_000;

    private final Random random = new Random(3);

    private TestFrame random(boolean ipv6, int protocol) {
        TestFrame frame = protocol == TestFrame.TCP ? TestFrame.tcp(Protocol.ACK) : TestFrame.udp();
        frame.from(address(ipv6), 1 + random.nextInt(65_535)).to(address(ipv6), 1 + random.nextInt(65_535));
        frame.hops(2 + random.nextInt(254)).payload(random.nextInt(64));
        random.nextBytes(frame.payload);
        return frame;
    }

    private String address(boolean ipv6) {
        StringBuilder text = new StringBuilder();
        for (int k = 0; k < (ipv6 ? 8 : 4); k++) {
            String separator = ipv6 ? ":" : ".";
            text.append(k == 0 ? "" : separator);
            // Edge values often, to meet the two zeros of one's complement.
            int number = random.nextInt(3) == 0 ? (random.nextBoolean() ? 0 : -1) : random.nextInt();
            text.append(ipv6 ? Integer.toHexString(number & 0xffff) : Integer.toString(number & 0xff));
        }
        return text.toString();
    }

    private static void translate(byte[] bytes, TestFrame from, boolean source, String address, int port) {
        MemorySegment frames = MemorySegment.ofArray(bytes);
        int rawPort = Checksum.swap(port);
        if (from.isIpv6()) {
            Rewriter.translate6(
                    frames,
                    14,
                    54,
                    from.protocol,
                    source,
                    TestFrame.raw6(address, 0),
                    TestFrame.raw6(address, 1),
                    rawPort,
                    from.partialChecksum);
        } else {
            Rewriter.translate4(
                    frames, 14, 34, from.protocol, source, TestFrame.raw4(address), rawPort, from.partialChecksum);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, 6, false",
        "false, 17, false",
        "true, 6, false",
        "true, 17, false",
        "false, 6, true",
        "false, 17, true",
        "true, 6, true",
        "true, 17, true"
    })
    void a_translated_packet_is_the_one_built_with_the_new_addresses(boolean ipv6, int protocol, boolean partial) {
        for (int round = 0; round < ROUNDS; round++) {
            TestFrame frame = random(ipv6, protocol);
            frame.partialChecksum = partial;
            byte[] bytes = frame.build();
            boolean source = random.nextBoolean();
            String address = address(ipv6);
            int port = 1 + random.nextInt(65_535);

            translate(bytes, frame, source, address, port);

            frame.hops--;
            if (source) {
                frame.from(address, port);
            } else {
                frame.to(address, port);
            }
            byte[] expected = frame.build();
            int checksumAt = frame.transportOffset() + Protocol.checksumOffset(protocol);
            if (isSameInOnesComplement(bytes, expected, checksumAt)) {
                ByteBuffer.wrap(bytes)
                        .putShort(checksumAt, ByteBuffer.wrap(expected).getShort(checksumAt));
            }
            assertThat(bytes).isEqualTo(expected);
            if (!partial) {
                assertThat(TestFrame.hasCorrectChecksums(bytes)).isTrue();
            }
        }
    }

    /** 0 and 0xffff are the same sum. */
    private static boolean isSameInOnesComplement(byte[] a, byte[] b, int at) {
        int x = ByteBuffer.wrap(a).getShort(at) & 0xffff;
        int y = ByteBuffer.wrap(b).getShort(at) & 0xffff;
        return x % 0xffff == y % 0xffff;
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void an_absent_udp_checksum_stays_absent(boolean source) {
        TestFrame frame = TestFrame.udp().payload(5);
        frame.noUdpChecksum = true;
        byte[] bytes = frame.build();
        translate(bytes, frame, source, "10.9.8.7", 999);
        assertThat(ByteBuffer.wrap(bytes).getShort(40)).isZero();
    }
}
