package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.linux.Namespaces;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import io.weir.port.afxdp.TrafficSelector.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Station l0 (10.0.0.1) - w0, which the kernel (10.0.0.2, fd00::2) and weir share. */
class TrafficSelectorTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private static final InetAddress VIRTUAL = address("10.0.0.9");
    private static final InetAddress VIRTUAL6 = address("fd00::9");
    private static final InetAddress KERNEL = address("10.0.0.2");

    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String middle = "";
    private XdpSwitch node = new XdpSwitch("");
    private TrafficSelector selector;

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @BeforeEach
    void build() throws Exception {
        node.close();
        left = network.namespace("left");
        middle = network.namespace("middle");
        network.link(middle, "w0", left, "l0");
        network.ip(left, "address add 10.0.0.1/24 dev l0");
        network.ip(middle, "address add 10.0.0.2/24 dev w0");
        network.ip(middle, "address add fd00::2/64 dev w0 nodad");
        node = new XdpSwitch(middle);
        selector = Namespaces.call(middle, TrafficSelector::create);
    }

    @AfterEach
    void remove() {
        node.close();
        selector.close();
        network.close();
    }

    private AfXdpPort open(Attach attach) throws Exception {
        AfXdpPort port = node.port(node.face(new AfXdpOptions(1, "w0", attach, true, 256, 0), selector), 0);
        port.receive(node.batch, 64);
        return port;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static String port(int number) {
        return HexFormat.of().toHexDigits((short) number);
    }

    private static String text(String literal) {
        return HexFormat.of().formatHex(address(literal).getAddress());
    }

    private static String ethernet(String type) {
        return "ffffffffffff 020000000001" + type;
    }

    /** A packet of 8 bytes of transport header; checksums do not matter here. */
    private static byte[] ipv4(int protocol, String source, int sourcePort, String destination, int destinationPort) {
        return hex(ethernet("0800") + "4500001c 00010000 40" + HexFormat.of().toHexDigits((byte) protocol) + "0000"
                + text(source) + text(destination) + port(sourcePort) + port(destinationPort) + "00080000");
    }

    private static byte[] ipv6(int protocol, String source, int sourcePort, String destination, int destinationPort) {
        return hex(ethernet("86dd") + "60000000 0008" + HexFormat.of().toHexDigits((byte) protocol) + "40"
                + text(source) + text(destination) + port(sourcePort) + port(destinationPort) + "00080000");
    }

    private static byte[] tagged(byte[] frame) {
        byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        tagged[12] = (byte) 0x81;
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    private static byte[] arp(String target) {
        return hex(ethernet("0806") + "0001 0800 06 04 0001 020000000001" + text("10.0.0.1") + "000000000000"
                + text(target));
    }

    private static byte[] solicitation(String target) {
        return hex(ethernet("86dd") + "60000000 0018 3aff" + text("fd00::1") + text("ff02::1:ff00:9")
                + "87000000 00000000" + text(target));
    }

    private boolean takes(AfXdpPort port, byte[] frame) throws Exception {
        try (RawStation station = new RawStation(left, "l0")) {
            station.send(frame);
            // the last frame sent is certainly taken, so that all before it have been decided
            byte[] mark = ipv4(UDP, "10.0.0.1", 1, "10.0.0.9", 65_535);
            station.send(mark);
            int received = 0;
            byte[] last = {};
            byte[] first = {};
            while (!java.util.Arrays.equals(last, mark)) {
                assertThat(node.receive(port, 1)).isEqualTo(1);
                last = node.bytes(0);
                first = received++ == 0 ? last : first;
                node.releaseAll();
            }
            assertThat(received).isLessThanOrEqualTo(2);
            if (received == 2) {
                assertThat(first).isEqualTo(frame);
            }
            return received == 2;
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE", "GENERIC"})
    void what_the_tables_name_is_taken_and_the_rest_is_the_kernels(Attach attach) throws Exception {
        selector.replace(
                Set.of(VIRTUAL, VIRTUAL6, KERNEL),
                Set.of(new Ports(KERNEL, TCP, 80), new Ports(address("fd00::2"), UDP, 53)),
                Set.of(new Ports(address("10.0.0.1"), TCP, 8080), new Ports(address("fd00::1"), UDP, 5353)));
        AfXdpPort port = open(attach);

        // to weir's addresses: everything
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.9", 80))).isTrue();
        assertThat(takes(port, ipv4(1, "10.0.0.1", 0x0800, "10.0.0.9", 0))).isTrue();
        assertThat(takes(port, ipv6(UDP, "fd00::1", 1000, "fd00::9", 4000))).isTrue();
        assertThat(takes(port, ipv6(58, "fd00::1", 0x8000, "fd00::9", 0))).isTrue();
        // to an address of both: services only
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 80))).isTrue();
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 22))).isFalse();
        assertThat(takes(port, ipv4(UDP, "10.0.0.1", 1000, "10.0.0.2", 80))).isFalse();
        assertThat(takes(port, ipv4(1, "10.0.0.1", 0x0800, "10.0.0.2", 0))).isFalse();
        assertThat(takes(port, ipv6(UDP, "fd00::1", 1000, "fd00::2", 53))).isTrue();
        assertThat(takes(port, ipv6(UDP, "fd00::1", 1000, "fd00::2", 54))).isFalse();
        // from servers: to weir's and to others, and to the address of both
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 8080, "192.0.2.1", 1234))).isTrue();
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 8080, "10.0.0.2", 1234))).isTrue();
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 8081, "192.0.2.1", 1234))).isFalse();
        assertThat(takes(port, ipv6(UDP, "fd00::1", 5353, "2001:db8::1", 1234))).isTrue();
        // but not to what the kernel alone has
        assertThat(takes(port, ipv6(UDP, "fd00::1", 5353, "fd00::2", 1234))).isFalse();
        // resolution
        assertThat(takes(port, arp("10.0.0.9"))).isTrue();
        assertThat(takes(port, arp("10.0.0.2"))).isFalse();
        assertThat(takes(port, arp("10.0.0.77"))).isFalse();
        assertThat(takes(port, solicitation("fd00::9"))).isTrue();
        assertThat(takes(port, solicitation("fd00::2"))).isFalse();
    }

    @Test
    void ranges_of_ports_are_taken_at_an_address_that_the_kernel_has_too() throws Exception {
        InetAddress kernel6 = address("fd00::2");
        selector.replace(
                Set.of(VIRTUAL, KERNEL, kernel6),
                Set.of(
                        new Ports(KERNEL, UDP, 16_384, 32_767),
                        new Ports(kernel6, UDP, 16_384, 32_767),
                        new Ports(VIRTUAL, UDP, 1, 65_535)),
                Set.of());
        AfXdpPort port = open(Attach.NATIVE);

        for (int each : new int[] {16_384, 20_000, 32_767}) {
            assertThat(takes(port, ipv4(UDP, "10.0.0.1", 1000, "10.0.0.2", each)))
                    .isTrue();
            assertThat(takes(port, ipv6(UDP, "fd00::1", 1000, "fd00::2", each))).isTrue();
            assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", each)))
                    .isFalse();
        }
        for (int each : new int[] {22, 16_383, 32_768}) {
            assertThat(takes(port, ipv4(UDP, "10.0.0.1", 1000, "10.0.0.2", each)))
                    .isFalse();
            assertThat(takes(port, ipv6(UDP, "fd00::1", 1000, "fd00::2", each))).isFalse();
        }
        assertThatThrownBy(() -> new Ports(KERNEL, UDP, 2, 1)).hasMessage("ports 2 to 1 are none");
    }

    @Test
    void tags_options_and_fragments_are_understood_and_cut_off_headers_are_left_to_the_kernel() throws Exception {
        selector.replace(Set.of(VIRTUAL), Set.of(new Ports(KERNEL, TCP, 80)), Set.of());
        AfXdpPort port = open(Attach.NATIVE);
        byte[] service = ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 80);

        // IPv4 options of 4 bytes before the ports
        byte[] options = hex(ethernet("0800") + "46000020 00010000 40060000" + text("10.0.0.1") + text("10.0.0.2")
                + "01010101" + port(1000) + port(80) + "00000000");
        assertThat(takes(port, options)).isTrue();
        // a header length below 20 bytes
        byte[] impossible = service.clone();
        impossible[14] = 0x44;
        assertThat(takes(port, impossible)).isFalse();
        // first and second fragment
        byte[] fragment = service.clone();
        fragment[20] = 0x20;
        assertThat(takes(port, fragment)).isFalse();
        fragment[20] = 0;
        fragment[21] = 10;
        assertThat(takes(port, fragment)).isFalse();
        // ends within the ports, within the IP header, within the Ethernet header's minimum
        for (int length : new int[] {14, 20, 33, 37}) {
            assertThat(takes(port, java.util.Arrays.copyOf(service, length))).isFalse();
        }
        assertThat(takes(port, java.util.Arrays.copyOf(service, 38))).isTrue();
        assertThat(takes(port, java.util.Arrays.copyOf(arp("10.0.0.9"), 41))).isFalse();
        assertThat(takes(port, java.util.Arrays.copyOf(solicitation("fd00::9"), 77)))
                .isFalse();
    }

    @Test
    void a_priority_tag_does_not_hide_a_packet() throws Exception {
        // without the link's tag offload the tag stands in the frame, as on a network card
        TestNetwork.run("ip", "netns", "exec", left, "ethtool", "-K", "l0", "txvlan", "off");
        selector.replace(Set.of(VIRTUAL), Set.of(new Ports(KERNEL, TCP, 80)), Set.of());
        AfXdpPort port = open(Attach.NATIVE);
        assertThat(takes(port, tagged(ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 80))))
                .isTrue();
        assertThat(takes(port, tagged(ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 81))))
                .isFalse();
    }

    @Test
    void a_change_adds_and_removes_while_the_interface_runs() throws Exception {
        Ports web = new Ports(KERNEL, TCP, 80);
        Ports mail = new Ports(KERNEL, TCP, 25);
        selector.replace(Set.of(VIRTUAL), Set.of(web), Set.of());
        AfXdpPort port = open(Attach.NATIVE);
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 80))).isTrue();
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 25))).isFalse();
        selector.replace(Set.of(VIRTUAL), Set.of(mail), Set.of());
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 80))).isFalse();
        assertThat(takes(port, ipv4(TCP, "10.0.0.1", 1000, "10.0.0.2", 25))).isTrue();
    }

    @Test
    void a_connection_to_the_kernel_works_beside_weir() throws Exception {
        selector.replace(Set.of(VIRTUAL), Set.of(new Ports(KERNEL, TCP, 80)), Set.of());
        open(Attach.NATIVE);
        FutureTask<Integer> served = new FutureTask<>(() -> {
            Namespaces.enter(middle);
            try (ServerSocket listener = new ServerSocket()) {
                listener.bind(new InetSocketAddress(KERNEL, 22));
                try (Socket connection = listener.accept()) {
                    return connection.getInputStream().read();
                }
            }
        });
        Thread.ofPlatform().daemon().start(served);
        FutureTask<Boolean> asked = new FutureTask<>(() -> {
            Namespaces.enter(left);
            for (int attempt = 0; ; attempt++) {
                try (Socket connection = new Socket(KERNEL, 22)) {
                    connection.getOutputStream().write(42);
                    return true;
                } catch (java.net.ConnectException e) {
                    // not listening yet
                    if (attempt == 100) {
                        throw e;
                    }
                    Thread.sleep(20);
                }
            }
        });
        Thread.ofPlatform().daemon().start(asked);
        assertThat(asked.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(served.get(10, TimeUnit.SECONDS)).isEqualTo(42);
    }

    @Test
    void a_shared_interface_needs_a_selector() {
        assertThatThrownBy(() -> node.face(new AfXdpOptions(1, "w0", Attach.AUTO, true, 256, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w0: mode shared needs a selector");
    }

    @Test
    void impossible_endpoints_are_refused() {
        assertThatThrownBy(() -> new Ports(KERNEL, 1, 80)).hasMessageContaining("protocol 1");
        assertThatThrownBy(() -> new Ports(KERNEL, TCP, 0)).hasMessageContaining("port 0");
        assertThatThrownBy(() -> new Ports(KERNEL, TCP, 65_536)).hasMessageContaining("port 65536");
    }
}
