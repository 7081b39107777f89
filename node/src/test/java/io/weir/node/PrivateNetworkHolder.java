package io.weir.node;

import io.weir.linux.PingSocket;
import io.weir.linux.PrivateNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that makes a private network, reaches its own addresses, says so, and waits to be ended. */
final class PrivateNetworkHolder {
    private PrivateNetworkHolder() {}

    public static void main(String[] arguments) throws Exception {
        PrivateNetwork network = PrivateNetwork.create(arguments[0], 0x02_00_00_00_77_00L, 0x02_00_00_00_77_01L, 1500);
        List<InetAddress> own = List.of(InetAddress.getByName("10.77.0.1"), InetAddress.getByName("fd77::1"));
        network.setAddresses(own);
        for (InetAddress address : own) {
            try (PingSocket socket = network.call(() -> PingSocket.open(address, address))) {
                System.out.println("echo " + address.getHostAddress() + " " + (socket.echo(5000) > 0));
            }
        }
        System.out.println("ready");
        if (arguments.length > 1) {
            network.close();
            System.out.println("closed");
        } else {
            TimeUnit.MINUTES.sleep(5);
        }
    }
}
