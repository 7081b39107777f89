package io.weir.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A load agent beside a lab server that has a capacity; its process is ended with the network. */
public final class LabAgent {
    private LabAgent() {}

    /**
     * Starts {@code weir agent} in a server's station.
     *
     * @param weir the command line of weir, without a subcommand
     * @param to receivers as the agent's {@code --to} takes them
     * @param keyId number of the key
     * @param keyFile the key
     * @param log takes what the agent prints
     */
    public static Process start(
            Station station,
            List<String> weir,
            String server,
            String to,
            int keyId,
            Path keyFile,
            Duration interval,
            Path log) {
        List<String> command = new ArrayList<>(weir);
        command.addAll(List.of(
                "agent",
                "--server",
                server,
                "--to",
                to,
                "--key",
                keyId + ":" + keyFile,
                "--interval",
                interval.toMillis() + "ms",
                "--prometheus",
                "http://127.0.0.1:" + LabServer.HTTP_PORT + "/metrics",
                "--metric",
                "clients=" + LabServer.CLIENTS,
                "--metric",
                "cpu=" + LabServer.CPU,
                "--metric",
                "requests=" + LabServer.REQUESTS,
                "--metric",
                "execution=" + LabServer.EXECUTION + "_sum/" + LabServer.EXECUTION + "_count"));
        return station.start(command, log);
    }
}
