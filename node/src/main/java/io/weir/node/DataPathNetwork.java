package io.weir.node;

import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.network.ControlNetwork;
import io.weir.control.network.EchoSocket;
import io.weir.control.network.SourceAddresses;
import io.weir.linux.PingSocket;
import io.weir.linux.PrivateNetwork;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;

/**
 * The network of the data path: sockets are opened in the private network and bound to the own address by which the
 * switching processors reach the target.
 */
final class DataPathNetwork implements ControlNetwork {
    private final PrivateNetwork network;
    private final HostNetwork host = new HostNetwork();
    private final EchoThreads threads = new EchoThreads();
    private volatile SourceAddresses sources;

    DataPathNetwork(PrivateNetwork network, NodeConfiguration configuration) {
        this.network = network;
        this.sources = addresses(configuration);
    }

    /** Goes by another configuration from now on; sockets bound to an address that is gone fail. */
    void configure(NodeConfiguration configuration) {
        sources = addresses(configuration);
    }

    private SourceAddresses addresses(NodeConfiguration configuration) {
        SourceAddresses next = new SourceAddresses(configuration);
        network.setAddresses(next.own().stream().map(PlainSockets::of).toList());
        return next;
    }

    private InetAddress source(IpAddress target) throws IOException {
        return PlainSockets.of(sources.towards(target)
                .orElseThrow(() -> new NoRouteToHostException("no interface has an IPv"
                        + (target.lengthBits() == 128 ? 6 : 4) + " address to reach " + target + " from")));
    }

    @Override
    public SocketChannel openTcp(IpAddress target) throws IOException {
        InetSocketAddress source = new InetSocketAddress(source(target), 0);
        return inside(() -> PlainSockets.bound(PlainSockets.openTcp(target), source));
    }

    @Override
    public DatagramChannel openUdp(IpAddress target) throws IOException {
        InetSocketAddress source = new InetSocketAddress(source(target), 0);
        return inside(() -> PlainSockets.bound(PlainSockets.openUdp(target), source));
    }

    @Override
    public DatagramChannel listenUdp(IpAddress own, int port) throws IOException {
        if (!sources.own().contains(own)) {
            return host.listenUdp(own, port);
        }
        if (port >= PrivateNetwork.LEAST_PORT && port <= PrivateNetwork.GREATEST_PORT) {
            throw new BindException("port " + port + " is one of " + PrivateNetwork.LEAST_PORT + "-"
                    + PrivateNetwork.GREATEST_PORT + ", which weir's own requests use; choose another");
        }
        InetSocketAddress address = new InetSocketAddress(PlainSockets.of(own), port);
        return inside(() -> PlainSockets.bound(PlainSockets.openUdp(own), address));
    }

    @Override
    public EchoSocket openEcho(IpAddress target) throws IOException {
        InetAddress source = source(target);
        return threads.socket(target, inside(() -> PingSocket.open(PlainSockets.of(target), source)));
    }

    @Override
    public Process start(ProcessBuilder program) throws IOException {
        return inside(program::start);
    }

    private <T> T inside(java.util.concurrent.Callable<T> action) throws IOException {
        return PlainSockets.io(() -> network.call(action));
    }

    /** The private network is closed by who made it. */
    @Override
    public void close() {
        threads.close();
        host.close();
    }
}
