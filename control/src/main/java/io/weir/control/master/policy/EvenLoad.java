package io.weir.control.master.policy;

import io.weir.control.configuration.BalanceConfiguration.Weights;
import io.weir.control.configuration.LoadConfiguration;
import io.weir.control.master.policy.ServiceState.MemberState;
import java.util.Locale;

/**
 * The closed loop: moves weights until all members have the same load index.
 *
 * <pre>
 * mean   = sum(weight index) / sum(weight)                over members with a report
 * error  = ln((mean + 0.05) / (index + 0.05))             index smoothed; the 0.05 keeps idle servers alone
 * factor = factor exp(gain (error beyond the dead band))  at a new report only, once per report
 * factor = clamp(factor s)                                s such that the sum of weights stays the configured one
 * </pre>
 *
 * An index of 1 hides how much more the server is asked for. Such a server counts for a load of 1.65 (0.5 off its error,
 * beginning at 0.97) while the mean is below 0.97; that it gets too little for a while is good, for it has a backlog.
 *
 * <p>Each decision changes a factor by {@code step} at most, correction by {@code s} included, within floor and ceiling.
 * So a server whose report has just fallen draws no herd, and one that lies gets no more than the ceiling. The gain is
 * {@link LoopGain}'s. A member without a report, or with a stale one, goes back to the configured weight by steps of that
 * size. Manual weights and slow starts are left alone. Members that only take what overflows are evened among themselves.
 */
final class EvenLoad implements Stage {
    private static final double IDLE = 0.05;
    /** Smaller errors are left: each correction is a new table. */
    private static final double DEAD_BAND = 0.02;
    /** A change of sign beyond that on both sides is an overshoot, and so it is beyond so many standard deviations. */
    private static final double CLEAR = 0.3;

    private static final double SIGMAS = 3;

    /** A utilisation ends here: how much more a server is asked for than it can do, it does not show. */
    private static final double FULL = 1;

    private static final double ROOM = 0.03;
    /** Taken for a load of 1.65. */
    private static final double HIDDEN = 0.5;

    private static final double LEAST_FLOOR = 0.001;
    private static final int BISECTIONS = 60;

    @Override
    public void apply(Draft draft) {
        if (draft.situation.balance().weights() != Weights.EVEN_LOAD) {
            for (int k = 0; k < draft.count(); k++) {
                draft.state[k] = MemberState.NEW.withPublished(draft.state[k].base(), draft.state[k].published());
            }
            return;
        }
        Group first = new Group(draft, false);
        Group overflow = new Group(draft, true);
        first.decide();
        overflow.decide();
    }

    /** Members that are to have the same load. */
    private static final class Group {
        private final Draft draft;
        private final LoadConfiguration load;
        private final boolean[] isIn;
        private final double[] factor;
        /** A weight that is multiplied comes back from nothing never. */
        private final double floor;

        private final double ceiling;
        private final double lifetimeMs;
        private double sum;

        Group(Draft draft, boolean isOverflow) {
            this.draft = draft;
            this.load = draft.situation.load();
            floor = Math.clamp(load.floor(), LEAST_FLOOR, 1);
            ceiling = Math.max(load.ceiling(), 1);
            int count = draft.count();
            isIn = new boolean[count];
            factor = new double[count];
            lifetimeMs = LoopGain.lifetimeMs(draft.members);
            for (int k = 0; k < count; k++) {
                isIn[k] =
                        draft.weight[k] > 0 && !draft.manual[k] && !draft.rising[k] && draft.spilledTo[k] == isOverflow;
                sum += isIn[k] ? draft.weight[k] : 0;
            }
        }

        void decide() {
            takeOver();
            double mean = mean();
            double[] wanted = factor.clone();
            boolean[] isLed = new boolean[factor.length];
            for (int k = 0; k < factor.length; k++) {
                if (isIn[k]) {
                    isLed[k] = draft.index[k] >= 0;
                    wanted[k] = isLed[k] ? corrected(k, mean) : 1;
                }
            }
            project(wanted, isLed);
            for (int k = 0; k < factor.length; k++) {
                if (isIn[k]) {
                    draft.state[k] = draft.state[k].withFactor(wanted[k]);
                    draft.weight[k] *= wanted[k];
                    draft.reason(k, reason(k, mean, wanted[k]));
                }
            }
        }

        /** Factors of the last decision, all scaled alike when members have come or gone, and smoothed indexes. */
        private void takeOver() {
            double before = 0;
            for (int k = 0; k < factor.length; k++) {
                if (isIn[k]) {
                    before += draft.weight[k] * draft.state[k].factor();
                }
            }
            for (int k = 0; k < factor.length; k++) {
                if (isIn[k]) {
                    factor[k] = Math.clamp(draft.state[k].factor() * sum / before, floor, ceiling);
                }
            }
        }

