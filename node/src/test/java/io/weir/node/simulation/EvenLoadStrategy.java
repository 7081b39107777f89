package io.weir.node.simulation;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.master.Maglev;
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
import java.util.SplittableRandom;

/**
 * Maglev with the weights of the shipping master, which begins with equal ones. A server measures its CPU over each full
 * second; the report arrives later.
 */
final class EvenLoadStrategy implements Strategy {
    private static final BalanceConfiguration EVEN_LOAD =
            new BalanceConfiguration(Weights.EVEN_LOAD, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, 0);

    private final String title;
    private final List<SimulatedServer> servers;
    private final int delaySeconds;
    private final Reports reports;
    private final boolean isTwoChoices;
    private final SplittableRandom random = new SplittableRandom(3);
    private final Maglev maglev = new Maglev();
    private SelectionTable table;
    private ServiceState state = ServiceState.NONE;
    private double[] shares;

    /** What the master gets to see. */
    enum Reports {
        /** CPU, with the time of the measurement. */
        DATED,
        /** CPU; how long a report was under way, the master does not know. */
        UNDATED,
        /** Nothing: it makes do with what the switching processors see. */
        NONE
    }

    EvenLoadStrategy(String title, List<SimulatedServer> servers, int delaySeconds, Reports reports) {
        this(title, servers, delaySeconds, reports, false);
    }

    /** With the weights of the master, and of two slots the member with fewer connections per weight. */
    EvenLoadStrategy(
            String title, List<SimulatedServer> servers, int delaySeconds, Reports reports, boolean isTwoChoices) {
        this.isTwoChoices = isTwoChoices;
        this.title = title;
        this.servers = servers;
        this.delaySeconds = delaySeconds;
        this.reports = reports;
        this.table = Strategies.table(maglev, servers, Strategies.equalWeights());
        this.shares = sharesOf(table);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public int choose(double now) {
        int a = table.slots().member(random.nextInt(table.size()));
        if (!isTwoChoices) {
            return a;
        }
        int b = table.slots().member(random.nextInt(table.size()));
        return servers.get(b).live(now) * shares[a] < servers.get(a).live(now) * shares[b] ? b : a;
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
        table = maglev.build(distribution.candidates(), table);
        shares = sharesOf(table);
    }

    private static double[] sharesOf(SelectionTable table) {
        return Arrays.stream(table.counts())
                .mapToDouble(slots -> (double) slots / table.size())
                .toArray();
    }

    private ReportedLoad report(SimulatedServer server, double now) {
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
        return shares;
    }
}
