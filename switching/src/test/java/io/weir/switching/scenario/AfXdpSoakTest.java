package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.linux.Namespaces;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.Attach;
import io.weir.port.decorator.Fault;
import io.weir.port.decorator.FaultSettings;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A million packets through the whole filter over AF_XDP and virtual links, while interfaces go down, are deleted and come
 * back, rings overflow, buffers run out, lines lose, double, swap, corrupt and cut frames, and a part of the frames is
 * hostile: every packet has a fate, and in the end every buffer is free.
 */
class AfXdpSoakTest {
    private static final int PACKETS = Integer.getInteger("weir.soak.packets", 1_000_000);
    private static final int BURST = 64;
    /** More than rings of 256 frames take. */
    private static final int FLOOD = 2_000;

    private static final int MTU = 9_000;
    private static final int FLOWS = 100;
    private static final FaultSettings FAULTS = new FaultSettings(0.01, 0.01, 0.02, 0.02, 0.02);

    private static final Counter[] MADE_HERE = {
        Counter.RESETS_SENT,
        Counter.ARP_REQUESTS_SENT,
        Counter.NEIGHBOUR_SOLICITATIONS_SENT,
        Counter.NEIGHBOUR_ADVERTISEMENTS_SENT,
        Counter.ANNOUNCEMENTS_SENT,
        Counter.ICMP_ERRORS_SENT
    };

    private final VethNetwork network = new VethNetwork();
    private final SplittableRandom random = new SplittableRandom(0x50a4);

    @BeforeEach
    void build() throws Exception {
        VethNetwork.assumeAvailable();
        network.build();
        String obstacle =
                Namespaces.call(network.inside(), () -> AfXdpInterface.obstacle(VethNetwork.device(1), Attach.NATIVE));
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
    }

    @AfterEach
    void remove() {
        network.close();
    }

    @Test
    @Timeout(180)
    void every_packet_has_a_fate_and_every_buffer_returns() {
        Network site = Sites.jumbo(Mode.NAT, MTU, MTU).withConnections(4_096).withBuffers(2_048);
        List<byte[]> requests = requests();
        List<byte[]> replies = replies();
        long sent = 0;
        XdpLinks links = new XdpLinks(network, Attach.NATIVE, FAULTS);
        // Closes the links, which then compare the free buffers with all.
        try (Harness harness = new Harness(site, links)) {
            int round = 0;
            while (harness.total(Counter.PACKETS_RECEIVED) < PACKETS) {
                round++;
                trouble(links, round % 1_000);
                for (int k = 0; k < BURST; k++) {
                    sent += send(links, EXT, requests);
                    sent += send(links, INT, replies);
                }
                harness.cycle(5);
                if (round % 20 == 0) {
                    links.follow();
                }
            }
            heal(links, harness);
            verify(links, harness, sent);
            harness.stop();
        }
    }

    /** One kind after the other, each over before the next begins. */
    private void trouble(XdpLinks links, int moment) {
        switch (moment) {
            case 100 -> network.setUp(EXT, false);
            case 140 -> network.setUp(EXT, true);
            case 200 -> network.setFarUp(INT, false);
            case 240 -> network.setFarUp(INT, true);
            case 300 -> links.starve(3);
            case 320 -> links.starve(-1);
            case 400 -> flood(links);
            case 500 -> network.cut(INT);
            case 560 -> {
                network.mend(INT, INT_MAC, MTU);
                links.plug(INT);
            }
            case 700 -> network.cut(EXT);
            case 701 -> {
                network.mend(EXT, EXT_MAC, MTU);
                links.plug(EXT);
            }
            default -> {}
        }
    }

    private void flood(XdpLinks links) {
        byte[] frame = requests().getFirst();
        for (int k = 0; k < FLOOD; k++) {
            links.send(EXT, frame);
            links.send(INT, frame);
        }
    }

    /** All is well again; what waits for next hops that corruption made up is given up within seconds. */
    private void heal(XdpLinks links, Harness harness) {
        links.starve(-1);
        for (int id = EXT; id <= INT; id++) {
            if (network.isCut(id)) {
                network.mend(id, id == EXT ? EXT_MAC : INT_MAC, MTU);
            }
            network.setUp(id, true);
            network.setFarUp(id, true);
        }
        for (int cycle = 0; cycle < 400; cycle++) {
            links.follow();
            harness.cycle(50);
        }
    }