        /** Mean of the smoothed indexes, by weight. */
        private double mean() {
            double weighted = 0;
            double weights = 0;
            for (int k = 0; k < factor.length; k++) {
                if (isIn[k] && draft.index[k] >= 0) {
                    weighted += draft.weight[k] * factor[k] * smoothed(k);
                    weights += draft.weight[k] * factor[k];
                }
            }
            return weights > 0 ? weighted / weights : LoadIndex.UNKNOWN;
        }

        private boolean isNew(int k) {
            return draft.measuredMs(k) > draft.state[k].reportMs();
        }

        private double intervalMs(int k) {
            MemberState state = draft.state[k];
            return state.reportMs() == MemberState.NEVER
                    ? load.interval().toMillis()
                    : Math.min(
                            draft.measuredMs(k) - state.reportMs(), load.stale().toMillis());
        }

        private double smoothed(int k) {
            MemberState state = draft.state[k];
            if (state.index() < 0) {
                return draft.index[k];
            }
            return isNew(k)
                    ? state.index()
                            + LoopGain.weightOfNew(intervalMs(k), state.patienceMs()) * (draft.index[k] - state.index())
                    : state.index();
        }

        /** What the member's own report calls for. */
        private double corrected(int k, double mean) {
            if (!isNew(k)) {
                return factor[k];
            }
            MemberState state = draft.state[k];
            double index = smoothed(k);
            double error = StrictMath.log((mean + IDLE) / (index + IDLE)) - saturation(index, mean);
            double intervalMs = intervalMs(k);
            double clear =
                    Math.max(CLEAR, SIGMAS * LoopGain.smoothedDeviation(state.noise(), intervalMs, state.patienceMs()));
            int side = Math.abs(error) > clear ? (int) Math.signum(error) : state.side();
            double noise = LoopGain.noise(state.noise(), deviation(k), intervalMs);
            double patienceMs = LoopGain.patience(state.patienceMs(), intervalMs, side * state.side() < 0);
            draft.state[k] = new MemberState(
                    factor[k], index, noise, draft.measuredMs(k), side, patienceMs, state.base(), state.published());
            double gain = LoopGain.gain(intervalMs, draft.ageMs(k), lifetimeMs, patienceMs);
            double beyond = Math.signum(error) * Math.max(0, Math.abs(error) - DEAD_BAND);
            return factor[k] * StrictMath.exp(gain * beyond);
        }

        /** Of the report from what had been smoothed so far, relative. */
        private double deviation(int k) {
            double before = draft.state[k].index();
            return before < 0 ? 0 : (draft.index[k] - before) / (before + IDLE);
        }

        /** What full load hides, as long as the others have room. */
        private static double saturation(double index, double mean) {
            return mean < FULL - ROOM ? HIDDEN * Math.clamp((index - (FULL - ROOM)) / ROOM, 0, 1) : 0;
        }

        /**
         * The nearest factors that are allowed: a step from the last ones at most, within floor and ceiling, and with the
         * sum of weights that was configured; members without a report only step.
         */
        private void project(double[] wanted, boolean[] isLed) {
            double rest = sum;
            for (int k = 0; k < wanted.length; k++) {
                if (isIn[k] && !isLed[k]) {
                    wanted[k] = allowed(k, wanted[k]);
                    rest -= draft.weight[k] * wanted[k];
                }
            }
            // The sum grows with the scale, so halving finds it; no scale reaches further than all bounds.
            double low = 0;
            double high = ceiling / floor * (1 + load.step());
            for (int n = 0; n < BISECTIONS; n++) {
                double scale = (low + high) / 2;
                double total = 0;
                for (int k = 0; k < wanted.length; k++) {
                    total += isLed[k] ? draft.weight[k] * allowed(k, wanted[k] * scale) : 0;
                }
                if (total < rest) {
                    low = scale;
                } else {
                    high = scale;
                }
            }
            for (int k = 0; k < wanted.length; k++) {
                if (isLed[k]) {
                    wanted[k] = allowed(k, wanted[k] * high);
                }
            }
        }

        private double allowed(int k, double wanted) {
            double least = Math.max(floor, factor[k] / (1 + load.step()));
            double greatest = Math.min(ceiling, factor[k] * (1 + load.step()));
            return Math.clamp(wanted, Math.min(least, greatest), greatest);
        }

        private String reason(int k, double mean, double newFactor) {
            String known = draft.stale[k] ? "stale report" : "no report of its load";
            if (draft.index[k] >= 0) {
                known = String.format(
                        Locale.ROOT,
                        "%s %.2f, mean %.2f",
                        draft.passive ? "passive load" : "load",
                        draft.index[k],
                        mean);
            }
            long percent = Math.round((newFactor - 1) * 100);
            return percent == 0
                    ? known + ": configured weight"
                    : known
                            + String.format(Locale.ROOT, ": %+d %%", percent)
                            + (draft.index[k] < 0 ? ", on its way to the configured weight" : "");
        }
    }
}
