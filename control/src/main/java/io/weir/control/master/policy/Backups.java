package io.weir.control.master.policy;

/** Backup members take connections only when no other member does. */
final class Backups implements Stage {
    @Override
    public void apply(Draft draft) {
        boolean isPrimary = false;
        boolean isBackup = false;
        for (int k = 0; k < draft.count(); k++) {
            if (draft.weight[k] > 0) {
                isPrimary |= !draft.member(k).backup();
                isBackup |= draft.member(k).backup();
            }
        }
        if (isBackup && !isPrimary) {
            draft.notice("only backup servers take connections");
        }
        for (int k = 0; k < draft.count(); k++) {
            if (draft.weight[k] > 0 && draft.member(k).backup()) {
                if (isPrimary) {
                    draft.exclude(k, "backup");
                } else {
                    draft.reason(k, "backup in use");
                }
            }
        }
    }
}
