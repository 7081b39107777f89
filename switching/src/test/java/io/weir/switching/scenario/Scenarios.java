package io.weir.switching.scenario;

import java.util.List;
import java.util.stream.Stream;

/** The one list of packet scenarios, for every kind of port. */
final class Scenarios {
    private Scenarios() {}

    static List<Scenario> all() {
        return Stream.of(
                        BalancingScenarios.all(),
                        ResetScenarios.all(),
                        HeaderScenarios.all(),
                        RefusalScenarios.all(),
                        EchoScenarios.all(),
                        RoutingScenarios.all(),
                        NeighbourScenarios.all(),
                        IcmpErrorScenarios.all(),
                        JumboScenarios.all(),
                        ReconfigurationScenarios.all(),
                        RuleScenarios.all(),
                        ControlNetworkScenarios.all(),
                        ApplicationScenarios.all(),
                        HostScenarios.all(),
                        LocalServerScenarios.all())
                .flatMap(List::stream)
                .toList();
    }
}