    private int send(XdpLinks links, int interfaceId, List<byte[]> frames) {
        byte[] frame = random.nextInt(8) == 0 ? hostile() : frames.get(random.nextInt(frames.size()));
        return links.send(interfaceId, frame) ? 1 : 0;
    }

    private byte[] hostile() {
        byte[] frame = HostileInput.FRAMES
                .get(random.nextInt(HostileInput.FRAMES.size()))
                .frame()
                .clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            frame[random.nextInt(Math.min(80, frame.length))] = (byte) random.nextInt();
        }
        return frame;
    }

    private static void verify(XdpLinks links, Harness harness, long sent) {
        Map<DropReason, Long> dropped = harness.dropped();
        assertThat(harness.defect()).isNull();
        assertThat(dropped).doesNotContainKey(DropReason.INTERNAL_ERROR);
        long received = harness.total(Counter.PACKETS_RECEIVED);
        long in = received;
        for (Counter made : MADE_HERE) {
            in += harness.total(made);
        }
        // A frame that a port accepted and then had to drop counts as both.
        long both = dropped.getOrDefault(DropReason.TRANSMIT_FAILED, 0L);
        assertThat(in)
                .as("received or made")
                .isEqualTo(harness.total(Counter.PACKETS_TRANSMITTED) + harness.total(Counter.PACKETS_DROPPED) - both);
        assertThat(harness.missingBuffers()).as("frames under way").isZero();

        long doubled = links.injected(Fault.DUPLICATION);
        assertThat(received).isLessThanOrEqualTo(sent + doubled + FLOOD * 2L * (1 + received / (1_000L * BURST)));
        for (Fault fault : Fault.values()) {
            assertThat(links.injected(fault)).as(fault.name()).isGreaterThan(PACKETS / 500);
        }
        long full = 0;
        long down = 0;
        long up = 0;
        for (int id = EXT; id <= INT; id++) {
            full += harness.total(InterfaceCounter.KERNEL_RING_FULL, id)
                    + harness.total(InterfaceCounter.KERNEL_FILL_EMPTY, id);
            down += harness.total(InterfaceCounter.DOWN_EVENTS, id);
            up += harness.total(InterfaceCounter.UP_EVENTS, id);
        }
        assertThat(full).as("times a ring was full or empty").isPositive();
        assertThat(down).as("interfaces lost").isGreaterThanOrEqualTo(4);
        assertThat(up).as("interfaces back").isEqualTo(down + 2);
        assertThat(harness.total(Counter.PACKETS_BALANCED)).isGreaterThan(received / 4);
        assertThat(dropped).containsKey(DropReason.INTERFACE_DOWN).hasSizeGreaterThan(25);
    }

    private static List<byte[]> requests() {
        List<byte[]> frames = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int flow = 0; flow < FLOWS; flow++) {
                Conversation tcp = Conversation.of(family, Mode.NAT, Packet.TCP).clientPort(1_024 + flow);
                frames.add(tcp.syn().frame());
                frames.add(tcp.ack().frame());
                frames.add(tcp.data("some data").frame());
                frames.add(tcp.data("more data").partialChecksum().frame());
                frames.add(tcp.fin().frame());
                Conversation udp = Conversation.of(family, Mode.NAT, Packet.UDP).clientPort(1_024 + flow);
                frames.add(udp.request().frame());
                frames.add(udp.request().partialChecksum().frame());
                if (flow % 10 == 0) {
                    frames.add(udp.request().payload(new byte[8_901]).frame());
                }
            }
        }
        return frames;
    }

    private static List<byte[]> replies() {
        List<byte[]> frames = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int flow = 0; flow < FLOWS; flow++) {
                Conversation tcp = Conversation.of(family, Mode.NAT, Packet.TCP).clientPort(1_024 + flow);
                frames.add(tcp.synAck().frame());
                frames.add(tcp.serverData("an answer").frame());
                frames.add(tcp.serverData("and more").partialChecksum().frame());
                Conversation udp = Conversation.of(family, Mode.NAT, Packet.UDP).clientPort(1_024 + flow);
                frames.add(udp.reply().frame());
                if (flow % 10 == 0) {
                    frames.add(udp.reply().payload(new byte[8_901]).frame());
                }
            }
        }
        return frames;
    }
}
