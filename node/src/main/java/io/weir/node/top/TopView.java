package io.weir.node.top;

import java.util.Locale;

/** What is listed; the first letter of the title, or the number, chooses it. */
public enum TopView {
    SERVERS('s'),
    SERVICES('v'),
    WEIGHTS('w'),
    INTERFACES('i'),
    DROPS('d'),
    PROCESSORS('p'),
    GENERATIONS('g');

    private final char key;

    TopView(char key) {
        this.key = key;
    }

    char key() {
        return key;
    }

    /** As it stands on the screen. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** 1 for the first; its key. */
    @SuppressWarnings("EnumOrdinal") // the order of declaration is the order on the screen
    int number() {
        return ordinal() + 1;
    }

    /** The view so many further, going round. */
    TopView further(int steps) {
        TopView[] all = values();
        return all[Math.floorMod(number() - 1 + steps, all.length)];
    }
}
