package io.weir.memory.configuration;

import java.util.Arrays;

/** A selection table, immutable: each slot holds the index of a member of the service. Empty when no member takes new connections. */
public final class SelectionSlots {
    public static final SelectionSlots EMPTY = new SelectionSlots(new char[0]);

    private final char[] members;

    private SelectionSlots(char[] members) {
        this.members = members;
    }

    /** Takes a copy of the given member indexes. */
    public static SelectionSlots of(char... members) {
        return members.length == 0 ? EMPTY : new SelectionSlots(members.clone());
    }

    public int size() {
        return members.length;
    }

    /** Index of the member in a slot. */
    public int member(int slot) {
        return members[slot];
    }

    /** A copy, one element per slot. */
    public char[] toArray() {
        return members.clone();
    }

    char[] unsafeMembers() {
        return members;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SelectionSlots that && Arrays.equals(members, that.members);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(members);
    }

    @Override
    public String toString() {
        return "SelectionSlots[" + members.length + " slots]";
    }
}
