package io.weir.node;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;

/** Sockets of one family each, and the words of {@code java.net} for what goes wrong. */
final class PlainSockets {
    private PlainSockets() {}

    static InetAddress of(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.octets().length + " octets", e);
        }
    }

    private static StandardProtocolFamily family(IpAddress address) {
        return address.lengthBits() == 128 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    static SocketChannel openTcp(IpAddress target) throws IOException {
        return io(() -> SocketChannel.open(family(target)));
    }

    static DatagramChannel openUdp(IpAddress target) throws IOException {
        return io(() -> DatagramChannel.open(family(target)));
    }

    /** The channel, bound; closed when that fails. */
    static <C extends NetworkChannel> C bound(C channel, InetSocketAddress address) throws IOException {
        try {
            channel.bind(address);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new BindException(
                    address.getAddress().getHostAddress() + " port " + address.getPort() + ": " + e.getMessage());
        }
    }

    /** Runs what may fail in many ways, and fails as {@code java.net} does. */
    static <T> T io(Callable<T> action) throws IOException {
        try {
            return action.call();
        } catch (IOException | Error e) {
            throw e;
        } catch (LinuxException e) {
            throw failure(e.errno(), String.valueOf(e.getMessage()));
        } catch (UnsupportedOperationException e) {
            throw new IOException(
                    "this JVM found no IPv6 when it started; have an IPv6 address then, such as that of lo"
                            + " (`ip link set lo up`)",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted");
        } catch (Exception e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** An errno as the exception that java.net has for it. */
    static IOException failure(int errno, String message) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> new ConnectException("Connection refused");
            case Errno.EHOSTUNREACH, Errno.ENETUNREACH -> new NoRouteToHostException(message);
            default -> new IOException(message);
        };
    }
}
