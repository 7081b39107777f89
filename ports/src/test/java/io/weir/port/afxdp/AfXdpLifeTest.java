package io.weir.port.afxdp;

import static io.weir.port.afxdp.AfXdpPortTest.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.linux.Bpf;
import io.weir.linux.BpfAssembler;
import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.LinuxException;
import io.weir.linux.Namespaces;
import io.weir.linux.Netlink;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces that come and go, and programs that are there already: station (l0) - port w0 - weir. */
class AfXdpLifeTest {
    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String middle = "";
    private XdpSwitch node = new XdpSwitch("");

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    @BeforeEach
    void build() {
        node.close();
        left = network.namespace("left");
        middle = network.namespace("middle");
        network.link(middle, "w0", left, "l0");
        node = new XdpSwitch(middle);
    }

    @AfterEach
    void remove() {
        node.close();
        network.close();
    }

    private void assertNothingIsLost() {
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }

    /** Frames pass in both directions. */
    private void assertWorks(AfXdpPort port) throws Exception {
        try (RawStation station = new RawStation(left, "l0")) {
            node.batch.clear();
            port.receive(node.batch, 64);
            node.releaseAll();
            byte[] frame = frame(200, 42);
            // a link that is just up loses what is sent before its queue is active (net/core/link_watch.c)
            node.await(() -> {
                station.send(frame);
                node.batch.clear();
                return port.receive(node.batch, 1) == 1;
            });
            assertThat(node.bytes(0)).isEqualTo(frame);
            node.releaseAll();
            assertThat(node.send(port, frame)).isEqualTo(1);
            assertThat(station.receive()).isEqualTo(frame);
            for (int n = 1; n > 0; node.releaseAll()) {
                node.batch.clear();
                n = port.receive(node.batch, 64);
            }
        }
    }

