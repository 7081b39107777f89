package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.ServedNode.Answered;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the API does when it is asked as it should be; {@link ServedNode} checks every answer against the document. */
final class ApiTest {
    private static final String YAML = "servers:\n  - {name: \"5-1\", addresses: [10.1.1.11], weight: 5}\n";

    private final AtomicLong clock = new AtomicLong(1_800_000_000_000L);
    private final LivelyNode node = new LivelyNode(clock::get);
    private final ServedNode served = new ServedNode(node);

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void everything_of_the_node_can_be_read() {
        clock.addAndGet(30_000);
        for (String path :
                List.of("/v1/node", "/v1/services", "/v1/servers", "/v1/interfaces", "/v1/drops", "/v1/generations")) {
            Answered answer = served.get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        }
        assertThat(served.get("/v1/servers").body()).contains("\"5-1\"", "\"source\":\"haproxy\"");
        assertThat(served.get("/v1/configuration").body()).isEqualTo(node.configurationText());
        assertThat(served.get("/metrics").body()).contains("weir_server_connections{server=\"5-1\"}");
        assertThat(served.get("/openapi.json").body()).startsWith("{");
    }

    @Test
    void a_configuration_is_previewed_then_applied() {
        Answered preview = served.send("POST", "/v1/configuration/preview?file=new.yaml", "application/yaml", YAML);
        assertThat(preview.status()).isEqualTo(200);
        assertThat(preview.body()).contains("server 5-1: weight 20 -> 5");
        assertThat(served.get("/v1/generations").body()).doesNotContain("new.yaml");

        Answered applied =
                served.send("PUT", "/v1/configuration?file=new.yaml", "application/yaml; charset=utf-8", YAML);
        assertThat(applied.status()).isEqualTo(200);
        assertThat(applied.body()).contains("\"number\":2", "\"cause\":\"apply new.yaml\"", "\"active\":true");
        assertThat(served.get("/v1/configuration").body()).isEqualTo(YAML);
        assertThat(served.get("/v1/node").body()).contains("\"generation\":2");
    }

    @Test
    void a_rollback_goes_back_to_the_generation_that_it_names() {
        served.send("PUT", "/v1/configuration", "text/yaml", YAML);
        Answered back = served.send("POST", "/v1/rollback", "application/json", "{\"generation\": 1}");

        assertThat(back.status()).isEqualTo(200);
        assertThat(back.body()).contains("\"number\":3", "rollback to 1");
        assertThat(served.get("/v1/configuration").body()).startsWith("# The network of Fig. 1");
        assertThat(served.send("POST", "/v1/rollback", "application/json", "{\"generation\": 0}")
                        .body())
                .contains("rollback to 2");
        assertThat(served.send("POST", "/v1/rollback", "application/json", "{\"generation\": 99}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_drained_server_has_no_share_until_the_drain_ends() {
        assertThat(served.send("PUT", "/v1/servers/5-2/drain").status()).isEqualTo(200);
        assertThat(served.get("/v1/servers").body()).contains("\"administration\":\"draining\"");
        assertThat(served.get("/v1/services").body())
                .contains("\"server\":\"5-2\",\"configuredWeight\":10,\"weight\":0");

        assertThat(served.send("PUT", "/v1/servers/5-2/drain").status()).isEqualTo(409);
        assertThat(served.send("DELETE", "/v1/servers/5-2/drain").status()).isEqualTo(200);
        assertThat(served.send("DELETE", "/v1/servers/5-2/drain").status()).isEqualTo(409);
        assertThat(served.send("PUT", "/v1/servers/5-9/drain").status()).isEqualTo(404);
        assertThat(served.get("/v1/servers").body()).doesNotContain("draining");
    }

    @Test
    void a_weight_by_hand_stays_until_it_is_cleared() {
        String path = "/v1/services/web/servers/5-3/weight";
        assertThat(served.send("PUT", path, "application/json", "{\"weight\": 77}")
                        .status())
                .isEqualTo(200);
        assertThat(served.get("/v1/services").body()).contains("\"weight\":77");

        assertThat(served.send("DELETE", path).status()).isEqualTo(200);
        assertThat(served.get("/v1/services").body()).doesNotContain("\"weight\":77");
        assertThat(served.send("PUT", "/v1/services/mail/servers/5-3/weight", "application/json", "{\"weight\": 1}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_report_needs_no_token_but_its_own_proof() {
        assertThat(served.send("POST", "/v1/reports", null, "application/octet-stream", new byte[] {'W', 1})
                        .status())
                .isEqualTo(204);
        Answered refused = served.send("POST", "/v1/reports", null, "application/octet-stream", new byte[] {0});

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("malformed");
        assertThat(node.reports()).isEqualTo(1);
    }

    @Test
    void head_is_get_without_a_body() {
        Answered head = served.send("HEAD", "/v1/node");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(Integer.parseInt(head.header("Content-Length"))).isGreaterThan(1000);
    }

    @Test
    void options_and_unknown_methods_say_what_is_possible() {
        assertThat(served.send("OPTIONS", "/v1/configuration", null, null, ServedNode.NOTHING)
                        .header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS, PUT");
        Answered deleted = served.send("DELETE", "/v1/configuration");

        assertThat(deleted.status()).isEqualTo(405);
        assertThat(deleted.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, PUT");
        assertThat(served.send("BREW", "/").status()).isEqualTo(405);
    }

    @Test
    void answers_are_not_cached_and_allow_nothing_from_elsewhere() {
        Answered answer = served.get("/v1/node");

        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'self';");
        assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(answer.response().headers().firstValue("Server")).isEmpty();
    }
}
