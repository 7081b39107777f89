package io.weir.node.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyReaderTest {
    private static final int PAUSE = -2;

    /** The keys of what a terminal sends; a pause ends a sequence. */
    private static List<Key> keys(String... bursts) throws IOException {
        List<Integer> units = new ArrayList<>();
        for (String burst : bursts) {
            burst.chars().forEach(units::add);
            units.add(PAUSE);
        }
        KeyReader reader = new KeyReader(ms -> units.isEmpty() ? -1 : units.removeFirst());
        List<Key> keys = new ArrayList<>();
        while (keys.isEmpty() || keys.getLast().kind() != Key.Kind.END) {
            Key key = reader.next(100);
            if (!key.equals(Key.NOTHING)) {
                keys.add(key);
            }
        }
        return keys.subList(0, keys.size() - 1);
    }

    @Test
    void letters_are_themselves() throws IOException {
        assertThat(keys("q/ü😀")).containsExactly(Key.of('q'), Key.of('/'), Key.of('ü'), Key.of("😀".codePointAt(0)));
    }

    @Test
    void sequences_are_keys() throws IOException {
        assertThat(keys("\033[A\033OB\033[5~\033[6~\033[H\033[4~\033[Z\t\r\177"))
                .extracting(Key::kind)
                .containsExactly(
                        Key.Kind.UP,
                        Key.Kind.DOWN,
                        Key.Kind.PAGE_UP,
                        Key.Kind.PAGE_DOWN,
                        Key.Kind.HOME,
                        Key.Kind.LAST,
                        Key.Kind.BACK_TAB,
                        Key.Kind.TAB,
                        Key.Kind.ENTER,
                        Key.Kind.BACKSPACE);
    }

    @Test
    void escape_alone_is_escape() throws IOException {
        assertThat(keys("\033", "q")).containsExactly(Key.of(Key.Kind.ESCAPE), Key.of('q'));
    }

    @Test
    void unknown_and_endless_sequences_do_nothing() throws IOException {
        assertThat(keys("\033[200~", "\033]", "\033[" + "1".repeat(14), "\001")).isEmpty();
    }

    @Test
    void ctrl_c_interrupts() throws IOException {
        assertThat(keys("\003")).containsExactly(Key.of(Key.Kind.INTERRUPT));
    }
}
