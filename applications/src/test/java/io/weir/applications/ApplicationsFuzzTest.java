package io.weir.applications;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import io.weir.applications.dns.DnsProvider;
import io.weir.applications.echo.EchoProvider;
import io.weir.applications.sorry.SorryProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Any bytes from the network: no exception, one fate each, nothing written outside, answers that are right as packets. Runs
 * over its corpus in an ordinary build; {@code .ci/fuzz} searches for more.
 */
class ApplicationsFuzzTest {
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int PAGE_BYTES = 1220;

    private final TestNode sorry;
    private final TestNode dns;
    private final List<TestNode> nodes;
    private final List<TestPackets> batches;
    private final TestPackets packets;

    ApplicationsFuzzTest() throws SettingsException {
        TestNode echo = TestNode.of(new EchoProvider(), Settings.NONE);
        sorry = TestNode.of(new SorryProvider(), Settings.NONE);
        dns = TestNode.of(
                new DnsProvider(),
                Settings.of(Map.of(
                        "zone",
                        "example.org",
                        "names",
                        Map.of("www.example.org", List.of("198.51.100.10", "2001:db8::10")),
                        "responses-per-second",
                        "0")));
        nodes = List.of(echo, sorry, dns);
        batches = nodes.stream().map(TestNode::packets).toList();
        packets = dns.packets();
    }

    @FuzzTest(maxDuration = "60s")
    void any_bytes_are_a_query_or_a_format_error(byte[] data) {
        byte[] message = Arrays.copyOf(data, Math.min(data.length, 1400));
        for (Family family : Family.values()) {
            packets.clear().add(IpPacket.udp(family.client, 4000, family.own, 53, message));
            dns.application().receive(packets);
            packets.verify();
            boolean answerable = message.length >= 12 && (message[2] & 0x80) == 0;
            assertThat(packets.verb(0)).isEqualTo(answerable ? Verb.ANSWERED : Verb.DROPPED);
            if (answerable) {
                byte[] response = packets.answer(0).payload();
                assertThat(response.length).isBetween(12, 1232);
                assertThat(Arrays.copyOf(response, 2)).isEqualTo(Arrays.copyOf(message, 2));
                assertThat(response[2] & 0x80).isEqualTo(0x80);
                if ((response[3] & 0xf) == 1) {
                    assertThat(response).hasSize(12);
                } else if (response.length > 12) {
                    assertThat(Arrays.copyOfRange(response, 12, 17)).isEqualTo(Arrays.copyOfRange(message, 12, 17));
                }
            }
        }
    }

    @FuzzTest(maxDuration = "60s")
    void any_segment_gets_at_most_one_answer_and_resets_none(byte[] data) {
        if (data.length < 10) {
            return;
        }
        MemorySegment numbers = MemorySegment.ofArray(data);
        int flags = data[0] & 0x3f;
        // Near the right acknowledgment, mostly: far from it there is nothing but resets.
        int beyond = data[1] == 0 ? numbers.get(U32, 2) : data[1];
        byte[] payload = Arrays.copyOfRange(data, 10, Math.min(data.length, 1400));
        for (int i = 0; i < nodes.size(); i++) {
            TestNode node = nodes.get(i);
            TcpClient client = new TcpClient(
                    node, batches.get(i), data[1] % 2 == 0 ? Family.IPV4 : Family.IPV6, 40000, numbers.get(U32, 6));
            if (!node.equals(dns)) {
                client.connect();
            }
            client.acknowledgment += beyond;
            byte[] segment = client.segment(flags, payload);
            IpPacket answer = client.send(segment);
            if ((flags & IpPacket.RST) != 0) {
                assertThat(answer).isNull();
            }
            if (answer != null) {
                assertThat(answer.bytes().length - segment.length).isLessThanOrEqualTo(PAGE_BYTES);
                assertThat(answer.payload().length == 0 || node.equals(sorry)).isTrue();
            }
        }
    }
}
