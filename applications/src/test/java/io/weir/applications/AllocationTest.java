package io.weir.applications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.weir.application.ApplicationProvider;
import io.weir.application.Settings;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.applications.dns.DnsProvider;
import io.weir.applications.echo.EchoProvider;
import io.weir.applications.sorry.SorryProvider;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No application makes objects for packets, whatever they are, once its code is compiled. */
class AllocationTest {
    private static final int ROUNDS = 20_000;
    /** Rounds that must pass without a byte. */
    private static final int WINDOW = 200;

    private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static Stream<Arguments> applications() {
        Map<String, ?> dns = Map.of(
                "zone", "example.org", "names", Map.of("www.example.org", List.of("198.51.100.10", "2001:db8::10")));
        return Stream.of(
                Arguments.of(new EchoProvider(), Settings.NONE, udp(new byte[100])),
                Arguments.of(new EchoProvider(), Settings.NONE, List.of()),
                Arguments.of(new SorryProvider(), Settings.NONE, List.of()),
                Arguments.of(new DnsProvider(), Settings.of(dns), queries()));
    }

    private static List<byte[]> udp(byte[] payload) {
        List<byte[]> packets = new ArrayList<>();
        for (Family family : Family.values()) {
            packets.add(IpPacket.udp(family.client, 4000, family.own, 53, payload));
        }
        return packets;
    }

    private static List<byte[]> queries() {
        List<byte[]> packets = new ArrayList<>();
        String header = new String(new char[] {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String name : List.of("\u0003www", "\u0004mail", "\u0001x\u0002xy", "\u00c0", "\u0003WWW")) {
            for (int type : new int[] {1, 15, 28, 255, 252}) {
                String query = header + name + "\u0007example\u0003org\u0000\u0000" + (char) type + "\u0000\u0001";
                packets.addAll(udp(query.getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        packets.addAll(udp(new byte[5]));
        return packets;
    }

    @ParameterizedTest
    @MethodSource("applications")
    void packets_cost_no_memory(ApplicationProvider provider, Settings settings, List<byte[]> packets)
            throws Exception {
        assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean, "a JVM that counts allocations");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TestNode node = TestNode.of(provider, settings);
        TestPackets batch = node.packets();
        packets.forEach(batch::add);
        if (packets.isEmpty()) {
            addSegments(node, batch);
        }
        int quiet = 0;
        for (int round = 0; round < ROUNDS && quiet < WINDOW; round++) {
            batch.again();
            long before = threads.getCurrentThreadAllocatedBytes();
            node.application().receive(batch);
            quiet = threads.getCurrentThreadAllocatedBytes() == before ? quiet + 1 : 0;
        }
        assertThat(quiet).as("rounds in a row without allocation").isEqualTo(WINDOW);
        batch.verify();
    }

    /** All that happens in a connection, right and wrong numbers. */
    private static void addSegments(TestNode node, TestPackets batch) {
        for (Family family : Family.values()) {
            TcpClient client = new TcpClient(node, family, 40000, 1);
            batch.add(client.segment(IpPacket.SYN, ""));
            client.connect();
            for (int known = 0; known < 3; known++) {
                for (int flags : new int[] {IpPacket.ACK, IpPacket.ACK | IpPacket.FIN, IpPacket.RST, 0}) {
                    batch.add(client.segment(flags, "")).add(client.segment(flags, REQUEST));
                }
                client.acknowledgment++;
            }
        }
    }
}
