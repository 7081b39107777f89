package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.ServedNode.Answered;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how; nothing of it changes the node. */
final class BadInputTest {
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final String JSON = "application/json";
    private static final String WEIGHT = "/v1/services/web/servers/5-1/weight";

    private final LivelyNode node = new LivelyNode(() -> 1_800_000_000_000L);
    private final ServedNode served = new ServedNode(node, Limits.DEFAULT.withTimes(SHORT, SHORT));

    @AfterEach
    void close() {
        assertThat(node.generations()).hasSize(1);
        served.close();
    }

    @Test
    void everything_but_files_document_and_reports_needs_the_token() {
        for (String operation : new ApiDocument().operations()) {
            String method = operation.substring(0, operation.indexOf(' '));
            String path = operation.substring(operation.indexOf(' ') + 1).replaceAll("[{}]", "");
            boolean isOpen = (!path.startsWith("/v1/") && !path.equals("/metrics")) || path.equals("/v1/reports");

            Answered answer = served.send(method, path, null, null, ServedNode.NOTHING);

            assertThat(answer.status() == 401).as(operation).isEqualTo(!isOpen);
            assertThat(answer.header("WWW-Authenticate").isEmpty()).isEqualTo(isOpen);
        }
        assertThat(served.send("GET", "/v1/nothing", null, null, ServedNode.NOTHING)
                        .status())
                .isEqualTo(401);
        assertThat(served.get("/v1/nothing").status()).isEqualTo(404);
    }

