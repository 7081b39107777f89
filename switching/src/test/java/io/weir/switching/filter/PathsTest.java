package io.weir.switching.filter;

import static io.weir.switching.filter.TestFrame.raw4;
import static io.weir.switching.filter.TestFrame.raw6;
import static io.weir.switching.filter.TestNode.CLIENT;
import static io.weir.switching.filter.TestNode.CLIENT6;
import static io.weir.switching.filter.TestNode.SERVER_MAC;
import static io.weir.switching.filter.TestNode.VIP;
import static io.weir.switching.filter.TestNode.VIP6;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.routing.Route;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathsTest {
    private static final long GATEWAY_MAC = SERVER_MAC + 3;

    private final TestNode node =
            TestNode.builder().service(TestFrame.UDP, 80, 0, 0, 8080, 1).build();

    private long nextHop(TestFrame packet) {
        return TestFrame.mac(Objects.requireNonNull(node.fromClient(packet), "nothing was sent"), 0);
    }

    /** All that goes to server 1 shall take the way over server 3. */
    private void divert() {
        node.midCycle = () -> {};
        node.route(
                Route.via4(raw4("10.0.2.1"), 32, 2, raw4("10.0.2.3")),
                Route.via6(raw6("fd02::1", 0), raw6("fd02::1", 1), 128, 2, raw6("fd02::3", 0), raw6("fd02::3", 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "routed, " + CLIENT + ", 10.0.2.1, 9",
        "routed, " + CLIENT6 + ", fd02::1, 9",
        "balanced, " + CLIENT + ", " + VIP + ", 80",
        "balanced, " + CLIENT6 + ", " + VIP6 + ", 80"
    })
    void a_path_found_by_old_routes_is_not_kept_when_they_change_within_the_cycle(
            String how, String client, String destination, int port) {
        for (boolean isKnownBefore : new boolean[] {false, true}) {
            node.route();
            TestFrame packet =
                    TestFrame.udp().from(client, isKnownBefore ? 1 : 2).to(destination, port);
            if (isKnownBefore) {
                assertThat(nextHop(packet)).isEqualTo(SERVER_MAC + 1);
            }
            node.midCycle = this::divert;
            assertThat(nextHop(packet))
                    .as(how + ", routes of the cycle's start")
                    .isEqualTo(SERVER_MAC + 1);
            assertThat(nextHop(packet)).as(how + ", next cycle").isEqualTo(GATEWAY_MAC);
        }
    }
}
