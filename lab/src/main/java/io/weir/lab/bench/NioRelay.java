package io.weir.lab.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An RTP relay as an ordinary Java program: a {@link DatagramChannel} for each port, one {@link Selector}. It does what weir's
 * does for a packet: checks the header, latches each side to its first sender (and connects the socket to it, which saves an
 * object for each packet), sends on from the other side's port, and counts loss and jitter of each stream.
 *
 * <p>Run as a program: address of side a, address of side b, first port, sessions. Session n has ports {@code first + 4n} for a and
 * {@code first + 4n + 2} for b, with those of RTCP behind.
 */
public final class NioRelay {
    /** Printed when all ports are open. */
    static final String READY = "NIO relay ready";

    private static final int BUFFER_BYTES = 2_048;
    private static final int SOCKET_BUFFER_BYTES = 1 << 20;
    /** Datagrams taken from a socket before the next one has its turn. */
    private static final int DRAIN = 32;

    private static final int HEADER_BYTES = 12;
    private static final int MICROS_OF_A_TICK = 125;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private NioRelay() {}

    /** A port of a session. */
    private static final class Leg {
        private final DatagramChannel channel;
        private final boolean media;
        private @Nullable Leg peer;
        private boolean connected;
        // RFC 3550, appendix A.
        private boolean begun;
        private int ssrc;
        private int highest;
        private int first;
        private long received;
        private int timestamp;
        private int arrived;
        private int jitter;

        Leg(InetSocketAddress address, boolean media, Selector selector) throws IOException {
            channel = DatagramChannel.open(
                    address.getAddress() instanceof java.net.Inet4Address
                            ? StandardProtocolFamily.INET
                            : StandardProtocolFamily.INET6);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            channel.bind(address);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
            this.media = media;
        }

        /** Counts a packet that has arrived; false when it is not RTP. */
        boolean count(ByteBuffer packet, int micros) {
            if (!media) {
                return packet.limit() >= 8 && (packet.get(0) & 0xc0) == 0x80;
            }
            if (packet.limit() < HEADER_BYTES || (packet.get(0) & 0xc0) != 0x80) {
                return false;
            }
            int sequence = packet.getShort(2) & 0xffff;
            int stamp = packet.getInt(4);
            int source = packet.getInt(8);
            if (!begun || source != ssrc) {
                begun = true;
                ssrc = source;
                highest = sequence;
                first = sequence;
                received = 0;
                jitter = 0;
            } else {
                int ahead = sequence - highest & 0xffff;
                if (ahead < 0x8000) {
                    highest += ahead;
                }
                long spacing = Math.abs(micros - arrived - (long) (stamp - timestamp) * MICROS_OF_A_TICK);
                if (spacing < 1_000_000) {
                    jitter += (int) spacing - ((jitter + 8) >> 4);
                }
            }
            received++;
            timestamp = stamp;
            arrived = micros;
            return true;
        }

        long lost() {
            return highest - first + 1 - received;
        }
    }

    /** Runs until it is ended. */
    public static void main(String[] arguments) throws IOException {
        new NioRelay().run(arguments[0], arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    }

    private void run(String a, String b, int firstPort, int sessions) throws IOException {
        List<Leg> legs = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int session = 0; session < sessions; session++) {
                for (int k = 0; k < 2; k++) {
                    int port = firstPort + 4 * session + k;
                    Leg one = new Leg(new InetSocketAddress(a, port), k == 0, selector);
                    Leg two = new Leg(new InetSocketAddress(b, port + 2), k == 0, selector);
                    one.peer = two;
                    two.peer = one;
                    legs.add(one);
                    legs.add(two);
                }
            }
            System.out.println(READY);
            while (!Thread.interrupted()) {
                selector.select(this::receive);
            }
        } finally {
            for (Leg leg : legs) {
                leg.channel.close();
            }
            System.out.println("lost " + legs.stream().mapToLong(Leg::lost).sum());
        }
    }

    private void receive(SelectionKey key) {
        Leg leg = (Leg) key.attachment();
        int micros = (int) (System.nanoTime() / 1_000);
        try {
            for (int k = 0; k < DRAIN; k++) {
                buffer.clear();
                if (!read(leg)) {
                    return;
                }
                buffer.flip();
                Leg peer = leg.peer;
                if (leg.count(buffer, micros) && peer != null && peer.connected) {
                    peer.channel.write(buffer);
                }
            }
        } catch (PortUnreachableException e) {
            // The station does not listen (yet); the datagram is lost.
        } catch (IOException e) {
            key.cancel();
        }
    }

    /** The first datagram tells whom the port belongs to. */
    private boolean read(Leg leg) throws IOException {
        if (leg.connected) {
            return leg.channel.read(buffer) > 0;
        }
        SocketAddress from = leg.channel.receive(buffer);
        if (from == null) {
            return false;
        }
        leg.channel.connect(from);
        leg.connected = true;
        return true;
    }
}
