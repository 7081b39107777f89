package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.management.ManagementServer.Options;
import io.weir.management.client.ManagementClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManagementServerTest {
    private static final String TOKEN = "secret-of-the-test";

    @TempDir
    Path folder;

    private final LivelyNode node = new LivelyNode(() -> 1_800_000_000_000L);

    private Path socket() {
        return folder.resolve("s");
    }

    @Test
    void the_socket_is_its_owners_alone() throws IOException {
        try (ManagementServer server = ManagementServer.start(Options.UNIX_ONLY, node, socket(), TOKEN)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rw-------");
            assertThat(server.address()).isEmpty();
            ManagementClient client = ManagementClient.unix(socket(), TOKEN);
            assertThat(client.get("/v1/node").status()).isEqualTo(200);
            assertThat(ManagementClient.unix(socket(), "other").get("/v1/node").status())
                    .isEqualTo(401);
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void a_socket_that_a_dead_node_left_is_replaced() throws IOException {
        Files.createFile(socket());
        for (int i = 0; i < 3; i++) {
            try (ManagementServer server = ManagementServer.start(Options.loopback(0), node, socket(), TOKEN)) {
                assertThat(server.address().orElseThrow().getPort()).isPositive();
                assertThat(ManagementClient.unix(socket(), TOKEN)
                                .get("/v1/node")
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void a_port_that_is_taken_is_an_error_and_leaves_nothing() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> ManagementServer.start(Options.loopback(port), node, socket(), TOKEN))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("in use");
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void plain_tcp_is_for_loopback_alone() {
        assertThatThrownBy(() -> new Options(
                        new InetSocketAddress(java.net.InetAddress.ofLiteral("192.0.2.1"), 7480),
                        null,
                        null,
                        List.of()))
                .hasMessageContaining("192.0.2.1")
                .hasMessageContaining("TLS");
        assertThatThrownBy(() -> new Options(null, Path.of("c.pem"), null, List.of()))
                .hasMessageContaining("together");
        assertThat(new Options(
                                new InetSocketAddress(java.net.InetAddress.ofLiteral("::1"), 7480),
                                null,
                                null,
                                List.of())
                        .address())
                .isNotNull();
    }

    @Test
    void both_families_are_served() throws IOException, InterruptedException {
        Options options =
                new Options(new InetSocketAddress(java.net.InetAddress.ofLiteral("::1"), 0), null, null, List.of());
        try (ManagementServer server = ManagementServer.start(options, node, socket(), TOKEN)) {
            int port = server.address().orElseThrow().getPort();
            assertThat(curl("-H", "Authorization: Bearer " + TOKEN, "http://[::1]:" + port + "/v1/node"))
                    .contains("\"lively\"");
        }
    }

    @Test
    void curl_agrees() throws IOException, InterruptedException {
        Path big = Files.write(folder.resolve("big"), new byte[17 << 20]);
        Path yaml = Files.writeString(
                folder.resolve("y"), "servers:\n  - {name: \"5-1\", addresses: [10.1.1.11], weight: 7}\n");
        try (ManagementServer server = ManagementServer.start(Options.loopback(0), node, socket(), TOKEN)) {
            String url = "http://127.0.0.1:" + server.address().orElseThrow().getPort();
            String token = "Authorization: Bearer " + TOKEN;
            String path = socket().toString();

            assertThat(curl("--unix-socket", path, "-H", token, "http://weir/v1/servers"))
                    .contains("\"5-3\"");
            assertThat(curl("-i", "--unix-socket", path, "http://weir/v1/servers"))
                    .startsWith("HTTP/1.1 401");
            assertThat(curl(
                            "-X",
                            "PUT",
                            "-H",
                            token,
                            "-H",
                            "Content-Type: application/yaml",
                            "--data-binary",
                            "@" + yaml,
                            url + "/v1/configuration?file=y"))
                    .contains("apply y");
            assertThat(curl(
                            "-i",
                            "-X",
                            "PUT",
                            "-H",
                            token,
                            "-H",
                            "Content-Type: application/yaml",
                            "--data-binary",
                            "@" + big,
                            url + "/v1/configuration"))
                    .startsWith("HTTP/1.1 413");
            assertThat(curl(
                            "-i",
                            "-X",
                            "PUT",
                            "-H",
                            token,
                            "-H",
                            "Expect:",
                            "-H",
                            "Content-Type: application/yaml",
                            "--data-binary",
                            "@" + big,
                            "--unix-socket",
                            path,
                            "http://weir/v1/configuration"))
                    .startsWith("HTTP/1.1 413");
            assertThat(curl("-N", "-m", "3", url + "/v1/events?token=" + TOKEN)).contains("event: node\ndata: {");
            assertThat(curl("-I", "-H", token, url + "/metrics")).contains("Content-Type: text/plain; version=0.0.4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void tls_is_served_with_a_certificate_and_key_of_any_kind(String algorithm) throws Exception {
        Path certificate = certificate(algorithm, "a");
        Path key = folder.resolve("a.key");
        Options options = new Options(
                new InetSocketAddress(java.net.InetAddress.ofLiteral("127.0.0.1"), 0), certificate, key, List.of());
        try (ManagementServer server = ManagementServer.start(options, node, socket(), TOKEN)) {
            int port = server.address().orElseThrow().getPort();
            String token = "Authorization: Bearer " + TOKEN;
            for (String host : List.of("weir.example", "b.wild.example", "localhost")) {
                String[] request = {
                    "--cacert",
                    certificate.toString(),
                    "--resolve",
                    host + ":" + port + ":127.0.0.1",
                    "-H",
                    token,
                    "https://" + host + ":" + port + "/v1/node"
                };
                assertThat(curl(request)).as(host).contains("\"lively\"");
            }
            assertThat(curl(
                            "-k",
                            "--resolve",
                            "evil.example:" + port + ":127.0.0.1",
                            "-H",
                            token,
                            "https://evil.example:" + port + "/v1/node"))
                    .contains("the host name is not one of this node's");
            assertThat(curl("-s", "-m", "3", "http://127.0.0.1:" + port + "/")).isEmpty();
        }
    }

    @Test
    void certificates_and_keys_that_do_not_fit_are_errors_that_say_why() throws Exception {
        Path certificate = certificate("EC", "a");
        certificate("EC", "b");
        Path pkcs1 = Files.writeString(
                folder.resolve("p1"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Path empty = Files.createFile(folder.resolve("empty"));

        assertThatThrownBy(() -> ServerIdentity.read(certificate, folder.resolve("b.key")))
                .hasMessageContaining("is not the key of the certificate");
        assertThatThrownBy(() -> ServerIdentity.read(certificate, pkcs1)).hasMessageContaining("openssl pkcs8 -topk8");
        assertThatThrownBy(() -> ServerIdentity.read(certificate, empty)).hasMessageContaining("has no private key");
        assertThatThrownBy(() -> ServerIdentity.read(empty, pkcs1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ServerIdentity.read(folder.resolve("none"), pkcs1))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> ServerIdentity.read(folder.resolve("a.key"), pkcs1))
                .isInstanceOf(IOException.class);
    }

    /** A certificate for some names; its key beside it. */
    private Path certificate(String algorithm, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(name + ".p12");
        run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                algorithm,
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString(),
                "-dname",
                "CN=weir.example",
                "-ext",
                "san=dns:weir.example,dns:*.wild.example,dns:localhost"));
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Key key = keys.getKey("a", "changeit".toCharArray());
        Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded()));
        return Files.writeString(
                folder.resolve(name + ".pem"),
                pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static String curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("curl", "-s", "-m", "20"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
