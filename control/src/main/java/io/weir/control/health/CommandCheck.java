package io.weir.control.health;

import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.network.ControlNetwork;
import io.weir.wire.IpAddress;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program whose exit status tells how a server is, and the first line of its output why. */
final class CommandCheck {
    /** Of the output; the rest is read and forgotten, so that the program is not held up. */
    private static final int KEPT_BYTES = 4096;

    private static final int LOOK_MS = 20;

    private CommandCheck() {}

    static ProbeResult run(
            ControlNetwork network,
            CommandProbe probe,
            String server,
            IpAddress address,
            Deadline deadline,
            Duration timeout)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(probe.command()).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().put("WEIR_SERVER", server);
        builder.environment().put("WEIR_ADDRESS", address.toString());
        Process process = network.start(builder);
        try {
            return follow(process, deadline, timeout);
        } finally {
            kill(process);
        }
    }

    /** Looks at the output from time to time: its end may never come, when a program leaves a child behind. */
    private static ProbeResult follow(Process process, Deadline deadline, Duration timeout)
            throws IOException, InterruptedException {
        byte[] kept = new byte[KEPT_BYTES];
        int length = 0;
        InputStream output = process.getInputStream();
        while (true) {
            long leftMs = deadline.left().toMillis();
            boolean ended = process.waitFor(Math.min(LOOK_MS, leftMs), TimeUnit.MILLISECONDS);
            length = read(output, kept, length);
            if (ended) {
                String line = firstLine(kept, length);
                int status = process.exitValue();
                return status == 0
                        ? ProbeResult.good(line.isEmpty() ? "exit status 0" : line)
                        : ProbeResult.bad("exit status " + status + (line.isEmpty() ? "" : ": " + line));
            }
            if (leftMs == 0) {
                return ProbeResult.bad("not finished within " + timeout.toMillis() + " ms");
            }
        }
    }

    /** Reads what is there, keeps the beginning and returns how much is kept. */
    private static int read(InputStream output, byte[] kept, int length) throws IOException {
        int have = length;
        byte[] rest = new byte[KEPT_BYTES];
        // a bound, so that a program that never stops writing does not keep us here
        for (int round = 0; round < 64; round++) {
            int available = output.available();
            if (available <= 0) {
                break;
            }
            int count = output.read(rest, 0, Math.min(available, rest.length));
            if (count < 0) {
                break;
            }
            int more = Math.min(count, kept.length - have);
            System.arraycopy(rest, 0, kept, have, more);
            have += more;
        }
        return have;
    }

    private static String firstLine(byte[] kept, int length) {
        String text = new String(kept, 0, length, StandardCharsets.UTF_8).strip();
        return Words.line(text.lines().findFirst().orElse(""));
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
        for (AutoCloseable stream :
                List.of(process.getInputStream(), process.getErrorStream(), process.getOutputStream())) {
            try {
                stream.close();
            } catch (Exception e) {
                // the process is gone
            }
        }
    }
}
