package io.weir.control.resource;

import io.weir.wire.IpAddress;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Opens sockets in the network that leads to the servers. */
@FunctionalInterface
public interface TcpConnector {
    /**
     * A socket in blocking mode, not connected, bound to the address to use towards the target. The caller connects and
     * closes it.
     */
    SocketChannel open(IpAddress target) throws IOException;
}
