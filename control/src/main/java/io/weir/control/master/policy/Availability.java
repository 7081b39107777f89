package io.weir.control.master.policy;

import io.weir.memory.server.ServerStatus.Health;

/**
 * A server that drains or is down gets no connections. One whose first checks have not decided waits for them, unless no
 * other member is up, as when the node starts.
 *
 * <p>Panic: when fewer of the members than the configured share are up, the checks are more likely wrong than right, or
 * the rest would be overrun: health is ignored. Backups count as members of a service of their own: as long as all
 * primary members are down and a backup is up, that is no panic.
 */
final class Availability implements Stage {
    @Override
    public void apply(Draft draft) {
        boolean[] usable = new boolean[draft.count()];
        for (int k = 0; k < draft.count(); k++) {
            if (draft.weight[k] > 0 && draft.member(k).draining()) {
                draft.exclude(k, "drains");
            }
            usable[k] = draft.weight[k] > 0;
        }
        Census primary = Census.of(draft, usable, false);
        Census backup = Census.of(draft, usable, true);
        boolean isPanic = isPanic(draft, primary, backup);
        boolean isAnyUp = primary.up + backup.up > 0;
        for (int k = 0; k < draft.count(); k++) {
            if (!usable[k]) {
                continue;
            }
            Health health = draft.member(k).health();
            if (health == Health.DOWN) {
                if (isPanic && !draft.member(k).backup()) {
                    draft.reason(k, "down, but too few are up");
                } else {
                    draft.exclude(k, "down");
                }
            } else if (health == Health.STARTING && isAnyUp && !isPanic) {
                draft.exclude(k, "waits for its first check");
            }
        }
    }

    private static boolean isPanic(Draft draft, Census primary, Census backup) {
        double threshold = draft.situation.balance().panic();
        int notDown = primary.members - primary.down;
        boolean isBackupUp = notDown == 0 && backup.up > 0;
        boolean isPanic = primary.members > 0 && notDown < threshold * primary.members && !isBackupUp;
        if (isPanic) {
            draft.notice("fewer than " + Math.round(threshold * 100)
                    + " % of the servers are up: health is ignored until more are");
        }
        return isPanic;
    }

    /**
     * Usable members by health.
     *
     * @param up known to be up, or not checked
     */
    private record Census(int members, int up, int down) {
        static Census of(Draft draft, boolean[] usable, boolean isBackup) {
            int members = 0;
            int up = 0;
            int down = 0;
            for (int k = 0; k < draft.count(); k++) {
                if (usable[k] && draft.member(k).backup() == isBackup) {
                    members++;
                    switch (draft.member(k).health()) {
                        case UNCHECKED, UP -> up++;
                        case DOWN -> down++;
                        case STARTING -> {}
                    }
                }
            }
            return new Census(members, up, down);
        }
    }
}
