package io.weir.port.afpacket;

import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.util.Arrays;

/** Run as an ordinary user inside {@code unshare -Urnm}: frames and a TCP transfer pass. Prints {@code passed}. */
final class UnprivilegedExchange {
    private UnprivilegedExchange() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        try (TestNetwork network = new TestNetwork()) {
            String left = network.namespace("left");
            String middle = network.namespace("middle");
            String right = network.namespace("right");
            network.link(middle, "w0", left, "l0");
            network.link(middle, "w1", right, "r0");
            network.ip(left, "address add 10.0.0.1/24 dev l0");
            network.ip(right, "address add 10.0.0.2/24 dev r0");
            try (Switch node = new Switch(middle);
                    RawStation from = new RawStation(left, "l0");
                    RawStation to = new RawStation(right, "r0")) {
                AfPacketPort w0 = node.open(1, "w0");
                AfPacketPort w1 = node.open(2, "w1");
                byte[] frame = AfPacketPortTest.frame(700, 3);
                from.send(frame);
                node.waitFor(2_000, w0);
                boolean same = node.forward(w0, w1) == 1 && Arrays.equals(to.receive(), frame);
                boolean transferred = new TcpTransfer(node, w0, w1).run(left, right, "10.0.0.2", 5L << 20);
                System.out.println(same && transferred ? "passed" : "same " + same + ", transferred " + transferred);
            }
        }
    }
}
