package io.weir.node.simulation;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.master.LeastConnections;
import io.weir.control.master.Maglev;
import io.weir.control.master.SelectionAlgorithm;
import io.weir.control.master.SelectionTable;
import io.weir.control.master.policy.Distribution;
import io.weir.control.master.policy.Master;
import io.weir.control.master.policy.MemberSituation;
import io.weir.control.master.policy.MemberSituation.ReportedLoad;
import io.weir.control.master.policy.MemberSituation.Traffic;
import io.weir.control.master.policy.ServiceState;
import io.weir.control.master.policy.Situation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way to choose with the weights of the shipping master, which begins with equal ones. A server measures its CPU over each full
 * second; the report arrives later.
 */
final class EvenLoadStrategy implements Strategy {
    private static final BalanceConfiguration EVEN_LOAD =
            new BalanceConfiguration(Weights.EVEN_LOAD, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, 0);

    private final Draws.Way way;
    private final List<SimulatedServer> servers;
    private final int delaySeconds;
    private final Reports reports;
    private final Draws draws;
    private final SelectionAlgorithm algorithm;
    private SelectionTable table;
    private int[] weights;
    private ServiceState state = ServiceState.NONE;

    /** What the master gets to see. */
    enum Reports {
        /** CPU, with the time of the measurement. */
        DATED,
        /** CPU; how long a report was under way, the master does not know. */
        UNDATED,
        /** Nothing: it makes do with what the switching processors see. */
        NONE
    }

    EvenLoadStrategy(Draws.Way way, List<SimulatedServer> servers, int delaySeconds, Reports reports) {
        this.way = way;
        this.servers = servers;
        this.delaySeconds = delaySeconds;
        this.reports = reports;
        this.draws = new Draws(servers, 3);
        this.algorithm = way == Draws.Way.MAGLEV ? new Maglev() : new LeastConnections();
        this.table = Strategies.table(algorithm, servers, Strategies::equalWeight);
        this.weights = servers.stream().mapToInt(Strategies::equalWeight).toArray();
    }

    @Override
    public int choose(double now) {
        return draws.choose(way, table, weights, now);
    }

    @Override
    public void decide(double now) {
        List<MemberSituation> members = new ArrayList<>();
        for (SimulatedServer server : servers) {
            members.add(MemberSituation.of(server.name, 1)
                    .with()
                    .load(report(server, now))
                    .traffic(traffic(server, now))
                    .build());
        }
        Distribution distribution = Master.distribute(
                new Situation("web", EVEN_LOAD, LoadConfiguration.DEFAULTS, members, state, (long) (now * 1000)));
        state = distribution.state();
        table = algorithm.build(distribution.candidates(), table);
        weights = distribution.members().stream()
                .mapToInt(Distribution.MemberWeight::weight)
                .toArray();
    }

    private @Nullable ReportedLoad report(SimulatedServer server, double now) {
        int measured = (int) now - delaySeconds;
        if (reports == Reports.NONE || measured < 1) {
            return null;
        }
        double cpu = server.utilisation(measured - 1);
        double unknown = LoadReport.UNKNOWN;
        return new ReportedLoad(
                new LoadReport(server.name, unknown, cpu, unknown, unknown, unknown),
                (measured + delaySeconds) * 1000L,
                reports == Reports.DATED ? delaySeconds * 1000L : 0);
    }

    private static Traffic traffic(SimulatedServer server, double now) {
        return new Traffic(server.live(now), server.accepted((int) now - 1), server.handshake(now), 0);
    }

    @Override
    public double[] shares() {
        return Arrays.stream(weights)
                .mapToDouble(weight -> (double) weight / Arrays.stream(weights).sum())
                .toArray();
    }
}
