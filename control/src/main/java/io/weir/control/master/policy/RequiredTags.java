package io.weir.control.master.policy;

/** Capability: a server without one of the required tags never gets connections of the service. */
final class RequiredTags implements Stage {
    @Override
    public void apply(Draft draft) {
        for (int k = 0; k < draft.count(); k++) {
            for (String tag : draft.situation.balance().required()) {
                if (!draft.member(k).tags().contains(tag)) {
                    draft.exclude(k, "lacks the tag " + tag);
                    break;
                }
            }
        }
    }
}
