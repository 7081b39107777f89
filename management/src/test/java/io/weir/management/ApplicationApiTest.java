package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.ServedNode.Answered;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Network applications over the API; each answer is checked against {@code openapi.json}. */
final class ApplicationApiTest {
    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final ServedNode node = new ServedNode(new LivelyNode(clock::get));

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void applications_are_listed_with_what_they_count() {
        Answered answer = node.get("/v1/applications");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("\"name\":\"reflector\"", "\"state\":\"running\"", "\"not-intact\":3")
                .contains("\"state\":\"stopped\"", "threw java.lang.IllegalStateException");
        assertThat(node.get("/v1/node").body()).contains("\"applications\":[{\"name\":\"reflector\"");
    }

    @Test
    void an_application_answers_requests_itself() {
        assertThat(node.get("/v1/applications/reflector/sessions/7").body())
                .isEqualTo("{\"method\":\"GET\",\"path\":\"sessions/7\",\"body\":0}");
        Answered made = node.send("POST", "/v1/applications/reflector/sessions", "application/json", "{\"a\":1}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.body()).isEqualTo("{\"method\":\"POST\",\"path\":\"sessions\",\"body\":7}");
        assertThat(node.send("POST", "/v1/applications/reflector/sessions").status())
                .isEqualTo(201);
        assertThat(node.send("DELETE", "/v1/applications/reflector/sessions/7").status())
                .isEqualTo(200);
        Answered nothing = node.send("DELETE", "/v1/applications/reflector/nothing");
        assertThat(nothing.status()).isEqualTo(204);
        assertThat(nothing.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/applications/nobody/x | 404 | there is no application nobody",
                "/v1/applications/names/x | 404 | application names answers no requests",
                "/v1/applications/reflector | 404 | there is nothing at this path",
                "/v1/applications/reflector/ | 404 | there is nothing at this path",
                "/v1/applications/reflector/missing | 404 | there is no such thing here",
                "/v1/applications/reflector/x?y=1 | 400 | unknown query parameter 'y'",
                "/v1/applications/reflector/failure | 500 | application reflector failed: java.lang.IllegalStateException: bad luck",
                "/v1/applications/reflector/status | 500 | answered with the impossible status 100",
                "/v1/applications/reflector/text | 500 | answered with what is not JSON",
                "/v1/applications/reflector/empty | 500 | answered with what is not JSON",
            })
    void errors_have_the_form_of_the_api(String path, int status, String message) {
        Answered answer = node.get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).startsWith("{\"error\":\"").contains(message);
    }

    @Test
    void requests_to_applications_are_checked_as_all_others() {
        String path = "/v1/applications/reflector/x";

        assertThat(node.send("GET", path, null, null, ServedNode.NOTHING).status())
                .isEqualTo(401);
        assertThat(node.send("PUT", path).status()).isEqualTo(405);
        assertThat(node.send("POST", path, "text/plain", "x").status()).isEqualTo(415);
        assertThat(node.send("POST", path, "application/json", "x".repeat(65 << 10))
                        .status())
                .isEqualTo(413);
        assertThat(node.send("GET", path, "application/json", "{}").status()).isEqualTo(400);
        byte[] noText = {'"', (byte) 0xff, '"'};
        assertThat(node.send("POST", path, ServedNode.TOKEN, "application/json", noText)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void an_application_that_does_not_return_keeps_nobody_waiting_but_its_own_callers() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        ManagedNode slow = new LivelyNode(clock::get) {
            @Override
            public ApplicationAnswer ask(String name, String method, String path, String body) throws RefusedException {
                if (path.equals("slow")) {
                    asked.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return super.ask(name, method, path, body);
            }
        };
        try (ServedNode served = new ServedNode(slow)) {
            Thread caller = Thread.ofVirtual().start(() -> served.get("/v1/applications/reflector/slow"));
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(served.get("/v1/applications").status()).isEqualTo(200);
            assertThat(served.get("/v1/applications/names/x").status()).isEqualTo(404);
            assertThat(served.send("PUT", "/v1/servers/5-1/drain").status()).isEqualTo(200);
            released.countDown();
            caller.join();
        }
    }

    @Test
    void applications_are_in_the_metrics() {
        assertThat(node.get("/metrics").body())
                .contains("weir_application_up{application=\"reflector\"} 1.0")
                .contains("weir_application_up{application=\"names\"} 0.0")
                .contains("weir_application_packets_total{application=\"reflector\"}")
                .contains("weir_application_own_events_total{application=\"reflector\",event=\"reflected\"}")
                .contains("weir_application_events_total{application=\"reflector\",event=\"answered\"}")
                .contains("weir_application_drops_total{application=\"reflector\",reason=\"not-intact\"} 3.0");
    }
}
