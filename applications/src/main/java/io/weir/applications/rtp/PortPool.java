package io.weir.applications.rtp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Free numbers, given out in the order they became free, and not before they have rested: what is under way for their last
 * owner must not reach the next.
 */
final class PortPool {
    /** Nothing is free. */
    static final int NONE = -1;

    /** Longer than a switching processor may take for a batch. */
    static final long REST_MS = 1_000;

    private record Free(int number, long sinceMs) {}

    private final Deque<Free> free = new ArrayDeque<>();

    /** All of these are free and have rested. */
    PortPool(List<Integer> numbers, long nowMs) {
        numbers.forEach(number -> free.add(new Free(number, nowMs - REST_MS)));
    }

    int take(long nowMs) {
        Free first = free.peek();
        if (first == null || nowMs - first.sinceMs() < REST_MS) {
            return NONE;
        }
        free.remove();
        return first.number();
    }

    void give(int number, long nowMs) {
        free.add(new Free(number, nowMs));
    }

    /** It is in use already. */
    void remove(int number) {
        free.removeIf(each -> each.number() == number);
    }

    /** It was taken and not used. */
    void giveBack(int number, long nowMs) {
        free.addFirst(new Free(number, nowMs - REST_MS));
    }

    int size() {
        return free.size();
    }
}
