package io.weir.control.health;

import io.weir.control.network.ControlNetwork;
import io.weir.control.network.EchoSocket;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Plain sockets of this machine; echo requests are answered by loopback addresses and no others. */
final class LoopbackNetwork implements ControlNetwork {
    static StandardProtocolFamily family(IpAddress address) {
        return address.lengthBits() == 128 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    @Override
    public SocketChannel openTcp(IpAddress target) throws IOException {
        return SocketChannel.open(family(target));
    }

    @Override
    public DatagramChannel openUdp(IpAddress target) throws IOException {
        return DatagramChannel.open(family(target));
    }

    @Override
    public DatagramChannel listenUdp(IpAddress own, int port) throws IOException {
        return DatagramChannel.open(family(own))
                .bind(new InetSocketAddress(InetAddress.getByAddress(own.octets()), port));
    }

    @Override
    public EchoSocket openEcho(IpAddress target) {
        return new EchoSocket() {
            @Override
            public Duration echo(Duration timeout) throws IOException {
                if (target.isLoopback()) {
                    return Duration.ofNanos(420_000);
                }
                throw target.isMulticast() ? new NoRouteToHostException() : new SocketTimeoutException();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Process start(ProcessBuilder program) throws IOException {
        return program.start();
    }

    @Override
    public void close() {}
}
