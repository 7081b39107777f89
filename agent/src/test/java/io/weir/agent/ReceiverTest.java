package io.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.LoadReport;
import io.weir.agent.report.ReportCodec;
import io.weir.agent.report.ReportKey;
import io.weir.agent.report.ReportSession;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiverTest {
    private static final ReportKey KEY = new ReportKey(7, new byte[32]);
    private static final LoadReport REPORT = new LoadReport("web1", 3, 0.5, 0.25, 0.01, 100);

    private final List<String> log = new ArrayList<>();

    private static LoadReport received(byte[] bytes, int length) {
        ReportCodec.Decoded decoded = ReportCodec.decode(bytes, 0, length, id -> id == 7 ? KEY : null);
        assertThat(decoded).isInstanceOf(ReportCodec.Authentic.class);
        return ((ReportCodec.Authentic) decoded).datagram().report();
    }

    private static LoadReport next(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        socket.setSoTimeout(10_000);
        socket.receive(packet);
        return received(packet.getData(), packet.getLength());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void reports_go_as_datagrams_over_both_families(String address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral(address));
                Receiver receiver =
                        Receiver.of(new ReceiverAddress.Udp(address, socket.getLocalPort()), KEY, 1000, log::add)) {
            assertThat(receiver.send(REPORT)).isEmpty();
            assertThat(next(socket)).isEqualTo(REPORT);
        }
        assertThat(log).isEmpty();
    }

    @Test
    void reports_go_over_http() throws IOException {
        try (Loopback server = new Loopback();
                Receiver receiver = Receiver.of(new ReceiverAddress.Http(server.url()), KEY, 10_000, log::add)) {
            server.status("204 No Content", "");
            assertThat(receiver.send(REPORT)).isEmpty();
            String request = server.requests().getFirst();
            byte[] body = request.substring(request.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(received(body, body.length)).isEqualTo(REPORT);

            server.status("401 Unauthorized", "{\"error\": \"unknown key 7\"}\n");
            assertThat(receiver.send(REPORT)).contains("the answer is status 401: {\"error\": \"unknown key 7\"}");
        }
    }

    @Test
    void failing_and_going_again_are_a_line_each() {
        boolean[] works = {false};
        ReportChannel channel = new ReportChannel() {
            @Override
            public void send(byte[] bytes, int length) throws IOException {
                if (!works[0]) {
                    throw new IOException("nobody listens");
                }
            }

            @Override
            public void close() {}
        };
        Receiver receiver = new Receiver("node1", channel, new ReportSession(KEY, 1), () -> 0, log::add);
        // The failure of a datagram shows at the next only: they alternate.
        for (int i = 0; i < 100; i++) {
            works[0] = i % 2 == 0;
            receiver.send(REPORT);
        }
        assertThat(log).containsExactly("reports to node1 fail: nobody listens");
        works[0] = true;
        for (int i = 0; i < 10; i++) {
            receiver.send(REPORT);
        }
        assertThat(log).containsExactly("reports to node1 fail: nobody listens", "reports to node1 go again");
    }

    @Test
    void after_a_failure_the_name_is_resolved_anew_and_the_next_address_tried() throws IOException {
        List<String> resolved = new ArrayList<>();
        AtomicLong clockNs = new AtomicLong();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            InetAddress[] addresses = {InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1")};
            UdpChannel channel = new UdpChannel(
                    new ReceiverAddress.Udp("node1", socket.getLocalPort()),
                    host -> {
                        resolved.add(host);
                        return addresses;
                    },
                    clockNs::get);
            byte[] bytes = new byte[ReportCodec.MAX_BYTES];
            int length = new ReportSession(KEY, 1).encode(REPORT, 0, bytes);
            int failures = 0;
            // On ::1 nobody listens, which the kernel tells at the second datagram.
            for (int i = 0; i < 3; i++) {
                try {
                    channel.send(bytes, length);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("nobody listens at node1:");
                    failures++;
                }
            }
            assertThat(failures).isEqualTo(1);
            assertThat(resolved).hasSize(2);
            assertThat(next(socket)).isEqualTo(REPORT);

            clockNs.addAndGet(61_000_000_000L);
            channel.send(Arrays.copyOf(bytes, length), length);
            assertThat(resolved).hasSize(3);
            channel.close();
        }
    }

    @Test
    void a_name_that_nobody_knows_is_said_so() {
        try (Receiver receiver =
                Receiver.of(new ReceiverAddress.Udp("no.such.host.invalid", 7411), KEY, 1000, log::add)) {
            assertThat(receiver.send(REPORT)).contains("no.such.host.invalid: no such host");
        }
    }
}
