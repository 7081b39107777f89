package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.client.ManagementClient;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many requests at once cost the node no more than a few. */
final class FloodTest {
    private static final String PLAIN =
            "GET /v1/node HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + ServedNode.TOKEN + "\r\n";

    private final LivelyNode node = new LivelyNode(System::currentTimeMillis);

    @Test
    void all_requests_of_a_moment_share_one_snapshot() throws InterruptedException, ExecutionException, IOException {
        try (ServedNode served = new ServedNode(node)) {
            ManagementClient client = ManagementClient.unix(served.socket(), ServedNode.TOKEN);
            client.get("/v1/node");
            int before = node.snapshots();
            long start = System.nanoTime();
            int requests = 400;
            try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
                List<Future<Integer>> answers = new ArrayList<>();
                for (int i = 0; i < requests; i++) {
                    String path = List.of("/v1/node", "/v1/servers", "/metrics", "/v1/services")
                            .get(i % 4);
                    answers.add(callers.submit(() -> client.get(path).status()));
                }
                for (Future<Integer> answer : answers) {
                    assertThat(answer.get()).isEqualTo(200);
                }
            }
            long moments =
                    (System.nanoTime() - start) / Limits.DEFAULT.snapshotAge().toNanos();
            assertThat((long) node.snapshots() - before).isBetween(0L, moments + 2);
        }
    }

    @Test
    void an_address_that_asks_too_often_is_told_so_and_the_unix_socket_is_free() throws IOException {
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withCounts(128, 64, 32, 5))) {
            int refused = 0;
            for (int i = 0; i < 40; i++) {
                String answer = served.raw(PLAIN + "Connection: close\r\n\r\n");
                refused += answer.isEmpty() || answer.startsWith("HTTP/1.1 429") ? 1 : 0;
            }
            assertThat(refused).isGreaterThan(5);
            ManagementClient client = ManagementClient.unix(served.socket(), ServedNode.TOKEN);
            for (int i = 0; i < 40; i++) {
                assertThat(client.get("/v1/node").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void connections_over_the_limit_are_closed() throws IOException {
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withCounts(3, 64, 32, 200))) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Socket socket = served.connect();
                socket.getOutputStream().write((PLAIN + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
                sockets.add(socket);
            }
            assertThat(served.raw(PLAIN + "\r\n")).isEmpty();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void more_requests_at_once_than_there_is_room_for_are_refused() throws Exception {
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withCounts(128, 1, 32, 200));
                Socket waiting = served.connect()) {
            // A request that waits for its body has the only place.
            waiting.getOutputStream()
                    .write("POST /v1/reports HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(waiting.getInputStream().readNBytes("HTTP/1.1 100".length()))
                    .asString(java.nio.charset.StandardCharsets.US_ASCII)
                    .isEqualTo("HTTP/1.1 100");

            assertThat(served.raw(PLAIN + "\r\n")).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
        }
    }

    @Test
    void a_node_that_does_not_answer_holds_up_nobody_who_asks_for_something_else() throws IOException {
        Limits limits = Limits.DEFAULT.withPatience(Duration.ofMillis(300));
        try (ServedNode served = new ServedNode(node, limits)) {
            synchronized (node) {
                assertThat(served.send("PUT", "/v1/servers/5-1/drain").status()).isEqualTo(503);
                assertThat(served.get("/openapi.json").status()).isEqualTo(200);
                assertThat(served.get("/nowhere").status()).isEqualTo(404);
            }
        }
    }

    @Test
    void sources_are_counted_apart() {
        RateLimiter limiter = new RateLimiter(1, 2);
        assertThat(limiter.tryTake("a", 0)).isTrue();
        assertThat(limiter.tryTake("a", 0)).isTrue();
        assertThat(limiter.tryTake("a", 0)).isFalse();
        assertThat(limiter.tryTake("b", 0)).isTrue();
        assertThat(limiter.tryTake("a", 1_000_000_000)).isTrue();
        assertThat(limiter.tryTake("a", 1_000_000_000)).isFalse();
    }
}
