package io.weir.control.health;

import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.wire.IpAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One GET request of HTTP/1.1 (RFC 9112) on a connection of its own. */
final class HttpCheck {
    private static final int LEAST_GOOD = 200;
    private static final int GREATEST_GOOD = 399;

    private final SSLContext verifying;
    private final SSLContext trusting;

    HttpCheck(SSLContext verifying) {
        this.verifying = verifying;
        this.trusting = trusting();
    }

    /** TLS that verifies against the trust store of this JVM. */
    static SSLContext systemTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /** For checks that ask whether a server works, not who it is. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Asks over a connection; the deadline closes it. */
    ProbeResult ask(SocketChannel channel, HttpProbe probe, IpAddress address, Deadline deadline) throws IOException {
        InputStream in;
        OutputStream out;
        if (probe.tls()) {
            SSLSocket secured = secured(channel, probe, address);
            in = secured.getInputStream();
            out = secured.getOutputStream();
        } else {
            in = Channels.newInputStream(channel);
            out = Channels.newOutputStream(channel);
        }
        out.write(request(probe, address).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        HttpResponse response = new HttpResponse(new BufferedInputStream(in));
        int status = response.readHead();
        String found = "HTTP " + status + " in " + Words.elapsed(deadline.elapsed());
        if (!isGood(probe.statuses(), status)) {
            return ProbeResult.bad(found + " (wanted " + wanted(probe.statuses()) + ")");
        }
        String expected = probe.body();
        if (expected == null) {
            return ProbeResult.good(found);
        }
        String problem = TextMatch.problem(expected, response.readBody());
        return problem.isEmpty() ? ProbeResult.good(found) : ProbeResult.bad(found + ", body " + problem);
    }

    private SSLSocket secured(SocketChannel channel, HttpProbe probe, IpAddress address) throws IOException {
        String host = probe.host() == null ? address.toString() : name(probe.host());
        SSLContext context = probe.verify() ? verifying : trusting;
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(channel.socket(), host, probe.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        if (probe.verify()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (probe.host() != null) {
            try {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            } catch (IllegalArgumentException e) {
                // an address as host: RFC 6066 section 3 wants none then
            }
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** The name of a Host header without the port. */
    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        return colon > 0 && host.indexOf(':') == colon ? host.substring(0, colon) : host;
    }

    private static String request(HttpProbe probe, IpAddress address) {
        return "GET " + clean("path", probe.path()) + " HTTP/1.1\r\nHost: " + host(probe, address)
                + "\r\nUser-Agent: weir\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    private static String host(HttpProbe probe, IpAddress address) {
        if (probe.host() != null) {
            return clean("host", probe.host());
        }
        String name = address.lengthBits() == 128 ? "[" + address + "]" : address.toString();
        return probe.port() == (probe.tls() ? 443 : 80) ? name : name + ":" + probe.port();
    }

    private static String clean(String what, String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new IllegalArgumentException(
                    what + ": \"" + text + "\" has characters that a request cannot have; use percent-encoding");
        }
        return text;
    }

    private static boolean isGood(List<Integer> statuses, int status) {
        return statuses.isEmpty() ? status >= LEAST_GOOD && status <= GREATEST_GOOD : statuses.contains(status);
    }

    private static String wanted(List<Integer> statuses) {
        return statuses.isEmpty()
                ? LEAST_GOOD + "-" + GREATEST_GOOD
                : statuses.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
