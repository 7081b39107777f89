package io.weir.switching.scenario;

import io.weir.linux.Namespaces;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.Attach;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same scenarios, byte for byte, on AF_XDP ports over virtual links: long packets in several buffers, and checksums
 * that only the bytes tell about. In generic mode, which differs in the kernel alone, one scenario in eight.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AfXdpScenarioTest {
    private static final int SHARE = 8;

    private final VethNetwork network = new VethNetwork();

    static List<Scenario> scenarios() {
        return Scenarios.all().stream()
                .filter(VethScenarioTest::kernelPasses)
                .filter(scenario -> !scenario.usesSegmentation() && !scenario.trustsInterface())
                .toList();
    }

    static List<Scenario> someScenarios() {
        List<Scenario> all = scenarios();
        return all.stream().filter(each -> all.indexOf(each) % SHARE == 0).toList();
    }

    @BeforeAll
    void build() throws Exception {
        VethNetwork.assumeAvailable();
        network.build(VethNetwork.CONTROL_LINKS, 1);
        String obstacle =
                Namespaces.call(network.inside(), () -> AfXdpInterface.obstacle(VethNetwork.device(1), Attach.NATIVE));
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
    }

    @AfterAll
    void remove() {
        network.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_what_the_scenario_says(Scenario scenario) throws IOException {
        ScenarioRun.over(new XdpLinks(network, Attach.NATIVE), scenario);
    }

    @ParameterizedTest
    @MethodSource("someScenarios")
    void weir_does_the_same_in_generic_mode(Scenario scenario) throws IOException {
        ScenarioRun.over(new XdpLinks(network, Attach.GENERIC), scenario);
    }
}
