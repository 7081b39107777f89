package io.weir.lab.bench;

import io.weir.lab.Station;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The one server of the lab: HTTP by nginx, bulk transfer by iperf3, a UDP echo, and a port that discards. */
final class Service implements AutoCloseable {
    /** What {@code GET /} answers. */
    static final String BODY = "served\n";

    private static final int TIMEOUT_MS = 1_500;

    private final DatagramChannel echo;

    private Service(DatagramChannel echo) {
        this.echo = echo;
    }

    /** Starts what can be started: without nginx or iperf3 the rows that use them fail with the reason. */
    static Service start(Station server, Workshop workshop) throws IOException, InterruptedException {
        Contestants.roomForConnections(server);
        if (Program.NGINX.find().isPresent()) {
            startWeb(server, workshop);
        }
        if (Program.IPERF3.find().isPresent()) {
            server.start(
                    List.of(Program.IPERF3.executable(), "-s", "-p", String.valueOf(Lane.BULK_PORT)),
                    workshop.folder().resolve("iperf3-server.log"));
        }
        DatagramChannel echo = Station.await(server.submit(() -> {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.bind(new InetSocketAddress(Lane.ECHO_PORT));
            return channel;
        }));
        Thread.ofPlatform().daemon().name("udp-echo").start(() -> echo(echo));
        return new Service(echo);
    }

    private static void startWeb(Station server, Workshop workshop) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(workshop.folder().resolve("web"));
        Path configuration = workshop.write("web.conf", """
            daemon off;
            worker_processes 2;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 4000; }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              keepalive_requests 1000000000;
              server { listen %2$d reuseport backlog=65535; location / { return 200 "served\\n"; } }
            }
            """.formatted(folder, Lane.HTTP_PORT));
        workshop.start(
                server,
                "web.log",
                List.of(Program.NGINX.executable(), "-c", configuration.toString(), "-e", folder + "/error.log"),
                () -> Files.exists(folder.resolve("nginx.pid")));
    }

    private static void echo(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
        while (true) {
            try {
                buffer.clear();
                var peer = channel.receive(buffer);
                buffer.flip();
                channel.send(buffer, peer);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // An ICMP error about an earlier answer; the next request is independent of it.
                Thread.onSpinWait();
            }
        }
    }

    /** One request from the lane's client; returns true when the server's answer came back. */
    static boolean answers(Lane lane, String address) {
        return complaint(lane, address).isEmpty();
    }

    /** One HTTP request from the lane's client; says what was wrong with the answer, or nothing. */
    static String complaint(Lane lane, String address) {
        return Station.await(lane.client().submit(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), Lane.HTTP_PORT), TIMEOUT_MS);
                socket.setSoTimeout(TIMEOUT_MS);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                return answer.startsWith("HTTP/1.1 200") && answer.endsWith(BODY) ? "" : "wrong answer: " + answer;
            } catch (IOException e) {
                return "HTTP to " + address + ": " + e.getMessage();
            }
        }));
    }

    /** One UDP echo request from the lane's client; says what was wrong, or nothing. */
    static String echoComplaint(Lane lane, String address) {
        return Station.await(lane.client().submit(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(TIMEOUT_MS);
                socket.connect(InetAddress.ofLiteral(address), Lane.ECHO_PORT);
                byte[] text = "echo?".getBytes(StandardCharsets.US_ASCII);
                // The first may be lost while addresses are being resolved.
                for (int attempt = 0; ; attempt++) {
                    socket.send(new java.net.DatagramPacket(text, text.length));
                    try {
                        socket.receive(new java.net.DatagramPacket(new byte[64], 64));
                        return "";
                    } catch (IOException e) {
                        if (attempt == 2) {
                            return "UDP echo by " + address + ": " + e.getMessage();
                        }
                    }
                }
            } catch (IOException e) {
                return "UDP echo by " + address + ": " + e.getMessage();
            }
        }));
    }

    @Override
    public void close() throws IOException {
        echo.close();
    }
}
