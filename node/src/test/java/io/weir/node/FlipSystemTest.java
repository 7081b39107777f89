package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import io.weir.lab.LabServer;
import io.weir.lab.Station;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Design target: a flip of 1,000 services with 100 servers each loses no packet and takes less than a second of control
 * time. Every packet of the stream has a number, and every number must come back. The time is printed, not gated.
 */
class FlipSystemTest {
    private static final int SERVICES = 1000;
    private static final int SERVERS = 100;
    private static final int FLIPS = 6;
    /** 500 packets per second: what the kernel's rings hold then bridges a quarter of a second, so that only pauses of weir count. */
    private static final long GAP_NS = 2_000_000;

    private static final Pattern TOOK = Pattern.compile("\\(apply [^)]*\\), made in (\\d+) ms");

    @Test
    void a_flip_of_a_thousand_services_with_a_hundred_servers_loses_no_packet(@TempDir Path temporary)
            throws IOException, InterruptedException {
        Programs.assume();
        Path folder = Programs.readable(temporary);
        String name = "system-flip-" + ProcessHandle.current().pid();
        List<LabServer> servers = new ArrayList<>();
        try (Figure1 figure = new Figure1(name + "-")) {
            for (String server : Figure1.SERVERS) {
                servers.add(LabServer.start(figure.station(server), server));
            }
            try (RunningNode node = RunningNode.start(figure.weir(), folder, name, large(name, 1))) {
                AtomicBoolean done = new AtomicBoolean();
                List<Future<Stream>> streams = new ArrayList<>();
                for (String client : List.of("7-1", "9-2")) {
                    String address = client.equals("7-1") ? Figure1.VIRTUAL_4 : Figure1.VIRTUAL_6;
                    streams.add(figure.station(client).submit(() -> stream(address, done)));
                }
                for (int flip = 0; flip < FLIPS; flip++) {
                    Commands.Result result = node.apply(large(name, 2 + flip % 2));
                    assertThat(result.status()).as(result.output()).isZero();
                }
                done.set(true);
                List<String> took = TOOK.matcher(node.log())
                        .results()
                        .map(each -> each.group(1))
                        .toList();
                assertThat(took).hasSize(FLIPS);
                for (Future<Stream> each : streams) {
                    Stream stream = Station.await(each);
                    System.out.printf(
                            "%d flips of %d services x %d servers, ms of control time each: %s; %d packets, %d lost%n",
                            FLIPS, SERVICES, SERVERS, took, stream.sent(), stream.lost());
                    assertThat(stream.sent()).isGreaterThan(1000);
                    assertThat(stream.lost()).isZero();
                }
            } finally {
                servers.forEach(LabServer::close);
            }
        }
    }

    private record Stream(int sent, int lost) {}

    /** Numbered packets to the echo service until told to stop; which numbers did not come back. */
    private static Stream stream(String address, AtomicBoolean done) throws IOException, InterruptedException {
        BitSet back = new BitSet();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setReceiveBufferSize(4 << 20);
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), LabServer.ECHO_PORT));
            socket.setSoTimeout(2000);
            Thread reader = Thread.ofPlatform().daemon().start(() -> {
                byte[] bytes = new byte[256];
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                try {
                    while (true) {
                        packet.setLength(bytes.length);
                        socket.receive(packet);
                        String text = new String(bytes, 0, packet.getLength(), StandardCharsets.US_ASCII);
                        back.set(Integer.parseInt(text.substring(text.indexOf(' ') + 1)));
                    }
                } catch (SocketTimeoutException e) {
                    // two seconds after the last packet: all that will come has come
                    return;
                } catch (IOException e) {
                    throw new AssertionError("receiving", e);
                }
            });
            int sent = 0;
            long next = System.nanoTime();
            while (!done.get()) {
                byte[] bytes = String.valueOf(sent++).getBytes(StandardCharsets.US_ASCII);
                socket.send(new DatagramPacket(bytes, bytes.length));
                next += GAP_NS;
                long pause = next - System.nanoTime();
                if (pause > 0) {
                    Thread.sleep(pause / 1_000_000, (int) (pause % 1_000_000));
                } else {
                    next = System.nanoTime(); // late: no burst to catch up
                }
            }
            reader.join();
            return new Stream(sent, sent - back.cardinality());
        }
    }

    /** The demo's configuration, with many services and servers; all weights depend on {@code variant}. */
    private static String large(String name, int variant) {
        StringBuilder servers = new StringBuilder("servers:\n");
        StringBuilder members = new StringBuilder();
        for (int k = 0; k < SERVERS; k++) {
            servers.append("  - {name: s%d, addresses: [10.1.1.%d]}%n".formatted(k, 100 + k));
            members.append(k == 0 ? "" : ", ").append("{server: s%d, weight: %d}".formatted(k, 1 + (k * variant) % 7));
        }
        StringBuilder services = new StringBuilder("services:\n");
        for (int k = 0; k < SERVICES; k++) {
            services.append("  - {name: service%d, addresses: [%s], protocol: tcp, port: %d, servers: [%s]}%n"
                    .formatted(k, Figure1.VIRTUAL_4, 10_000 + k, members));
        }
        return Figure1.configuration(name, 1, 1, 1)
                .replace("servers:\n  - {name", servers + "  - {name")
                .replace("services:\n", services.toString());
    }
}
