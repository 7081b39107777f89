package io.weir.agent.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Counts connections in {@code /proc/net/tcp} and {@code tcp6} as they stream by: a buffer and no garbage, whatever their
 * number. The kernel lists listening sockets first.
 *
 * <pre>
 *     sl  local_address rem_address   st ...
 *      0: 0100007F:1F90 00000000:0000 0A ...
 * </pre>
 */
final class TcpTable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int ESTABLISHED = 0x01;
    private static final int LISTENING = 0x0a;
    private static final int PORTS = 1 << 16;

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final BitSet wanted;
    private final BitSet listening = new BitSet(PORTS);

    /** Counts at these local ports; at those that somebody listens on when there are none. */
    TcpTable(BitSet ports) {
        wanted = (BitSet) ports.clone();
    }

    /** Number of established connections in one file; 0 when there is no such file, as tcp6 without IPv6. */
    long count(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        listening.clear();
        try (InputStream in = Files.newInputStream(file)) {
            return count(in);
        }
    }

    private long count(InputStream in) throws IOException {
        long established = 0;
        int colons = 0;
        int port = 0;
        int spaces = 0;
        int state = 0;
        boolean blank = true;
        boolean done = true; // the heading
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            for (int i = 0; i < n; i++) {
                int c = buffer[i];
                if (c == '\n') {
                    colons = 0;
                    port = 0;
                    spaces = 0;
                    state = 0;
                    blank = true;
                    done = false;
                } else if (!done) {
                    // fields are counted by the blanks before them: 1 number, 2 local, 3 remote, 4 state
                    if (c == ' ') {
                        if (spaces == 4 && !blank) {
                            done = true;
                            established += entry(port, state);
                        }
                        blank = true;
                    } else {
                        if (blank) {
                            spaces++;
                            colons = 0;
                            blank = false;
                        }
                        if (c == ':') {
                            colons++;
                        } else if (spaces == 2 && colons == 1) {
                            port = port << 4 | Character.digit(c, 16);
                        } else if (spaces == 4) {
                            state = state << 4 | Character.digit(c, 16);
                        }
                    }
                }
            }
        }
        return established;
    }

    private int entry(int port, int state) {
        if (state == LISTENING) {
            listening.set(port & PORTS - 1);
            return 0;
        }
        BitSet ports = wanted.isEmpty() ? listening : wanted;
        return state == ESTABLISHED && ports.get(port & PORTS - 1) ? 1 : 0;
    }
}