    @Test
    void the_token_in_the_query_is_for_events_alone() {
        assertThat(served.send("GET", "/v1/node?token=" + ServedNode.TOKEN, null, null, ServedNode.NOTHING)
                        .status())
                .isEqualTo(401);
        assertThat(served.send("GET", "/v1/events?token=wrong", null, null, ServedNode.NOTHING)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void who_guesses_tokens_has_to_wait_whatever_comes_next() throws IOException {
        int refused = 0;
        for (int i = 0; i < 30; i++) {
            Answered answer = served.send("GET", "/v1/node", "guess" + i, null, ServedNode.NOTHING);
            refused += answer.status() == 429 ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(3);
        assertThat(io.weir.management.client.ManagementClient.unix(served.socket(), ServedNode.TOKEN)
                        .get("/v1/node")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``                             | weight | is missing, the body is empty
        {}                             | weight | weight: is missing
        {"weight": "20"}               | weight | weight: text at line 1, column 12
        {"weight": 1.5}                | weight | weight: a number with a fraction at line 1, column 12
        {"weight": null}               | weight | weight: null at line 1
        {"weight": [1]}                | weight | weight: a list at line 1
        {"weight": true}               | weight | weight: a truth value at line 1
        {"weight": -1}                 | weight | weight: -1 at line 1, column 12 is not in 0..65535
        {"weight": 65536}              | weight | is not in 0..65535
        {"weight": 99999999999999999999999999} | weight | is not in 0..65535
        {"wieght": 1}                  | wieght | wieght: unknown field at line 1, column 2
        {"weight": 1, "more": 2}       | more   | more: unknown field at line 1, column 15
        {"weight": 1, "weight": 2}     | weight | Duplicate
        {"weight": 1} {}               | weight | more follows
        [1]                            | weight | the body is not an object
        {"weight":                     | weight | the body is not JSON
        {weight: 1}                    | weight | the body is not JSON
        {"weight": NaN}                | weight | the body is not JSON
        """)
    void bodies_that_are_wrong_are_refused_with_the_field_and_the_place(String body, String field, String message) {
        Answered answer = served.send("PUT", WEIGHT, JSON, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"" + field + "\"").contains(message.replace("\"", "\\\""));
    }

    @Test
    void configurations_that_are_wrong_are_refused_with_their_place() {
        Answered answer =
                served.send("PUT", "/v1/configuration?file=a.yaml", "application/yaml", "servers:\nserverz:\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("a.yaml:2:1: unknown key 'serverz'");
        assertThat(served.send("PUT", "/v1/configuration", "application/yaml", "")
                        .body())
                .contains("the body is empty");
        assertThat(served.send("PUT", "/v1/configuration", ServedNode.TOKEN, "application/yaml", new byte[] {
                            (byte) 0xc0, 1
                        })
                        .body())
                .contains("not UTF-8");
        assertThat(served.send("PUT", "/v1/configuration?file=a%0Ab", "application/yaml", "x")
                        .body())
                .contains("\"field\":\"file\"");
    }

    @Test
    void other_content_types_and_encodings_are_refused() {
        assertThat(served.send("PUT", WEIGHT, "text/plain", "{\"weight\": 1}").status())
                .isEqualTo(415);
        assertThat(served.send("PUT", WEIGHT, "", "{\"weight\": 1}").status()).isEqualTo(415);
        assertThat(served.send("PUT", "/v1/configuration", JSON, "{}").status()).isEqualTo(415);
        assertThat(served.send("PUT", WEIGHT, ServedNode.TOKEN, JSON, new byte[] {1}, "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
        assertThat(served.send("PUT", "/v1/servers/5-1/drain", JSON, "{}").body())
                .contains("takes no body");
    }

    @Test
    void unknown_and_repeated_query_parameters_are_refused() {
        assertThat(served.get("/v1/node?x=1").body()).contains("\"field\":\"x\"");
        assertThat(served.send("PUT", "/v1/configuration?file=a&file=b", "application/yaml", "x")
                        .body())
                .contains("given twice");
    }

    @Test
    void long_bodies_are_refused_before_they_are_read() throws IOException {
        assertThat(served.raw(head("POST", "/v1/rollback", JSON) + "Content-Length: 65537\r\n\r\n{}"))
                .startsWith("HTTP/1.1 413")
                .contains("65537 bytes, at most 65536");
        assertThat(served.raw(
                        head("PUT", "/v1/configuration", "application/yaml") + "Content-Length: 16777217\r\n\r\n#"))
                .startsWith("HTTP/1.1 413");
        assertThat(served.raw(head("POST", "/v1/rollback", JSON) + "Transfer-Encoding: chunked\r\n\r\n10001\r\n"
                        + " ".repeat(0x10001) + "\r\nffffff\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(served.raw(head("POST", "/v1/reports", "application/octet-stream")
                        + "Content-Length: 99999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void the_longest_configuration_is_taken() {
        byte[] longest = "#".repeat(16 << 20).getBytes(StandardCharsets.US_ASCII);
        Answered answer = served.send("PUT", "/v1/configuration", ServedNode.TOKEN, "application/yaml", longest);

        assertThat(answer.body()).contains("servers: there is none");
    }

    @Test
    void a_body_that_does_not_come_is_not_waited_for() throws IOException {
        String answer = served.raw(head("POST", "/v1/rollback", JSON) + "Content-Length: 20\r\n\r\n{\"gen");

        assertThat(answer).startsWith("HTTP/1.1 408").contains("5 bytes came").contains("Connection: close");
    }

    @Test
    void a_head_that_trickles_in_is_not_waited_for() throws IOException, InterruptedException {
        try (Socket socket = served.connect()) {
            Thread trickle = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write('G');
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException e) {
                    // closed, as it should be
                }
            });
            assertThat(ServedNode.readToTheEnd(socket)).isEmpty();
            trickle.interrupt();
            trickle.join();
        }
    }

    @Test
    void a_connection_that_says_nothing_is_closed() throws IOException {
        assertThat(served.raw("")).isEmpty();
    }

    @Test
    void a_body_that_breaks_off_is_no_defect() throws IOException {
        try (Socket socket = served.connect()) {
            socket.getOutputStream()
                    .write((head("POST", "/v1/rollback", JSON) + "Content-Length: 20\r\n\r\n{\"gen")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(ServedNode.readToTheEnd(socket)).startsWith("HTTP/1.1 400");
        }
        assertThat(served.raw(head("POST", "/v1/rollback", JSON) + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:80",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "",
                "[::1",
                "a b"
            })
    void other_host_names_are_refused(String host) throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";

        assertThat(served.raw(request)).startsWith("HTTP/1.1 40").doesNotStartWith("HTTP/1.1 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:7480", "127.0.0.1:1", "[::1]:7480", "192.0.2.1"})
    void addresses_and_localhost_are_our_names(String host) throws IOException {
        assertThat(served.raw("GET /openapi.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // the ends of the lines matter
    void agents_may_use_any_host_name() throws IOException {
        assertThat(served.raw("POST /v1/reports HTTP/1.1\r\n"
                        + "Host: weir.example\r\n"
                        + "Content-Length: 1\r\n"
                        + "Connection: close\r\n\r\n"
                        + "W"))
                .startsWith("HTTP/1.1 204");
    }

    @Test
    void pages_of_other_sites_are_refused() {
        String own = "http://127.0.0.1:" + served.address().getPort();
        assertThat(asPage("Origin", own).status()).isEqualTo(200);
        assertThat(asPage("Origin", "http://evil.example").status()).isEqualTo(403);
        assertThat(asPage("Origin", "http://127.0.0.1:1").status()).isEqualTo(403);
        assertThat(asPage("Origin", "null").status()).isEqualTo(403);
        assertThat(asPage("Sec-Fetch-Site", "cross-site").status()).isEqualTo(403);
        assertThat(asPage("Sec-Fetch-Site", "same-origin").status()).isEqualTo(200);
    }

    private Answered asPage(String header, String value) {
        return served.send("GET", "/v1/node", ServedNode.TOKEN, null, ServedNode.NOTHING, header, value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET /v1/node HTTP/1.1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: ::1\r\n\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                "GET /a%2F..%2Fb HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.2\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
                "POST / HTTP/1.1\r\n"
                        + "Host: 127.0.0.1\r\n"
                        + "Content-Length: 5\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"
            })
    @SuppressWarnings("StringConcatToTextBlock") // the ends of the lines matter
    void what_is_not_http_is_refused_in_the_form_of_the_api(String bytes) throws IOException {
        String answer = served.raw(bytes);

        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 (40|505).*")
                .contains("{\"error\":\"")
                .contains("nosniff");
    }

    @Test
    void headers_that_are_too_long_are_refused() throws IOException {
        assertThat(served.raw("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../Routes.class",
                "/..",
                "/.hidden.html",
                "/a//b.html",
                "/openapi.JSON",
                "/package-info.class",
                "/x.class"
            })
    void nothing_but_the_dashboards_files_is_served(String path) throws IOException {
        String answer = served.raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1\\.1 40[04].*");
    }

    @Test
    void a_connection_serves_many_requests() throws IOException {
        String one = "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        String last = "GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

        String answers = served.raw(one + one + last);

        assertThat(answers.split("HTTP/1\\.1 200", -1)).hasSize(3);
        assertThat(answers).contains("HTTP/1.1 404");
    }

    private static String head(String method, String path, String contentType) {
        return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + ServedNode.TOKEN
                + "\r\nContent-Type: " + contentType + "\r\n";
    }
}
