package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.Decisions;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.network.EchoSocket;
import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.linux.NativeMemory;
import io.weir.port.FrameBatch;
import io.weir.port.Port;
import io.weir.wire.EthernetView;
import io.weir.wire.IpAddress;
import io.weir.wire.Ipv4View;
import io.weir.wire.UdpView;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control interface as the node opens it, without switching: the test itself moves the frames. */
class ControlInterfaceSystemTest {
    private static final IpAddress TARGET = IpAddress.parse("10.7.0.9");

    @SuppressWarnings("NullAway.Init")
    private Network stations;

    @SuppressWarnings("NullAway.Init")
    private Station weir;

    @BeforeEach
    void build() {
        Programs.assume("ip");
        stations = new Network("control-" + ProcessHandle.current().pid() + "-");
        weir = stations.station("weir");
        stations.cable(weir, "int0", stations.station("peer"), "eth0");
    }

    @AfterEach
    @SuppressWarnings("UnnecessaryCheckNotNull")
    void remove() {
        if (stations != null) {
            stations.close();
        }
    }

    private static NodeConfiguration configuration(Path folder) throws Exception {
        return ConfigurationLoader.parse("f", """
            name: control-test
            processors: {switching: 2}
            memory: {file: %s, connections-ipv4: 1024, connections-ipv6: 1024, buffers: 1024}
            interfaces:
              - {name: int0, driver: af_packet, addresses: [10.7.0.1/24, fd07::1/64]}
            """.formatted(folder.resolve("map")));
    }

    /** Runs in the station's network. */
    private interface Body {
        void run(ControlInterface control, NodePorts ports, NodeMemory memory) throws Exception;
    }

    private void open(Path folder, Body body) throws Exception {
        NodeConfiguration configuration = configuration(folder);
        Station.await(weir.submit(() -> {
            NodePlan plan = NodePlan.of(configuration).withControl(configuration);
            try (NodeMemory memory = NodeMemory.create(configuration, plan);
                    ControlInterface control = ControlInterface.open(configuration);
                    NodePorts ports = NodePorts.open(configuration, plan, memory)) {
                body.run(control, ports, memory);
            }
            return 0;
        }));
        assertThat(Programs.successIn(weir, 10, "ip", "link")).doesNotContain("weirc-");
    }

