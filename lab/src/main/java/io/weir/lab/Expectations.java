package io.weir.lab;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the demo promised, and what was found. */
final class Expectations {
    private final PrintStream out;
    private final Map<String, Expectation> all = new LinkedHashMap<>();

    private record Expectation(boolean holds, String found) {}

    Expectations(PrintStream out) {
        this.out = out;
    }

    /** Notes an expectation; one that does not hold is printed at once. */
    void expect(String what, boolean holds, String found) {
        all.put(what, new Expectation(holds, found));
        out.println((holds ? "  ok    " : "  FAIL  ") + what + ": " + found);
        out.flush();
    }

    /** Prints all of them; returns how many do not hold. */
    int summary() {
        int width = all.keySet().stream().mapToInt(String::length).max().orElse(0);
        int failed = 0;
        out.println();
        out.println("Summary");
        for (Map.Entry<String, Expectation> e : all.entrySet()) {
            boolean holds = e.getValue().holds();
            failed += holds ? 0 : 1;
            out.printf(
                    Locale.ROOT,
                    "  %s  %-" + width + "s  %s%n",
                    holds ? "ok  " : "FAIL",
                    e.getKey(),
                    e.getValue().found());
        }
        return failed;
    }

    /** How many there are. */
    int size() {
        return all.size();
    }
}
