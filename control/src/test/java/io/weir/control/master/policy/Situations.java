package io.weir.control.master.policy;

import io.weir.agent.report.LoadReport;
import io.weir.control.configuration.BalanceConfiguration;
import io.weir.control.configuration.BalanceConfiguration.OnDown;
import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.master.policy.MemberSituation.ReportedLoad;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Situations to decide about. */
final class Situations {
    static final BalanceConfiguration STATIC = BalanceConfiguration.DEFAULTS;
    static final BalanceConfiguration EVEN_LOAD =
            new BalanceConfiguration(Weights.EVEN_LOAD, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, 0);

    /** Before the first decision. */
    static final Distribution UNDECIDED = new Distribution("web", List.of(), List.of(), ServiceState.NONE);

    private Situations() {}

    static MemberSituation member(String name, int weight) {
        return MemberSituation.of(name, weight);
    }

    /** A member that reports its CPU. */
    static MemberSituation member(String name, int weight, double cpu, long receivedMs) {
        return member(name, weight).with().load(cpu(name, cpu, receivedMs)).build();
    }

    static ReportedLoad cpu(String name, double cpu, long receivedMs) {
        double unknown = LoadReport.UNKNOWN;
        return new ReportedLoad(new LoadReport(name, unknown, cpu, unknown, unknown, unknown), receivedMs, 0);
    }

    static Distribution distribute(
            BalanceConfiguration balance, ServiceState state, long nowMs, List<MemberSituation> members) {
        return Master.distribute(new Situation("web", balance, LoadConfiguration.DEFAULTS, members, state, nowMs));
    }

    static Distribution distribute(BalanceConfiguration balance, MemberSituation... members) {
        return distribute(balance, ServiceState.NONE, 1_000_000, Arrays.asList(members));
    }

    static List<Integer> weights(Distribution distribution) {
        return distribution.members().stream()
                .map(Distribution.MemberWeight::weight)
                .toList();
    }

    static String reason(Distribution distribution, int member) {
        return distribution.members().get(member).reason();
    }
}
