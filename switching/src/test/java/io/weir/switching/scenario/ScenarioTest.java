package io.weir.switching.scenario;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario on memory ports. */
class ScenarioTest {
    static List<Scenario> scenarios() {
        return Scenarios.all();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void weir_does_what_the_scenario_says(Scenario scenario) throws IOException {
        ScenarioRun.over(new MemoryLinks(), scenario);
    }
}
