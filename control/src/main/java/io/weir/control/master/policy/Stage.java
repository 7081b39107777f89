package io.weir.control.master.policy;

/** A step of a decision: changes weights and says why. */
interface Stage {
    void apply(Draft draft);
}
