package io.weir.control.health;

/**
 * The state of a server from the results of its checks, in their order.
 *
 * <pre>
 *                 first success              fall failures in a row
 *   UNCHECKED ────────────────────► UP ◄───────────────────────────► DOWN
 *       │                                    rise successes in a row   ▲
 *       └──────────────────────── first failure ───────────────────────┘
 * </pre>
 *
 * As in HAProxy, the first result decides: until then a server is taken to be up like one without a check, and one that
 * is dead when weir starts should not keep connections coming for {@code fall} intervals.
 */
final class ServerHealth {
    private HealthState state = HealthState.UNCHECKED;
    /** Results in a row that speak against the state. */
    private int against;

    HealthState state() {
        return state;
    }

    /** Takes a result and returns the state afterwards. */
    HealthState record(boolean good, int rise, int fall) {
        HealthState shown = good ? HealthState.UP : HealthState.DOWN;
        if (shown == state) {
            against = 0;
        } else if (state == HealthState.UNCHECKED || ++against >= (good ? rise : fall)) {
            state = shown;
            against = 0;
        }
        return state;
    }

    /** Begins to count anew, in the same state. */
    void recount() {
        against = 0;
    }
}
