package io.weir.switching.scenario;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same scenarios, byte for byte, on af_packet ports over virtual links, as far as a kernel can be made to send them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VethScenarioTest {
    private static final int LEAST_FRAME_BYTES = 15; // the kernel refuses a frame without anything after its header
    private static final int HEADER_BYTES = 14;
    private static final int TAGGED_HEADER_BYTES = 18;

    private final SideBySide runs = new SideBySide();

    static List<Scenario> scenarios() {
        return Scenarios.all().stream().filter(VethScenarioTest::canBeSent).toList();
    }

    /** Offloads are a matter between a port and its kernel, and a plain packet socket hides tags: tested with the port. */
    private static boolean canBeSent(Scenario scenario) {
        return !scenario.usesOffload() && !leavesChecksums(scenario) && kernelPasses(scenario);
    }

    /** A packet socket at the far end would not say that a checksum was left open: on AF_XDP these are seen complete. */
    private static boolean leavesChecksums(Scenario scenario) {
        return scenario.steps().stream()
                .anyMatch(step -> step instanceof Scenario.Transmit transmit && transmit.offload() != 0);
    }

    /** On two or three links, without frames that a kernel changes or refuses on its own. */
    static boolean kernelPasses(Scenario scenario) {
        int links = scenario.network().configuration().interfaces().size();
        return (links == 2 || links == VethNetwork.CONTROL_LINKS)
                && scenario.steps().stream().allMatch(step -> switch (step) {
                    case Scenario.Receive receive -> kernelPasses(receive.frame(), scenario.mtu(receive.interfaceId()));
                    case Scenario.Transmit transmit -> !isTagged(transmit.frame());
                    default -> true;
                });
    }

    /** The kernel itself drops a frame that ends in its tag. */
    private static boolean kernelPasses(byte[] frame, int mtu) {
        return frame.length >= LEAST_FRAME_BYTES
                && frame.length <= HEADER_BYTES + mtu
                && !(isTagged(frame) && frame.length < TAGGED_HEADER_BYTES);
    }

    private static boolean isTagged(byte[] frame) {
        return frame[12] == (byte) 0x81 && frame[13] == 0; // IEEE 802.1Q
    }

    @BeforeAll
    void build() {
        VethNetwork.assumeAvailable();
        runs.build();
        runs.start("", scenarios(), VethLinks::new);
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
}
