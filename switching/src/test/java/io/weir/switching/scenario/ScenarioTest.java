package io.weir.switching.scenario;

import io.weir.switching.scenario.MemoryLinks.Delivery;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario on memory ports, and again on ports that deliver and transmit in other ways. */
class ScenarioTest {
    private static final int BUFFER_BYTES = 2048;

    static List<Scenario> scenarios() {
        return Scenarios.all();
    }

    static List<Scenario> scenariosOfWholePackets() {
        return Scenarios.all().stream().filter(each -> !each.usesSegmentation()).toList();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_what_the_scenario_says(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(), scenario);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_the_same_with_long_frames_in_short_buffers(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(Delivery.WHOLE, BUFFER_BYTES, true), scenario);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_the_same_with_every_frame_in_pieces(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(Delivery.PIECES, BUFFER_BYTES, true), scenario);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_the_same_when_nobody_says_whether_checksums_are_complete(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(Delivery.UNKNOWN_CHECKSUM, BUFFER_BYTES, true), scenario);
    }

    @ParameterizedTest
    @MethodSource("scenariosOfWholePackets")
    void weir_completes_checksums_that_interfaces_cannot(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(Delivery.PIECES, BUFFER_BYTES, false), scenario.completed());
    }
}
