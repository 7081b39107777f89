package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.wire.IpAddress;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with a certificate for shop.example and 127.0.0.1 that keytool makes for this run. */
class HttpsCheckTest {
    private static final IpAddress ADDRESS = IpAddress.parse("127.0.0.1");
    private static final char[] PASSWORD = "password".toCharArray();

    private static HttpsServer server;
    private static SSLContext trusting;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=dns:shop.example,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext serving = SSLContext.getInstance("TLS");
        serving.init(managers.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);

        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByAddress(ADDRESS.octets()), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(serving));
        server.createContext("/", exchange -> {
            var session = (ExtendedSSLSession) ((com.sun.net.httpserver.HttpsExchange) exchange).getSSLSession();
            byte[] body = ("names " + session.getRequestedServerNames()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static ProbeResult probe(
            boolean verify, @Nullable String host, @Nullable String body, @Nullable SSLContext context)
            throws InterruptedException {
        HttpProbe probe = new HttpProbe(server.getAddress().getPort(), true, verify, "/", host, List.of(), body);
        CheckConfiguration check =
                new CheckConfiguration("c", probe, Duration.ofMinutes(1), Duration.ofSeconds(10), 2, 3, 0);
        LoopbackNetwork network = new LoopbackNetwork();
        try (NetworkProber prober =
                context == null ? new NetworkProber(network) : new NetworkProber(network, context)) {
            return prober.probe(new CheckedServer("s", List.of(ADDRESS), check), ADDRESS);
        }
    }

    @Test
    void without_verification_any_certificate_will_do() throws InterruptedException {
        ProbeResult result = probe(false, null, null, null);
        assertThat(result.good()).as(result.message()).isTrue();
        assertThat(probe(false, "other.example", null, null).good()).isTrue();
    }

    @Test
    void with_verification_an_unknown_certificate_fails() throws InterruptedException {
        ProbeResult result = probe(true, null, null, null);
        assertThat(result.good()).isFalse();
        assertThat(result.message()).startsWith("TLS: ").contains("certification path");
    }

    @Test
    void a_known_certificate_must_be_for_the_host_or_the_address() throws InterruptedException {
        assertThat(probe(true, "shop.example", null, trusting).message()).startsWith("HTTP 200");
        assertThat(probe(true, null, null, trusting).message()).startsWith("HTTP 200");
        assertThat(probe(true, "shop.example:8443", null, trusting).good()).isTrue();

        ProbeResult other = probe(true, "other.example", null, trusting);
        assertThat(other.good()).isFalse();
        assertThat(other.message()).contains("other.example");
    }

    @Test
    void the_host_is_named_to_the_server_and_an_address_is_not() throws InterruptedException {
        assertThat(probe(false, "shop.example", "shop\\.example", null).good()).isTrue();
        assertThat(probe(false, null, "names \\[\\]", null).good()).isTrue();
    }
}
