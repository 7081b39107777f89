package io.weir.switching.scenario;

import io.weir.linux.Namespaces;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.Attach;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processors on AF_XDP ports over four virtual links. */
class AfXdpTwoProcessorsTest {
    private final VethNetwork network = new VethNetwork();

    @BeforeAll
    static void needs_network_namespaces() {
        VethNetwork.assumeAvailable();
    }

    @AfterEach
    void remove() {
        network.close();
    }

    /** With one queue the processors transmit for each other, with two each has its own. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(60)
    void connections_opened_on_one_processor_are_answered_on_the_other(int queues) throws Exception {
        network.build(TwoProcessors.INTERFACES, queues);
        String obstacle =
                Namespaces.call(network.inside(), () -> AfXdpInterface.obstacle(VethNetwork.device(1), Attach.NATIVE));
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        XdpWiring wiring = new XdpWiring(network, queues);
        new TwoProcessors(wiring).run();
        wiring.unmap();
    }
}
