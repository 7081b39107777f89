package io.weir.control.configuration;

import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.master.Candidate;
import io.weir.control.master.SelectionTable;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.routing.Route;
import java.util.List;
import java.util.Map;

/**
 * A configuration in the form of the shared memory, and what the next generation needs to move the least.
 *
 * @param source what it was compiled from
 * @param decisions and on top of it
 * @param image the content of a side of the configuration table
 * @param routes the content of a side of the routing table
 * @param selections selection tables by service, family and rule
 * @param serviceNumbers numbers by service name
 * @param serverNumbers numbers by server name
 */
record CompiledConfiguration(
        NodeConfiguration source,
        Decisions decisions,
        ConfigurationImage image,
        List<Route> routes,
        Map<SelectionKey, Selection> selections,
        StableNumbers serviceNumbers,
        StableNumbers serverNumbers) {
    CompiledConfiguration {
        routes = List.copyOf(routes);
        selections = Map.copyOf(selections);
    }

    /**
     * Names a selection table.
     *
     * @param service name of the service
     * @param family 4 or 6
     * @param rule place of the rule it belongs to, or {@link #SERVICE}
     */
    record SelectionKey(String service, int family, int rule) {
        /** The table of the service itself. */
        static final int SERVICE = -1;
    }

    /**
     * A selection table and what it was built from: with equal arguments it is not built again.
     *
     * @param algorithm how
     * @param candidates for whom
     * @param table the result
     */
    record Selection(Algorithm algorithm, List<Candidate> candidates, SelectionTable table) {
        Selection {
            candidates = List.copyOf(candidates);
        }
    }
}
