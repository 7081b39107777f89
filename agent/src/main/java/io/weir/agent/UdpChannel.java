package io.weir.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports as datagrams. The socket is connected, so that the kernel tells of ICMP errors. After a failure the name is resolved
 * anew and its next address tried; it is also resolved once a minute, because a receiver that moved may leave no trace.
 */
final class UdpChannel implements ReportChannel {
    private static final long RESOLVE_NS = 60_000_000_000L;

    /** Addresses of a name; {@link InetAddress#getAllByName} but in tests. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final ReceiverAddress.Udp to;
    private final Resolver resolver;
    private final LongSupplier clockNs;
    private @Nullable DatagramChannel channel;
    private @Nullable InetAddress address;
    private long resolvedNs;
    private int failures;

    UdpChannel(ReceiverAddress.Udp to, Resolver resolver, LongSupplier clockNs) {
        this.to = to;
        this.resolver = resolver;
        this.clockNs = clockNs;
    }

    @Override
    public void send(byte[] bytes, int length) throws IOException {
        try {
            connected().write(ByteBuffer.wrap(bytes, 0, length));
        } catch (PortUnreachableException e) {
            forget();
            throw new IOException("nobody listens at " + to, e);
        } catch (UnknownHostException e) {
            forget();
            throw new IOException(to.host() + ": no such host", e);
        } catch (IOException e) {
            forget();
            throw e;
        }
    }

    private DatagramChannel connected() throws IOException {
        long nowNs = clockNs.getAsLong();
        if (channel != null && nowNs - resolvedNs < RESOLVE_NS) {
            return channel;
        }
        InetAddress[] addresses = resolver.resolve(to.host());
        InetAddress next = addresses[Math.floorMod(failures, addresses.length)];
        resolvedNs = nowNs;
        if (channel == null || !next.equals(address)) {
            close();
            DatagramChannel opened = DatagramChannel.open();
            try {
                opened.connect(new InetSocketAddress(next, to.port()));
            } catch (IOException e) {
                opened.close();
                throw e;
            }
            channel = opened;
            address = next;
        }
        return channel;
    }

    private void forget() {
        failures++;
        close();
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // what was sent is sent
            }
            channel = null;
        }
    }
}
