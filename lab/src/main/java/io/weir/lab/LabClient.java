package io.weir.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A client of the lab: short HTTP connections and UDP requests from one station, counted by the server that answered. */
public final class LabClient {
    private static final int TIMEOUT_MS = 5000;

    private final Station station;
    private final Map<String, AtomicLong> served = new ConcurrentHashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    public LabClient(Station station) {
        this.station = station;
    }

    /** One HTTP request on a new connection; returns the body. */
    public static String get(String address, int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), TIMEOUT_MS);
            request(socket, path);
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int body = response.indexOf("\r\n\r\n");
            if (body < 0 || !response.startsWith("HTTP/1.1 200")) {
                throw new IOException(
                        "not an answer: " + response.lines().findFirst().orElse("(nothing)"));
            }
            return response.substring(body + 4).strip();
        }
    }

    /** A download; returns the bytes of the body, which must be all that were announced. */
    public static long download(String address, int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), TIMEOUT_MS);
            request(socket, path);
            InputStream in = socket.getInputStream();
            long announced = announcedLength(in);
            byte[] buffer = new byte[64 * 1024];
            long total = 0;
            int n;
            while ((n = in.read(buffer)) > 0) {
                total += n;
            }
            if (total != announced) {
                throw new IOException(total + " of " + announced + " bytes arrived");
            }
            return total;
        }
    }

    private static void request(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static long announcedLength(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int c = in.read();
            if (c < 0 || head.size() > 16_384) {
                throw new IOException("no HTTP header");
            }
            head.write(c);
            matched = c == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : c == '\r' ? 1 : 0;
        }
        for (String line : head.toString(StandardCharsets.US_ASCII).split("\r\n", -1)) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                return Long.parseLong(line.substring(15).strip());
            }
        }
        throw new IOException("no Content-Length");
    }

    /** One UDP request; returns the answer. */
    public static String ask(String address, int port, String text) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(2000);
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port));
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length));
            DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        }
    }

    /** How a TCP port answers. */
    public static String knock(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), 2000);
            return "accepted";
        } catch (SocketTimeoutException e) {
            return "silent";
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("refused") ? "reset" : String.valueOf(e.getMessage());
        }
    }

    /** Makes requests until stopped: HTTP over IPv4 and IPv6 in turns, a UDP request after every fourth. */
    public Future<Integer> load(long pauseMs) {
        return station.submit(() -> {
            int n = 0;
            while (!stopped.get()) {
                String address = n % 2 == 0 ? Figure1.VIRTUAL_4 : Figure1.VIRTUAL_6;
                one("http", () -> get(address, 80, "/"));
                if (n % 4 == 3) {
                    one("udp", () -> echoed(address));
                }
                n++;
                Thread.sleep(pauseMs);
            }
            return n;
        });
    }

    /**
     * Makes requests at a steady rate until stopped, whatever the answers take: HTTP over IPv4 and IPv6 in turns, a UDP
     * request with every eighth. When too many are under way, it waits.
     *
     * @param perSecond HTTP requests per second
     * @param most requests under way at a time
     */
    public Future<Integer> load(double perSecond, int most) {
        Semaphore free = new Semaphore(most);
        return station.submit(() -> {
            int n = 0;
            long nextNs = System.nanoTime();
            while (!stopped.get()) {
                String address = n % 2 == 0 ? Figure1.VIRTUAL_4 : Figure1.VIRTUAL_6;
                launch(free, "http", () -> get(address, 80, "/"));
                if (n % 8 >= 6) {
                    launch(free, "udp", () -> echoed(address));
                }
                n++;
                // Apart by random times with that mean, as people are.
                nextNs += (long) (-Math.log(1 - ThreadLocalRandom.current().nextDouble()) * 1e9 / perSecond);
                long waitNs = nextNs - System.nanoTime();
                if (waitNs > 0) {
                    TimeUnit.NANOSECONDS.sleep(waitNs);
                } else {
                    nextNs = System.nanoTime();
                }
            }
            free.acquire(most);
            return n;
        });
    }

    private void launch(Semaphore free, String kind, Request request) throws InterruptedException {
        free.acquire();
        var _ = station.submit(() -> {
            try {
                one(kind, request);
            } finally {
                free.release();
            }
            return 0;
        });
    }

    private static String echoed(String address) throws IOException {
        String answer = ask(address, LabServer.ECHO_PORT, "ping");
        return answer.substring(0, Math.max(0, answer.indexOf(' ')));
    }

    private void one(String kind, Request request) {
        try {
            String server = request.send();
            served.computeIfAbsent(kind + " " + server, k -> new AtomicLong()).incrementAndGet();
        } catch (IOException e) {
            failures.incrementAndGet();
            if (complaints.size() < 20) {
                complaints.add(kind + ": " + e);
            }
        }
    }

    /** Ends the load after the request under way. */
    public void stop() {
        stopped.set(true);
    }

    /** Answers so far of a kind ({@code http} or {@code udp}) by a server. */
    public long served(String kind, String server) {
        AtomicLong count = served.get(kind + " " + server);
        return count == null ? 0 : count.get();
    }

    /** Requests without an answer. */
    public long failures() {
        return failures.get();
    }

    /** The first few failures in words. */
    public java.util.List<String> complaints() {
        return java.util.List.copyOf(complaints);
    }

    private interface Request {
        String send() throws IOException;
    }
}
