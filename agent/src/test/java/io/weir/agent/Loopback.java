package io.weir.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server on loopback that answers each request with exactly the bytes it is told. */
public final class Loopback implements AutoCloseable {
    private final ServerSocket socket;
    private final Thread server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Answer answer = out -> {};

    /** Writes an answer. */
    @FunctionalInterface
    public interface Answer {
        void write(Socket socket) throws IOException;
    }

    public Loopback() throws IOException {
        this("127.0.0.1");
    }

    public Loopback(String address) throws IOException {
        socket = new ServerSocket(0, 16, InetAddress.getByName(address));
        server = Thread.ofPlatform().daemon().start(this::serve);
    }

    public URI url() {
        String host = socket.getInetAddress().getHostAddress();
        return URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getLocalPort() + "/path?x=1");
    }

    /** All bytes of an answer. */
    public void raw(String text) {
        answer = s -> s.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A document. */
    public void body(String text) {
        status("200 OK", text);
    }

    public void status(String status, String text) {
        raw("HTTP/1.1 " + status + "\r\nContent-Length: " + text.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
                + text);
    }

    public void answer(Answer next) {
        answer = next;
    }

    /** What was asked so far: heads and bodies. */
    public List<String> requests() {
        return requests;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                requests.add(request(client.getInputStream()));
                answer.write(client);
            } catch (IOException e) {
                // the client has gone, or the test is over
            }
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            text.append((char) c);
        }
        int at = text.indexOf("Content-Length: ");
        if (at >= 0) {
            int length = Integer.parseInt(text.substring(at + 16, text.indexOf("\r\n", at)));
            text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    /** Returns when the port is free: until accept returns, the kernel goes on taking connections. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            server.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
