package io.weir.control.network;

import io.weir.wire.IpAddress;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;

/**
 * Where the control processor's sockets are opened: the network of the data path, or the host's. Any thread may call,
 * virtual ones too, and use what it gets; whoever gets a socket closes it.
 */
public interface ControlNetwork extends AutoCloseable {
    /**
     * A TCP socket of the target's family, blocking, not connected, bound to the own address by which the target is
     * reached.
     *
     * @throws IOException when there is no such own address, or no local port is free
     */
    SocketChannel openTcp(IpAddress target) throws IOException;

    /** A UDP socket for the target, likewise: blocking, not connected, bound. */
    DatagramChannel openUdp(IpAddress target) throws IOException;

    /**
     * A UDP socket that listens on one of the node's addresses: one of an interface is reached through the data path, any
     * other through the host.
     *
     * @param port 1..65535, or 0 for any
     * @throws IOException when the address is not there, or the port is taken
     */
    DatagramChannel listenUdp(IpAddress own, int port) throws IOException;

    /** A socket for echo requests of ICMP or ICMPv6 to the target. */
    EchoSocket openEcho(IpAddress target) throws IOException;

    /** Starts a program in this network. */
    Process start(ProcessBuilder program) throws IOException;

    /** Ends the network; sockets that are still open reach nobody any more. */
    @Override
    void close();
}
