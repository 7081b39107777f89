package io.weir.control.health;

import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.IcmpProbe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.CheckConfiguration.UdpProbe;
import io.weir.control.network.ControlNetwork;
import io.weir.control.network.EchoSocket;
import io.weir.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLContext;

/** The probes over a network. Thread-safe; a virtual thread per check is meant. */
final class NetworkProber implements Prober, AutoCloseable {
    /** The longest answer that is looked at. */
    private static final int ANSWER_BYTES = 16 << 10;

    private final ControlNetwork network;
    private final HttpCheck http;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("health-deadlines").daemon().factory());

    NetworkProber(ControlNetwork network) {
        this(network, HttpCheck.systemTrust());
    }

    /** @param verifying TLS that verifies certificates */
    NetworkProber(ControlNetwork network, SSLContext verifying) {
        this.network = network;
        this.http = new HttpCheck(verifying);
        clock.setRemoveOnCancelPolicy(true);
    }

    @Override
    public ProbeResult probe(CheckedServer server, IpAddress address) throws InterruptedException {
        Duration timeout = server.check().timeout();
        try (Deadline deadline = new Deadline(clock, timeout)) {
            try {
                return switch (server.check().probe()) {
                    case TcpProbe tcp -> tcp(tcp, address, deadline);
                    case HttpProbe probe ->
                        http.ask(connect(address, probe.port(), deadline), probe, address, deadline);
                    case UdpProbe udp -> udp(udp, address, deadline);
                    case IcmpProbe _ -> icmp(address, timeout);
                    case CommandProbe command ->
                        CommandCheck.run(network, command, server.name(), address, deadline, timeout);
                };
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
                return ProbeResult.bad(Words.failure(e, deadline, timeout));
            } catch (IllegalArgumentException e) {
                return ProbeResult.bad(Words.line(String.valueOf(e.getMessage())));
            }
        }
    }

    private ProbeResult tcp(TcpProbe probe, IpAddress address, Deadline deadline) throws IOException {
        var _ = connect(address, probe.port(), deadline);
        return ProbeResult.good("TCP handshake in " + Words.elapsed(deadline.elapsed()));
    }

    private SocketChannel connect(IpAddress address, int port, Deadline deadline) throws IOException {
        SocketChannel channel = network.openTcp(address);
        deadline.closes(channel);
        // closed with a reset: neither side keeps the connection in TIME_WAIT
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.connect(new InetSocketAddress(InetAddress.getByAddress(address.octets()), port));
        return channel;
    }

    private ProbeResult udp(UdpProbe probe, IpAddress address, Deadline deadline) throws IOException {
        byte[] payload = UdpPayload.decode(probe.payload());
        DatagramChannel channel = network.openUdp(address);
        deadline.closes(channel);
        InetSocketAddress target = new InetSocketAddress(InetAddress.getByAddress(address.octets()), probe.port());
        if (payload.length > 0) {
            // so that port unreachable is told; but a connected channel sends no empty datagram
            channel.connect(target);
        }
        channel.send(ByteBuffer.wrap(payload), target);
        ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        while (!target.equals(channel.receive(answer))) {
            answer.clear();
        }
        answer.flip();
        String found = "UDP answer of " + answer.limit() + " bytes in " + Words.elapsed(deadline.elapsed());
        String problem = probe.expect() == null ? "" : TextMatch.problem(probe.expect(), UdpPayload.text(answer));
        return problem.isEmpty() ? ProbeResult.good(found) : ProbeResult.bad(found + ", " + problem);
    }

    private ProbeResult icmp(IpAddress address, Duration timeout) throws IOException, InterruptedException {
        try (EchoSocket socket = network.openEcho(address)) {
            return ProbeResult.good("echo reply in " + Words.elapsed(socket.echo(timeout)));
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
