package io.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ReceiverAddressTest {
    @Test
    void hosts_and_addresses_of_both_families() {
        String[][] cases = {
            {"node1", "node1:7411"},
            {"node1:9", "node1:9"},
            {"192.0.2.1:80", "192.0.2.1:80"},
            {"2001:db8::1", "[2001:db8::1]:7411"},
            {"[2001:db8::1]", "[2001:db8::1]:7411"},
            {"[2001:db8::1]:9", "[2001:db8::1]:9"},
        };
        for (String[] one : cases) {
            assertThat(ReceiverAddress.parse(one[0])).as(one[0]).hasToString(one[1]);
        }
    }

    @Test
    void urls_get_the_path_of_reports() {
        assertThat(ReceiverAddress.parse("http://node1:8080"))
                .isEqualTo(new ReceiverAddress.Http(URI.create("http://node1:8080/v1/reports")));
        assertThat(ReceiverAddress.parse("https://[::1]/")).hasToString("https://[::1]/v1/reports");
        assertThat(ReceiverAddress.parse("http://node1/other")).hasToString("http://node1/other");
    }

    @Test
    void what_is_none_is_refused() {
        for (String bad :
                new String[] {"", ":80", "a:", "a:0", "a:65536", "a:b", "a b", "[::1]x", "ftp://a", "http://"}) {
            assertThatThrownBy(() -> ReceiverAddress.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"" + bad + "\"");
        }
    }
}
