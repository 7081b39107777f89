package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.ServedNode.Answered;
import org.junit.jupiter.api.Test;

final class StaticFilesTest {
    private final LivelyNode node = new LivelyNode(() -> 0);

    @Test
    void files_of_the_dashboard_need_no_token() {
        try (ServedNode served = new ServedNode(node)) {
            Answered answer = served.send("GET", "/probe-of-tests.html?v=1", null, null, ServedNode.NOTHING);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(answer.body()).contains("probe");

            Answered again = served.send(
                    "GET",
                    "/probe-of-tests.html",
                    null,
                    null,
                    ServedNode.NOTHING,
                    "If-None-Match",
                    answer.header("ETag"));
            assertThat(again.status()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
        }
    }

    @Test
    void paths_that_leave_the_folder_are_nowhere() {
        StaticFiles files = new StaticFiles("dashboard");

        assertThat(files.find("/probe-of-tests.html")).isPresent();
        assertThat(files.find("/../openapi.json")).isEmpty();
        assertThat(files.find("/..%2fopenapi.json")).isEmpty();
        assertThat(files.find("//openapi.json")).isEmpty();
        assertThat(files.find("/./probe-of-tests.html")).isEmpty();
        assertThat(files.find("/probe-of-tests.html/")).isEmpty();
        assertThat(files.find("/nothing.html")).isEmpty();
    }
}
