package io.weir.node;

import io.weir.control.network.ControlNetwork;
import io.weir.control.network.EchoSocket;
import io.weir.linux.PingSocket;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;

/** The network of the thread that asks: for programs that have no data path, and for addresses that are the host's. */
final class HostNetwork implements ControlNetwork {
    private final EchoThreads threads = new EchoThreads();

    @Override
    public SocketChannel openTcp(IpAddress target) throws IOException {
        return PlainSockets.openTcp(target);
    }

    @Override
    public DatagramChannel openUdp(IpAddress target) throws IOException {
        return PlainSockets.openUdp(target);
    }

    @Override
    public DatagramChannel listenUdp(IpAddress own, int port) throws IOException {
        return PlainSockets.bound(PlainSockets.openUdp(own), new InetSocketAddress(PlainSockets.of(own), port));
    }

    @Override
    public EchoSocket openEcho(IpAddress target) throws IOException {
        return threads.socket(target, PlainSockets.io(() -> PingSocket.open(PlainSockets.of(target), null)));
    }

    @Override
    public Process start(ProcessBuilder program) throws IOException {
        return program.start();
    }

    @Override
    public void close() {
        threads.close();
    }
}