    @Test
    void a_deleted_interface_gives_every_buffer_back_and_is_taken_up_again_when_it_is_back() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        assertWorks(port);
        try (RawStation station = new RawStation(left, "l0")) {
            // frames that are still in the receive ring when the interface goes
            for (int i = 0; i < 100; i++) {
                station.send(frame(64, i));
            }
        }
        network.ip(middle, "link del w0");
        node.await(() -> node.packets.free() == node.packets.buffers());
        assertThat(port.isUp()).isFalse();
        assertThat(port.pollDescriptor()).isEqualTo(-1);
        assertThat(port.receive(node.batch, 64)).isZero();
        assertThat(node.send(port, frame(64, 1))).isZero();
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 1)).isEqualTo(1);

        network.link(middle, "w0", left, "l0");
        node.await(port::isUp);
        assertThat(node.counters.value(InterfaceCounter.UP_EVENTS, 1)).isEqualTo(2);
        assertWorks(port);
        assertNothingIsLost();
    }

    @Test
    void the_last_interface_registers_the_memory_anew_and_a_second_one_shares_it_again() throws Exception {
        network.link(middle, "w1", left, "l1");
        AfXdpPort first = node.open(1, "w0", Attach.NATIVE);
        AfXdpPort second = node.open(2, "w1", Attach.NATIVE);
        for (int round = 0; round < 3; round++) {
            network.ip(middle, "link del w0");
            node.await(() -> !first.isUp());
            network.ip(middle, "link del w1");
            node.await(() -> !second.isUp());
            network.link(middle, "w1", left, "l1");
            network.link(middle, "w0", left, "l0");
            node.await(() -> first.isUp() && second.isUp());
            assertWorks(first);
        }
        assertNothingIsLost();
    }

    @Test
    void an_interface_that_is_replaced_between_two_looks_is_noticed() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        int index = Namespaces.call(middle, () -> Interfaces.index("w0"));
        network.ip(middle, "link del w0");
        network.ip(middle, "link add w0 index " + index + " type veth peer name l0 netns " + left);
        network.ip(middle, "link set dev w0 addrgenmode none up");
        network.ip(left, "link set dev l0 addrgenmode none up");
        node.await(() -> !port.isUp());
        node.await(port::isUp);
        assertWorks(port);
        assertNothingIsLost();
    }

    @Test
    void a_renamed_interface_is_given_up_and_taken_up_under_its_old_name() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        network.ip(middle, "link property add dev w0 altname other");
        network.ip(middle, "link set dev w0 down");
        network.ip(middle, "link set dev w0 name x0");
        network.ip(middle, "link set dev x0 up");
        node.await(() -> !port.isUp() && node.packets.free() == node.packets.buffers());
        assertThat(TestNetwork.run("ip", "-n", middle, "link", "show", "dev", "x0"))
                .doesNotContain("xdp");

        network.ip(middle, "link set dev x0 down");
        network.ip(middle, "link set dev x0 name w0");
        network.ip(middle, "link set dev w0 up");
        node.await(port::isUp);
        assertWorks(port);
        assertNothingIsLost();
    }

    @Test
    void an_interface_that_goes_down_and_up_keeps_its_socket() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        int descriptor = port.pollDescriptor();
        network.ip(middle, "link set dev w0 down");
        node.await(() -> !port.isUp());
        network.ip(middle, "link set dev w0 up");
        node.await(port::isUp);
        assertThat(port.pollDescriptor()).isEqualTo(descriptor);
        assertWorks(port);
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 1)).isEqualTo(1);
        assertNothingIsLost();
    }

    @Test
    void a_program_that_somebody_detaches_is_attached_again() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        assertThat(detachLinks(middle)).isEqualTo(1);
        node.await(() -> !port.isUp());
        node.await(port::isUp);
        assertWorks(port);
        assertNothingIsLost();
    }

    /** Detaches what links hold on w0 of a namespace; returns how many. */
    private static int detachLinks(String namespace) throws Exception {
        return Namespaces.call(namespace, () -> {
            try (Netlink netlink = new Netlink()) {
                int index = Interfaces.index("w0");
                return Bpf.detachXdpLinks(index, netlink.xdp(index).program()).size();
            }
        });
    }

    @Test
    void an_interface_of_the_same_number_in_another_namespace_keeps_its_program() throws Exception {
        String other = network.namespace("other");
        network.link(other, "w0", left, "l9");
        assertThat(Namespaces.call(other, () -> Interfaces.index("w0")))
                .isEqualTo(Namespaces.call(middle, () -> Interfaces.index("w0")));
        node.open(1, "w0", Attach.NATIVE);
        try (XdpSwitch second = new XdpSwitch(other)) {
            second.open(1, "w0", Attach.NATIVE);
            assertThat(detachLinks(other)).isEqualTo(1);
        }
        assertThat(TestNetwork.run("ip", "-n", middle, "link", "show", "dev", "w0"))
                .contains("xdp");
    }

    @Test
    void tags_are_left_in_while_weir_has_the_interface() throws Exception {
        String[] ask = {"ip", "netns", "exec", middle, "ethtool", "-k", "w0"};
        assertThat(TestNetwork.run(ask)).contains("rx-vlan-offload: on");
        node.open(1, "w0", Attach.NATIVE);
        assertThat(TestNetwork.run(ask)).contains("rx-vlan-offload: off");
        assertNothingIsLost();
        assertThat(TestNetwork.run(ask)).contains("rx-vlan-offload: on");
    }

    @Test
    void a_peer_that_is_down_is_no_carrier() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        network.ip(left, "link set dev l0 down");
        node.await(() -> !port.isUp());
        network.ip(left, "link set dev l0 up");
        node.await(port::isUp);
        assertWorks(port);
    }

    @Test
    void closing_detaches_the_program() throws Exception {
        node.open(1, "w0", Attach.NATIVE);
        assertThat(TestNetwork.run("ip", "-n", middle, "link", "show", "dev", "w0"))
                .contains("xdp");
        node.closePorts();
        assertThat(TestNetwork.run("ip", "-n", middle, "link", "show", "dev", "w0"))
                .doesNotContain("xdp");
    }

    /** Attaches a program that passes everything, over netlink, so that it stays. */
    private void attach(String name, int mode) throws Exception {
        Namespaces.call(middle, () -> {
            long[] pass =
                    new BpfAssembler().moveConstant(BpfAssembler.R0, 2).exit().assemble();
            int program = Bpf.loadXdp(name, pass);
            try (Netlink netlink = new Netlink()) {
                netlink.attachXdp(Interfaces.index("w0"), program, mode);
            }
            Descriptors.close(program);
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {Bpf.XDP_NATIVE, Bpf.XDP_GENERIC})
    void a_program_of_somebody_else_is_refused_by_name(int mode) throws Exception {
        attach("firewall", mode);
        assertThatThrownBy(() -> node.open(1, "w0", Attach.AUTO))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("\"firewall\" (id ")
                .hasMessageContaining("`ip link set dev w0 xdp off`");
        assertThat(Namespaces.call(middle, () -> AfXdpInterface.obstacle("w0"))).contains("firewall");
        // it is still there
        assertThat(TestNetwork.run("ip", "-n", middle, "link", "show", "dev", "w0"))
                .contains("xdp");
        network.ip(middle, "link set dev w0 xdp off");
        network.ip(middle, "link set dev w0 xdpgeneric off");
        assertThat(Namespaces.call(middle, () -> AfXdpInterface.obstacle("w0"))).isEmpty();
        assertWorks(node.open(1, "w0", Attach.AUTO));
        assertNothingIsLost();
    }

    @ParameterizedTest
    @ValueSource(ints = {Bpf.XDP_NATIVE, Bpf.XDP_GENERIC})
    void a_program_that_weir_left_behind_is_replaced(int mode) throws Exception {
        attach("weir_xdp", mode);
        assertThat(Namespaces.call(middle, () -> AfXdpInterface.obstacle("w0"))).isEmpty();
        assertWorks(node.open(1, "w0", Attach.NATIVE));
        assertNothingIsLost();
    }

    @Test
    void a_link_that_weir_left_behind_is_replaced() throws Exception {
        int[] open = Namespaces.call(middle, () -> {
            int program = Bpf.loadXdp(
                    "weir_xdp",
                    new BpfAssembler().moveConstant(BpfAssembler.R0, 2).exit().assemble());
            return new int[] {program, Bpf.attachXdp(program, Interfaces.index("w0"), Bpf.XDP_NATIVE)};
        });
        assertThat(open[1]).isPositive();
        assertWorks(node.open(1, "w0", Attach.NATIVE));
        Descriptors.close(open[0]);
        Descriptors.close(open[1]);
        assertNothingIsLost();
    }

    @Test
    void a_queue_that_another_weir_has_is_not_taken_from_it() throws Exception {
        AfXdpPort port = node.open(1, "w0", Attach.NATIVE);
        try (XdpSwitch other = new XdpSwitch(middle)) {
            assertThatThrownBy(() -> other.open(1, "w0", Attach.NATIVE))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("EBUSY")
                    .hasMessageContaining("a running weir");
            assertThat(other.packets.free()).isEqualTo(other.packets.buffers());
        }
        assertWorks(port);
        assertNothingIsLost();
    }

    @Test
    void a_killed_process_leaves_the_interface_to_the_next_one() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        HeldInterface.classPath(),
                        HeldInterface.class.getName(),
                        middle,
                        "w0")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            while (line != null && !line.equals("held")) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo("held");
        } finally {
            process.destroyForcibly();
        }
        // at once: the kernel may still be busy with the dead one's socket
        assertWorks(node.open(1, "w0", Attach.NATIVE));
        assertNothingIsLost();
    }

    @Test
    void an_interface_that_does_not_exist_is_an_error_that_names_it() {
        assertThatThrownBy(() -> node.open(1, "w9", Attach.AUTO))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("\"w9\"")
                .hasMessageContaining("no such interface");
    }

    @Test
    void an_interface_that_is_not_ethernet_is_refused() {
        assertThatThrownBy(() -> node.open(1, "lo", Attach.AUTO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lo: link type 772 is not Ethernet");
    }

    @Test
    void more_queues_than_the_device_has_are_refused_with_the_number() {
        assertThatThrownBy(() -> node.face(new AfXdpOptions(1, "w0", Attach.AUTO, false, 64, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 queues are asked for and the device has 1")
                .hasMessageContaining("ethtool -L w0");
    }

    @Test
    void an_interface_without_native_mode_is_used_in_the_generic_one_and_says_why() throws Exception {
        network.ip(middle, "link add b0 type bridge");
        network.ip(middle, "link set dev b0 up");
        assertThat(Namespaces.call(middle, () -> AfXdpInterface.obstacle("b0"))).contains("bridge has no native XDP");
        assertThat(Namespaces.call(middle, () -> AfXdpInterface.obstacle("b0", Attach.GENERIC)))
                .isEmpty();
        AfXdpInterface face = node.face(XdpSwitch.options(1, "b0", Attach.AUTO));
        assertThat(face.mode()).isEqualTo(Attach.GENERIC);
        assertThat(face.modeReason()).contains("no native XDP: the driver bridge has none");
        node.closePorts();
        assertThatThrownBy(() -> node.face(XdpSwitch.options(1, "b0", Attach.NATIVE)))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("no native XDP: the driver bridge has none");
    }
}
