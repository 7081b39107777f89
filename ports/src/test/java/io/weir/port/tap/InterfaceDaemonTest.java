package io.weir.port.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.Namespaces;
import io.weir.linux.TapDevice;
import io.weir.linux.TapSettings;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.port.Offload;
import io.weir.port.TestNetwork;
import io.weir.wire.FrameBuilder;
import io.weir.wire.Icmp;
import io.weir.wire.Icmpv6;
import io.weir.wire.MacAddress;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV6CommonPacket;
import org.pcap4j.packet.IpPacket;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV6Packet;
import org.pcap4j.packet.UdpPacket;

/** A real device in a namespace of its own; the test plays the switching processors. */
class InterfaceDaemonTest {
    private static final String HOST_4 = "198.51.100.20";
    private static final String HOST_6 = "2001:db8::20";
    private static final String CLIENT_4 = "203.0.113.9";
    private static final String CLIENT_6 = "2001:db8:1::9";
    private static final int SEGMENT_BYTES = 10_000_000;

    private final TestNetwork network = new TestNetwork();
    private String namespace = "";

    @BeforeAll
    static void needs_network_namespaces_and_the_driver() {
        TestNetwork.assumeAvailable();
        Assumptions.assumeTrue(
                Files.isWritable(Path.of("/dev/net/tun")), "no /dev/net/tun here: `modprobe tun`, or pass it on");
    }

    @BeforeEach
    void build() {
        namespace = network.namespace("host");
    }

    @AfterEach
    void remove() {
        network.close();
    }

    private HostSide host() throws Exception {
        return new HostSide(namespace, true, HOST_4, HOST_6);
    }

    private static FrameBuilder fromClient(String client, String host) {
        return FrameBuilder.ethernet(new MacAddress(HostSide.WEIR), new MacAddress(HostSide.DEVICE))
                .ip(client, host);
    }

