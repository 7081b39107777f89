package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DashboardCommandTest {
    private final String name = "dashboard-" + ProcessHandle.current().pid();
    private final StringWriter out = new StringWriter();

    private static HttpResponse<String> get(int port, String path, String token)
            throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void the_api_of_the_node_is_served_on_the_loopback_address() throws IOException, InterruptedException {
        try (PlayedNode node = new PlayedNode(name);
                SocketRelay relay = DashboardCommand.start(name, 0, new PrintWriter(out))) {
            assertThat(out.toString())
                    .startsWith("dashboard of node " + name + ": http://127.0.0.1:" + relay.port() + "/#token="
                            + PlayedNode.TOKEN + "\n");

            HttpResponse<String> answer = get(relay.port(), "/v1/node", PlayedNode.TOKEN);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"name\":\"" + name + "\"");
            assertThat(get(relay.port(), "/v1/node", "wrong").statusCode()).isEqualTo(401);
            assertThat(node.requests()).isEmpty();
        }
    }

    @Test
    void a_node_that_ended_is_answered_for_and_found_again_when_it_is_back() throws IOException, InterruptedException {
        PlayedNode first = new PlayedNode(name);
        try (SocketRelay relay = DashboardCommand.start(name, 0, new PrintWriter(out))) {
            first.close();
            HttpResponse<String> gone = get(relay.port(), "/v1/node", PlayedNode.TOKEN);
            assertThat(gone.statusCode()).isEqualTo(503);
            assertThat(gone.body()).contains("no running node '" + name + "'");

            try (PlayedNode second = new PlayedNode(name)) {
                assertThat(get(relay.port(), "/v1/node", PlayedNode.TOKEN).statusCode())
                        .isEqualTo(200);
                assertThat(second.requests()).isEmpty();
            }
        }
    }

    @Test
    void more_connections_than_allowed_wait_for_their_turn() throws IOException, InterruptedException {
        try (PlayedNode node = new PlayedNode(name);
                SocketRelay relay = DashboardCommand.start(name, 0, new PrintWriter(out))) {
            List<Socket> idle = new ArrayList<>();
            for (int k = 0; k < SocketRelay.MOST_CONNECTIONS; k++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), relay.port()));
            }
            try (Socket late = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
                late.getOutputStream()
                        .write("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                for (Socket socket : idle) {
                    socket.close();
                }
                String answer = new String(late.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 200");
            }
            assertThat(node.requests()).isEmpty();
        }
    }

    @Test
    void a_port_that_is_taken_is_said_so() throws IOException {
        try (PlayedNode node = new PlayedNode(name);
                SocketRelay relay = SocketRelay.start(0, () -> Path.of("/nowhere"))) {
            AllCommands.Result result =
                    AllCommands.run("dashboard", "--name", name, "--port", String.valueOf(relay.port()));

            assertThat(result.status()).isEqualTo(ExitStatus.UNAVAILABLE);
            assertThat(result.err()).contains("127.0.0.1:" + relay.port()).contains("--port 0");
            assertThat(AllCommands.run("dashboard", "--name", name, "--port", "70000")
                            .status())
                    .isEqualTo(ExitStatus.REFUSED);
            assertThat(node.requests()).isEmpty();
        }
    }
}