    @Test
    void a_datagram_comes_out_of_its_poll_list_and_an_answer_goes_in_by_any_processor(@TempDir Path folder)
            throws Exception {
        open(folder, (control, ports, memory) -> {
            assertThat(control.id()).isEqualTo(2);
            assertThat(ports.facts()).hasSize(1);
            ProcessorPorts owner = ports.processors().get(1);
            Port polled = owner.polled.stream()
                    .filter(port -> port.id() == 2)
                    .findFirst()
                    .orElseThrow();
            assertThat(polled.isUp()).isTrue();
            assertThat(polled.capabilities().linkAddress()).isEqualTo(control.outerLinkAddress());

            for (ProcessorPorts sender : ports.processors()) {
                Port transmit = Objects.requireNonNull(sender.byId[2]);
                try (DatagramChannel channel = control.network().openUdp(TARGET)) {
                    channel.connect(new InetSocketAddress(PlainSockets.of(TARGET), 53));
                    assertThat(channel.getLocalAddress()).asString().startsWith("/10.7.0.1:");
                    channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));

                    FrameBatch batch = new FrameBatch(16);
                    Programs.await("the datagram", 10, () -> receiveUdp(polled, owner, batch, control));
                    turn(batch, control);
                    // a processor sends what it holds itself, or what stands in the common storage
                    assertThat(owner.owners.moveToStorage(batch, 0)).isTrue();
                    assertThat(transmit.transmit(batch)).isEqualTo(batch.size());

                    ByteBuffer answer = ByteBuffer.allocate(100);
                    channel.socket().setSoTimeout(5000);
                    assertThat(channel.read(answer)).isEqualTo(3);
                }
            }
        });
    }

    private static MemorySegment frame(FrameBatch batch) {
        return NativeMemory.segment(batch.address[0], batch.length[0]);
    }

    /** Passes over what else the kernel says, such as the multicast groups it listens to. */
    private static boolean receiveUdp(Port polled, ProcessorPorts owner, FrameBatch batch, ControlInterface control) {
        batch.clear();
        while (polled.receive(batch, 1) > 0) {
            if (isUdp(batch, control)) {
                return true;
            }
            owner.owners.release(batch.address[0], batch.owner[0]);
            batch.clear();
        }
        return false;
    }

    private static boolean isUdp(FrameBatch batch, ControlInterface control) {
        MemorySegment frame = frame(batch);
        EthernetView ethernet = new EthernetView().wrap(frame, 0, (int) frame.byteSize());
        return ethernet.etherType() == 0x0800
                && ethernet.source() == control.innerLinkAddress()
                && ethernet.destination() == control.outerLinkAddress();
    }

    /** Makes the datagram its own answer; checksums stay right when source and destination change places. */
    private static void turn(FrameBatch batch, ControlInterface control) {
        MemorySegment frame = frame(batch);
        EthernetView ethernet = new EthernetView().wrap(frame, 0, (int) frame.byteSize());
        ethernet.source(control.outerLinkAddress());
        ethernet.destination(control.innerLinkAddress());
        Ipv4View ip = new Ipv4View().wrap(frame, 14, (int) frame.byteSize() - 14);
        int source = ip.source();
        ip.source(ip.destination());
        ip.destination(source);
        UdpView udp = new UdpView().wrap(frame, 34, (int) frame.byteSize() - 34);
        int port = udp.sourcePort();
        udp.sourcePort(udp.destinationPort());
        udp.destinationPort(port);
        assertThat(batch.size()).isEqualTo(1);
    }

    @Test
    void sockets_speak_from_the_own_address_and_fail_in_the_words_of_java_net(@TempDir Path folder) throws Exception {
        open(folder, (control, ports, memory) -> {
            try (EchoSocket echo = control.network().openEcho(TARGET)) {
                assertThatExceptionOfType(SocketTimeoutException.class)
                        .isThrownBy(() -> echo.echo(Duration.ofMillis(50)));
            }
            try (EchoSocket own = control.network().openEcho(IpAddress.parse("fd07::1"))) {
                assertThat(own.echo(Duration.ofSeconds(5))).isPositive();
            }
            try (DatagramChannel listener = control.network().listenUdp(IpAddress.parse("10.7.0.1"), 7411)) {
                assertThat(listener.getLocalAddress()).asString().isEqualTo("/10.7.0.1:7411");
                assertThatIOException()
                        .isThrownBy(() -> control.network().listenUdp(IpAddress.parse("10.7.0.1"), 7411))
                        .withMessageContaining("10.7.0.1 port 7411")
                        .withMessageContaining("in use");
            }
            try (DatagramChannel host = control.network().listenUdp(IpAddress.parse("127.0.0.1"), 0)) {
                assertThat(host.getLocalAddress()).asString().startsWith("/127.0.0.1:");
            }
            assertThatIOException()
                    .isThrownBy(() -> control.network().listenUdp(IpAddress.parse("10.7.0.1"), 61_500))
                    .withMessageContaining("choose another");

            control.configure(ConfigurationLoader.parse("f", "interfaces: [{name: int0, addresses: [fd07::1/64]}]"));
            assertThatIOException()
                    .isThrownBy(() -> control.network().openTcp(TARGET))
                    .isInstanceOf(NoRouteToHostException.class)
                    .withMessage("no interface has an IPv4 address to reach 10.7.0.9 from");
            control.configure(configuration(folder));
            control.network().openTcp(TARGET).close();
        });
    }

    @Test
    void the_listing_shows_it(@TempDir Path folder) throws Exception {
        open(folder, (control, ports, memory) -> {
            ConfigurationTable table = memory.configurationTable();
            table.controlInterface(control.facts(configuration(folder)));
            table.apply(configuration(folder), Decisions.NONE, ports.facts(), "test");
            String json = RunningNode.execute(
                            List.of("interfaces", "--map", folder.resolve("map").toString(), "--json"))
                    .output();
            assertThat(json).contains("\"control\"").contains("health checks");
        });
    }
}
