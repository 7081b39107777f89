package io.weir.switching.scenario;

import io.weir.linux.Namespaces;
import io.weir.port.afxdp.AfXdpInterface;
import io.weir.port.afxdp.Attach;
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

    private static final String GENERIC = "generic ";

    private final SideBySide runs = new SideBySide();

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
        runs.build();
        String obstacle =
                Namespaces.call(runs.inside(), () -> AfXdpInterface.obstacle(VethNetwork.device(1), Attach.NATIVE));
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        runs.start("", scenarios(), network -> new XdpLinks(network, Attach.NATIVE));
        runs.start(GENERIC, someScenarios(), network -> new XdpLinks(network, Attach.GENERIC));
    }

    @AfterAll
    void remove() {
        runs.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_what_the_scenario_says(Scenario scenario) throws InterruptedException {
        runs.await("", scenario);
    }

    @ParameterizedTest
    @MethodSource("someScenarios")
    void weir_does_the_same_in_generic_mode(Scenario scenario) throws InterruptedException {
        runs.await(GENERIC, scenario);
    }
}