    private DatagramSocket socket(String address, int port) throws Exception {
        return Namespaces.call(namespace, () -> {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            socket.setSoTimeout(5000);
            return socket;
        });
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private static DatagramPacket received(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        socket.receive(packet);
        return packet;
    }

    /** One frame of the host, checked by pcap4j, which is left to release. */
    private static EthernetPacket only(HostSide host) throws Exception {
        assertThat(host.receive(5000)).isEqualTo(1);
        byte[] frame = host.wire(0);
        EthernetPacket packet = EthernetPacket.newPacket(frame, 0, frame.length);
        assertThat(packet.getHeader().getDstAddr()).isEqualTo(mac(HostSide.WEIR));
        assertThat(packet.getHeader().getSrcAddr()).isEqualTo(mac(HostSide.DEVICE));
        assertThat(host.batch.ingress[0]).isEqualTo(HostSide.ID);
        return packet;
    }

    private static org.pcap4j.util.MacAddress mac(long address) {
        return org.pcap4j.util.MacAddress.getByAddress(new MacAddress(address).octets());
    }

    @ParameterizedTest
    @CsvSource({CLIENT_4 + "," + HOST_4, CLIENT_6 + "," + HOST_6})
    void a_datagram_reaches_a_program_and_the_answer_comes_back_with_a_right_checksum(String client, String address)
            throws Exception {
        try (HostSide host = host().start();
                DatagramSocket socket = socket(address, 7000)) {
            byte[] plain = fromClient(client, address)
                    .udp(5000, 7000)
                    .payload("complete")
                    .build();
            byte[] open = fromClient(client, address)
                    .udp(5000, 7000)
                    .withPartialChecksum()
                    .payload("open")
                    .build();
            host.send(0, plain, Offload.NONE);
            assertThat(text(received(socket))).isEqualTo("complete");
            int transport = client.equals(CLIENT_4) ? 34 : 54;
            host.send(0, open, Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, transport, 6));
            DatagramPacket packet = received(socket);
            assertThat(text(packet)).isEqualTo("open");
            assertThat(packet.getSocketAddress()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral(client), 5000));

            packet.setData("answer".getBytes(StandardCharsets.UTF_8));
            socket.send(packet);

            EthernetPacket answer = only(host);
            assertThat(Offload.needsChecksum(host.batch.offload[0])).isTrue();
            assertUdp(answer, address, client);
            host.releaseAll();
        }
    }

    private static void assertUdp(EthernetPacket frame, String from, String to) throws Exception {
        IpPacket ip = (IpPacket) frame.getPayload();
        InetAddress source = InetAddress.ofLiteral(from);
        InetAddress destination = InetAddress.ofLiteral(to);
        assertThat(ip.getHeader().getSrcAddr()).isEqualTo(source);
        assertThat(ip.getHeader().getDstAddr()).isEqualTo(destination);
        UdpPacket udp = (UdpPacket) ip.getPayload();
        assertThat(udp.hasValidChecksum(source, destination, false)).isTrue();
        assertThat(udp.getPayload().getRawData()).isEqualTo("answer".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_host_answers_pings() throws Exception {
        try (HostSide host = host().start()) {
            host.send(
                    1,
                    fromClient(CLIENT_4, HOST_4)
                            .icmp(Icmp.echo(8, 1, 2))
                            .payload("ping")
                            .build(),
                    Offload.NONE);
            IpV4Packet reply = (IpV4Packet) only(host).getPayload();
            assertThat(reply.getHeader().hasValidChecksum(false)).isTrue();
            assertThat(((IcmpV4CommonPacket) reply.getPayload()).hasValidChecksum(false))
                    .isTrue();
            host.releaseAll();

            host.send(
                    1,
                    fromClient(CLIENT_6, HOST_6)
                            .icmpv6(Icmpv6.echo(128, 1, 2))
                            .payload("ping")
                            .build(),
                    Offload.NONE);
            IpV6Packet reply6 = (IpV6Packet) only(host).getPayload();
            assertThat(((IcmpV6CommonPacket) reply6.getPayload())
                            .hasValidChecksum(
                                    reply6.getHeader().getSrcAddr(),
                                    reply6.getHeader().getDstAddr(),
                                    false))
                    .isTrue();
            host.releaseAll();
        }
    }

    @Test
    void a_flow_stays_with_the_processor_that_handed_it_over() throws Exception {
        try (HostSide host = host().start();
                DatagramSocket socket = socket(HOST_4, 7000)) {
            for (int processor = 0; processor < 2; processor++) {
                host.send(
                        processor,
                        fromClient(CLIENT_4, HOST_4)
                                .udp(5000 + processor, 7000)
                                .payload("x")
                                .build(),
                        Offload.NONE);
                socket.send(received(socket));
                HostPort port = host.ports.get(processor);
                host.await(port::hasBacklog);
                host.receive(0);
                host.releaseAll();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({HOST_4 + "," + CLIENT_4, HOST_6 + "," + CLIENT_6})
    void tcp_passes_both_ways_between_two_hosts_in_segments_of_up_to_64_kilobytes(String left, String right)
            throws Exception {
        try (HostSide a = new HostSide(namespace, true, left).start();
                HostSide b = new HostSide(network.namespace("peer"), true, right).start()) {
            TwoHosts hosts = new TwoHosts(a, b);
            assertThat(hosts.transfer(left, right, SEGMENT_BYTES)).isTrue();
            assertThat(hosts.longest).isGreaterThan(30_000);
            assertThat(hosts.chains).isPositive();
            assertThat(a.freeWithoutDaemon()).isEqualTo(HostSide.BUFFERS);
            assertThat(b.freeWithoutDaemon()).isEqualTo(HostSide.BUFFERS);
        }
    }

    @Test
    void without_segmentation_no_frame_is_longer_than_the_mtu() throws Exception {
        try (HostSide a = new HostSide(namespace, false, HOST_4).start();
                HostSide b = new HostSide(network.namespace("peer"), false, CLIENT_4).start()) {
            TwoHosts hosts = new TwoHosts(a, b);
            assertThat(hosts.transfer(HOST_4, CLIENT_4, 1_000_000)).isTrue();
            assertThat(hosts.longest).isEqualTo(1514);
        }
    }

    @Test
    void the_device_itself_says_nothing_and_resolves_nothing() throws Exception {
        try (HostSide host = host().start();
                DatagramSocket four = socket(HOST_4, 7000);
                DatagramSocket six = socket(HOST_6, 7000)) {
            // what the kernel sends on its own comes within a second after it was set up, and before these
            four.send(new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(CLIENT_4), 9));
            assertThat(only(host).getPayload()).isInstanceOf(IpV4Packet.class);
            host.releaseAll();
            six.send(new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(CLIENT_6), 9));
            assertThat(only(host).getPayload()).isInstanceOf(IpV6Packet.class);
            host.releaseAll();
            String link = TestNetwork.run("ip", "-n", namespace, "addr", "show", "weir0");
            assertThat(link)
                    .contains("NOARP")
                    .doesNotContain("MULTICAST")
                    .contains("mtu 1500", HOST_4 + "/32", HOST_6 + "/128")
                    .doesNotContain("fe80", "tentative");
            assertThat(host.receive(1500)).isZero();
        }
    }

    @Test
    void a_frame_that_the_kernel_refuses_is_counted_and_its_buffer_given_back() throws Exception {
        try (HostSide host = host()) {
            host.send(0, new byte[10], Offload.NONE);
            host.send(0, new byte[60], Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, 5000, 16));
            host.send(1, new byte[4000], Offload.of(0, 7, 54, 1400, 0, 0));

            host.daemon.doWork(0);

            assertThat(host.daemonCounters.dropped(DropReason.TRANSMIT_FAILED, 3))
                    .isEqualTo(3);
            assertThat(host.daemonCounters.value(InterfaceCounter.TRANSMIT_ERRORS, HostSide.ID))
                    .isEqualTo(3);
            assertThat(host.freeWithoutDaemon()).isEqualTo(HostSide.BUFFERS);
        }
    }

    @Test
    void what_the_ring_from_the_host_has_no_room_for_waits_in_the_device() throws Exception {
        int more = HostSide.RING + 100;
        try (HostSide host = host();
                DatagramSocket socket = socket(HOST_4, 7000)) {
            for (int k = 0; k < more; k++) {
                socket.send(new DatagramPacket(new byte[] {(byte) k}, 1, InetAddress.ofLiteral(CLIENT_4), 9));
            }
            int moved = 0;
            for (int work = 1; work > 0; moved += work) {
                work = host.daemon.doWork(0);
            }
            assertThat(moved).isEqualTo(HostSide.RING);
            int received = 0;
            for (int round = 0; round < 50; round++) {
                received += host.receive(0);
                host.releaseAll();
                host.daemon.doWork(0);
            }
            assertThat(received).isEqualTo(more);
        }
    }

    @Test
    void without_free_buffers_frames_wait_in_the_device() throws Exception {
        try (HostSide host = host();
                DatagramSocket socket = socket(HOST_4, 7000)) {
            long[] taken = new long[HostSide.BUFFERS];
            int count = 0;
            for (long buffer = 1; (buffer = host.owners.storage().acquire()) != 0; ) {
                taken[count++] = buffer;
            }
            socket.send(new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(CLIENT_4), 9));
            assertThat(host.daemon.doWork(0)).isZero();

            for (int k = 0; k < count; k++) {
                host.owners.storage().release(taken[k]);
            }
            assertThat(host.daemon.doWork(0)).isEqualTo(1);
            assertThat(host.receive(0)).isEqualTo(1);
            host.releaseAll();
        }
    }

    @Test
    void a_deleted_device_is_made_anew_and_traffic_resumes() throws Exception {
        try (HostSide host = host().start()) {
            network.ip(namespace, "link del weir0");
            host.await(() -> !host.link.isUp());
            // the caller keeps what it wants to send meanwhile, and drops and counts it
            host.send(0, ping(), Offload.NONE);
            host.await(host.link::isUp);

            host.send(0, ping(), Offload.NONE);

            assertThat(only(host).getPayload()).isInstanceOf(IpV4Packet.class);
            host.releaseAll();
            assertThat(host.told).containsExactly("weir0 down: it was deleted or renamed; it is made anew", "weir0 up");
            assertThat(TestNetwork.run("ip", "-n", namespace, "-6", "route", "show", "default"))
                    .contains("dev weir0");
            assertThat(host.daemonCounters.value(InterfaceCounter.DOWN_EVENTS, HostSide.ID))
                    .isEqualTo(1);
            assertThat(host.daemonCounters.value(InterfaceCounter.UP_EVENTS, HostSide.ID))
                    .isEqualTo(2);
        }
    }

    @Test
    void frames_under_way_to_a_device_that_vanishes_are_counted_and_their_buffers_given_back() throws Exception {
        try (HostSide host = host()) {
            for (int k = 0; k < 5; k++) {
                host.send(k % 2, ping(), Offload.NONE);
            }
            network.ip(namespace, "link del weir0");

            assertThat(host.daemon.doWork(0)).isEqualTo(5);
            host.daemon.doWork(1);

            assertThat(host.link.isUp()).isFalse();
            assertThat(host.daemonCounters.dropped(DropReason.INTERFACE_DOWN, 3))
                    .isEqualTo(5);
            assertThat(host.freeWithoutDaemon()).isEqualTo(HostSide.BUFFERS);
        }
    }

    @Test
    void a_name_that_somebody_takes_meanwhile_is_told_once_and_tried_again() throws Exception {
        try (HostSide host = host()) {
            network.ip(namespace, "link set weir0 down name other0");
            network.ip(namespace, "link add weir0 type veth peer name weir9");
            for (int second = 1; second <= 5; second++) {
                host.daemon.doWork(1000L * second);
            }
            assertThat(host.told).hasSize(2);
            assertThat(host.told.get(1)).contains("EBUSY", "there is a device with this name");
            assertThat(TestNetwork.run("ip", "-n", namespace, "link", "show")).doesNotContain("other0");

            network.ip(namespace, "link del weir0");
            host.daemon.doWork(6000);

            assertThat(host.told.getLast()).isEqualTo("weir0 up");
        }
    }

    private static byte[] ping() {
        return fromClient(CLIENT_4, HOST_4)
                .icmp(Icmp.echo(8, 1, 2))
                .payload("ping")
                .build();
    }

    @Test
    void a_device_that_was_set_down_has_addresses_and_routes_again_when_it_is_up() throws Exception {
        try (HostSide host = host().start()) {
            network.ip(namespace, "link set weir0 down");
            host.await(() -> !host.link.isUp());
            network.ip(namespace, "link set weir0 up");
            host.await(host.link::isUp);

            assertThat(host.told)
                    .containsExactly(
                            "weir0 down: it was set down; bring it up with `ip link set dev weir0 up`", "weir0 up");
            host.send(
                    0,
                    fromClient(CLIENT_6, HOST_6).icmpv6(Icmpv6.echo(128, 1, 2)).build(),
                    Offload.NONE);
            assertThat(only(host).getPayload()).isInstanceOf(IpV6Packet.class);
            host.releaseAll();
            host.send(0, ping(), Offload.NONE);
            assertThat(only(host).getPayload()).isInstanceOf(IpV4Packet.class);
            host.releaseAll();
        }
    }

    private void assertRefused(int errno, String... texts) {
        assertThatThrownBy(
                        () -> Namespaces.call(namespace, () -> TapDevice.open(HostSide.settings(true, HOST_4, HOST_6))))
                .isInstanceOf(LinuxException.class)
                .hasMessageContainingAll(texts)
                .satisfies(e -> assertThat(((LinuxException) e).errno()).isEqualTo(errno));
    }

    @Test
    void a_taken_name_is_refused_with_the_way_to_find_out_by_whom() throws Exception {
        try (HostSide host = host()) {
            assertThat(host.link.isUp()).isTrue();
            assertRefused(Errno.EBUSY, "ioctl(TUNSETIFF, \"weir0\"): EBUSY", "`ip -d link show weir0`");
        }
        network.ip(namespace, "link add weir0 type veth peer name weir9");
        assertRefused(Errno.EBUSY, "choose another name");
    }

    @Test
    void a_route_of_somebody_else_is_left_alone_and_named() {
        network.ip(namespace, "link add mgmt0 type veth peer name mgmt1");
        network.ip(namespace, "link set mgmt0 up");
        network.ip(namespace, "route add default dev mgmt0");

        assertRefused(Errno.EEXIST, "there is another route to 0.0.0.0/0", "leave it out of the routes by weir0");

        assertThat(TestNetwork.run("ip", "-n", namespace, "route")).contains("default dev mgmt0");
        assertThat(TestNetwork.run("ip", "-n", namespace, "link")).doesNotContain("weir0");
    }

    @Test
    void impossible_settings_are_refused_with_the_value() {
        assertThatThrownBy(() -> new TapSettings("a-name-too-long-0", 2L << 40, 1500, 1, true, List.of(), List.of()))
                .hasMessage("device: \"a-name-too-long-0\" has 17 bytes, not 1 to 15");
        assertThatThrownBy(() -> new TapSettings("weir0", 1L << 40, 1500, 1, true, List.of(), List.of()))
                .hasMessageContaining("0x10000000000 is not a locally administered one");
        assertThatThrownBy(() -> new TapSettings("weir0", 2L << 40, 67, 1, true, List.of(), List.of()))
                .hasMessage("mtu: 67 is not in 68..65521");
        assertThatThrownBy(() -> new TapSettings("weir0", 2L << 40, 1500, 0, true, List.of(), List.of()))
                .hasMessage("queues: 0 are not 1 to 256");
    }

    @Test
    void moving_frames_both_ways_allocates_nothing() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] ping = ping();
        try (HostSide host = host()) {
            long allocated = Long.MAX_VALUE;
            // before they are compiled, downcalls allocate
            for (int round = 0; round < 5_000 && allocated > 0; round++) {
                for (int i = 0; i < 60; i++) {
                    host.send(0, ping, Offload.NONE);
                }
                host.batch.clear();
                long before = threads.getCurrentThreadAllocatedBytes();
                int moved = host.daemon.doWork(round);
                moved += host.daemon.doWork(round);
                int received = host.ports.get(0).receive(host.batch, 64);
                received += host.ports.get(1).receive(host.batch, 64);
                int sent = host.ports.get(1).transmit(host.batch);
                host.ports.get(1).isCongested();
                moved += host.daemon.doWork(round);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                // the kernel answers not every ping when it is busy
                assertThat(received).isBetween(1, 60);
                assertThat(sent).isEqualTo(received);
                assertThat(moved).isEqualTo(60 + 2 * received);
            }
            assertThat(allocated).isZero();
        }
    }
}
