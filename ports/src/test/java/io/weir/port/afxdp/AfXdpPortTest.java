package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.port.FrameBatch;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Left station (l0) - port w0 - weir - port w1 - right station (r0), each in a namespace of its own. */
class AfXdpPortTest {
    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String right = "";
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
        right = network.namespace("right");
        network.link(middle, "w0", left, "l0");
        network.link(middle, "w1", right, "r0");
        node = new XdpSwitch(middle);
    }

    @AfterEach
    void remove() {
        node.close();
        network.close();
    }

    /** A broadcast frame of the experimental type with a body that depends on the number. */
    static byte[] frame(int length, int number) {
        byte[] frame = new byte[length];
        new Random(number).nextBytes(frame);
        java.util.Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        frame[12] = (byte) (RawStation.ETHERTYPE >>> 8);
        frame[13] = (byte) RawStation.ETHERTYPE;
        frame[14] = (byte) (number >>> 8);
        frame[15] = (byte) number;
        return frame;
    }

    @ParameterizedTest
    @EnumSource(
            value = Attach.class,
            names = {"NATIVE", "GENERIC"})
    void a_frame_passes_from_one_interface_to_the_other_byte_for_byte(Attach attach) throws Exception {
        try (RawStation from = new RawStation(left, "l0");
                RawStation to = new RawStation(right, "r0")) {
            AfXdpPort w0 = node.open(1, "w0", attach);
            AfXdpPort w1 = node.open(2, "w1", attach);
            assertThat(w0.isNative()).isEqualTo(attach == Attach.NATIVE);
            for (int length : new int[] {16, 59, 60, 61, 512, 1499, 1514}) {
                byte[] frame = frame(length, length);
                from.send(frame);
                assertThat(node.receive(w0, 64)).isEqualTo(1);
                assertThat(node.bytes(0)).isEqualTo(frame);
                assertThat(node.batch.owner[0]).isEqualTo(FrameBatch.STORAGE);
                assertThat(node.batch.ingress[0]).isEqualTo(1);

                assertThat(w1.transmit(node.batch)).isEqualTo(1);
                assertThat(to.receive()).isEqualTo(frame);
            }
        }
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }
}
