package io.weir.lab.bench;

import io.weir.lab.Station;
import io.weir.linux.FrameSender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Offers small UDP frames of many flows to a balancer from one thread, paced or as fast as it can, and counts what arrives at the
 * server. The server drops them at once ({@link #discard}); its interface has counted them before.
 */
final class UdpFlood implements AutoCloseable {
    /** Frames sent together; the shortest queue on the way, that of a veth in XDP mode, has room for 256. */
    private static final int BURST = 32;
    /** A sender held up for longer gives the lost time up, or it would make a flood of it. */
    private static final long LATE_NS = 200_000;
    /** What is under way when the sender ends has arrived after this. */
    private static final long DRAIN_MS = 30;

    private final Lane lane;
    private final FrameSender sender;

    private UdpFlood(Lane lane, FrameSender sender) {
        this.lane = lane;
        this.sender = sender;
    }

    /** Prepares frames to an address that the lane's balancer takes or routes. */
    static UdpFlood to(Lane lane, String address) {
        List<byte[]> frames = UdpFrames.build(
                Lane.linkAddress(lane.client(), lane.clientDevice()),
                Lane.linkAddress(lane.balancer(), "ext"),
                lane.clientAddress(),
                address,
                Lane.DISCARD_PORT);
        return of(lane, frames);
    }

    /** Sends prepared frames from the lane's client. */
    static UdpFlood of(Lane lane, List<byte[]> frames) {
        return new UdpFlood(
                lane, Station.await(lane.client().submit(() -> new FrameSender(lane.clientDevice(), frames))));
    }

    /**
     * Makes a server drop what arrives for the discard port, as early as its kernel can, and says how.
     */
    static String discard(Lane lane, Workshop workshop) throws java.io.IOException {
        if (Program.NFT.find().isPresent()) {
            Path rules = workshop.write(
                    "discard-" + lane.serverDevice() + ".nft", """
                table netdev discard_%1$s {
                  chain ingress {
                    type filter hook ingress device %1$s priority 0;
                    udp dport %2$d drop
                  }
                }
                """.formatted(lane.serverDevice(), Lane.DISCARD_PORT));
            var result = io.weir.lab.Commands.attempt(
                    lane.server().command(List.of(Program.NFT.executable(), "-f", rules.toString())), "", 10);
            if (result.status() == 0) {
                return "nftables, netdev ingress";
            }
        }
        // A socket that nobody reads: its queue is full at once, and no ICMP error goes back.
        Station.await(lane.server().submit(() -> {
            var channel = java.nio.channels.DatagramChannel.open(java.net.StandardProtocolFamily.INET);
            channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 1);
            channel.bind(new java.net.InetSocketAddress(lane.serverAddress(), Lane.DISCARD_PORT));
            return channel;
        }));
        return "a socket whose queue is full";
    }

    /**
     * What was offered and what arrived, in frames per second.
     *
     * @param offered by the sender
     * @param received by the server
     */
    record Rates(double offered, double received) {
        double loss() {
            return offered <= 0 ? 1 : Math.max(0, 1 - received / offered);
        }
    }

    /**
     * Sends for some time.
     *
     * @param perSecond frames per second, or 0 for as many as possible
     */
    Rates send(double perSecond, long milliseconds) {
        return Station.await(lane.client().submit(() -> {
            long before = received();
            long start = System.nanoTime();
            long end = start + TimeUnit.MILLISECONDS.toNanos(milliseconds);
            long offered = perSecond > 0 ? paced(perSecond, start, end) : flatOut(end);
            double seconds = (System.nanoTime() - start) / 1e9;
            Thread.sleep(DRAIN_MS);
            return new Rates(offered / seconds, (received() - before) / seconds);
        }));
    }

    private long flatOut(long endNs) {
        long offered = 0;
        while (System.nanoTime() < endNs) {
            sender.send(BURST);
            offered += BURST;
        }
        return offered;
    }

    private long paced(double perSecond, long startNs, long endNs) {
        long offered = 0;
        double intervalNs = BURST * 1e9 / perSecond;
        double due = startNs;
        while (true) {
            long now = System.nanoTime();
            if (now >= endNs) {
                return offered;
            }
            if (now < due) {
                Thread.onSpinWait();
                continue;
            }
            sender.send(BURST);
            offered += BURST;
            due = now - due > LATE_NS ? now + intervalNs : due + intervalNs;
        }
    }

    /** Frames that the server's interface of this lane has received so far. */
    private long received() {
        return Station.await(lane.server()
                .submit(() ->
                        receivedPackets(Files.readString(Path.of("/proc/thread-self/net/dev")), lane.serverDevice())));
    }

    /** The received packets of a device in {@code /proc/net/dev}. */
    static long receivedPackets(String table, String device) {
        return table.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(device + ":"))
                .findFirst()
                .map(line -> line.substring(device.length() + 1).strip().split("\\s+", -1)[1])
                .map(Long::parseLong)
                .orElseThrow(() -> new MeasurementException("the server has no interface " + device));
    }

    @Override
    public void close() {
        sender.close();
    }
}
