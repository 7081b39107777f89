package io.weir.node.top;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.ClosedException;
import org.jline.utils.InfoCmp.Capability;

/**
 * The terminal while {@code weir top} has it: other buffer, no cursor, keys one by one. {@link #close} puts everything
 * back; it also runs when the process ends by a signal or an error. Used by one thread.
 */
public final class TopScreen implements AutoCloseable {
    private static final int WAIT_MS = 200;
    private static final int NO_CONTROL_CHARACTER = 0; // _POSIX_VDISABLE of Linux
    /** JLine would close the terminal at the end of the process by itself, before or while we give it back. */
    private static final String NO_HOOK_OF_JLINE = "org.jline.shutdownhook.disable";

    private final Terminal terminal;
    private final Attributes before;
    private final boolean colours;
    private final Look look;
    private final KeyReader keys;
    private final Thread hook;
    private final AtomicBoolean resized = new AtomicBoolean();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private boolean closed;

    /** Tells what to show. */
    public interface Source {
        /** Looks at the node again. */
        Sample look();
    }

    /** There is no terminal, or one that cannot place its cursor. */
    public static final class NoTerminalException extends Exception {
        private static final long serialVersionUID = 1;

        NoTerminalException(String message) {
            super(message);
        }
    }

    private TopScreen(Terminal terminal, boolean colours, Look look) {
        this.terminal = terminal;
        this.colours = colours;
        this.look = look;
        this.keys = new KeyReader(terminal.reader()::read);
        this.hook = new Thread(this::restore, "top-restore");
        this.before = terminal.getAttributes();
    }

    /**
     * Takes the terminal of this process.
     *
     * @param coloursWanted false when the person wants none; a terminal without colours has none anyway
     */
    public static TopScreen open(boolean coloursWanted) throws NoTerminalException {
        Terminal terminal;
        System.setProperty(NO_HOOK_OF_JLINE, "true");
        try {
            terminal = TerminalBuilder.builder()
                    .system(true)
                    .provider("ffm")
                    .dumb(false)
                    .nativeSignals(true)
                    .build();
        } catch (IOException | IllegalStateException e) {
            throw new NoTerminalException("standard input and output are no terminal");
        }
        if (terminal.getStringCapability(Capability.cursor_address) == null) {
            String type = terminal.getType();
            closeQuietly(terminal);
            throw new NoTerminalException("a terminal of the type '" + type + "' cannot place its cursor");
        }
        Integer most = terminal.getNumericCapability(Capability.max_colors);
        boolean unicode = terminal.encoding().name().equals("UTF-8");
        TopScreen screen = new TopScreen(terminal, coloursWanted && most != null && most >= 8, new Look(unicode));
        screen.take();
        return screen;
    }

    private void take() {
        Runtime.getRuntime().addShutdownHook(hook);
        terminal.handle(Terminal.Signal.WINCH, s -> resized.set(true));
        terminal.handle(Terminal.Signal.CONT, s -> resized.set(true));
        terminal.handle(Terminal.Signal.INT, s -> interrupted.set(true));
        terminal.enterRawMode();
        Attributes raw = terminal.getAttributes();
        // Stopped from the keyboard it would leave the terminal as it is.
        raw.setControlChar(Attributes.ControlChar.VSUSP, NO_CONTROL_CHARACTER);
        raw.setControlChar(Attributes.ControlChar.VQUIT, NO_CONTROL_CHARACTER);
        terminal.setAttributes(raw);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.puts(Capability.clear_screen);
        terminal.flush();
    }

    /** What the terminal can show. */
    public Look look() {
        return look;
    }

    /** Shows the node until somebody quits or the terminal is gone. */
    public void run(TopState beginning, Source source) throws IOException {
        TopState state = beginning;
        Sample sample = source.look();
        long next = System.nanoTime() + state.intervalMs() * 1_000_000L;
        boolean changed = true;
        while (state.mode() != TopState.Mode.QUIT) {
            if (!state.paused() && System.nanoTime() - next >= 0) {
                sample = source.look();
                next = System.nanoTime() + state.intervalMs() * 1_000_000L;
                changed = true;
            }
            if (resized.getAndSet(false) || changed) {
                state = draw(sample, state);
            }
            long left = (next - System.nanoTime()) / 1_000_000;
            Key key = next(state.paused() ? WAIT_MS : Math.clamp(left, 1, WAIT_MS));
            if (interrupted.get()) {
                key = Key.of(Key.Kind.INTERRUPT);
            }
            TopState after = state.after(key);
            if (after.intervalMs() < state.intervalMs() || (state.paused() && !after.paused())) {
                next = System.nanoTime();
            }
            changed = !after.equals(state);
            state = after;
        }
    }

    private Key next(long waitMs) throws IOException {
        try {
            return keys.next(waitMs);
        } catch (ClosedException e) {
            // The process is ending, and the hook has given the terminal back.
            return Key.of(Key.Kind.INTERRUPT);
        }
    }

    private TopState draw(Sample sample, TopState state) {
        Size size = terminal.getSize();
        // A terminal that does not say its size is taken for the smallest that was ever common.
        int rows = size.getRows() > 0 ? size.getRows() : 24;
        int columns = size.getColumns() > 0 ? size.getColumns() : 80;
        TopFrame frame = TopFrame.of(sample, state, rows, columns, look);
        List<String> lines = new ArrayList<>();
        frame.lines().forEach(line -> lines.add(line.ansi(colours)));
        write("\033[H" + String.join("\033[K\r\n", lines) + "\033[K\033[J");
        return frame.state();
    }

    private synchronized void write(String text) {
        if (!closed) {
            terminal.writer().write(text);
            terminal.writer().flush();
        }
    }

    private synchronized void restore() {
        if (closed) {
            return;
        }
        closed = true;
        terminal.writer().write("\033[0m");
        terminal.puts(Capability.exit_ca_mode);
        terminal.puts(Capability.cursor_normal);
        terminal.flush();
        terminal.setAttributes(before);
        closeQuietly(terminal);
    }

    private static void closeQuietly(Terminal terminal) {
        try {
            terminal.close();
        } catch (IOException e) {
            // It is gone; nobody is left who could be told.
            return;
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook has done its work.
            return;
        }
    }
}
