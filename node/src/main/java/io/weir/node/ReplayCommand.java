package io.weir.node;

import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.port.pcap.PcapException;
import io.weir.port.pcap.PcapReader;
import io.weir.port.pcap.PcapWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir replay -c FILE in.pcap out.pcap}. */
@Command(
        name = "replay",
        description = {
            "Runs the shipping data path over a capture: a verdict per packet and a summary. Needs no privileges.",
            "The capture's clock is the node's clock. Next hops answer at once with made-up link-layer addresses, and an"
                    + " interface without a configured link-address takes the one the capture's frames were sent to,"
                    + " so a capture taken anywhere can be replayed. The same input gives the same verdicts every time."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--configuration"},
            paramLabel = "FILE",
            defaultValue = "weir.yaml",
            description = "the configuration (default: ${DEFAULT-VALUE})")
    private Path file = Path.of("weir.yaml");

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "interface the packets come in by; by default the one whose network or route has the source")
    private @Nullable String ingress;

    @Option(names = "--quiet", description = "print only the summary")
    private boolean quiet;

    @Parameters(index = "0", paramLabel = "IN", description = "a capture, pcap or pcapng")
    private Path in = Path.of("in.pcap");

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            arity = "0..1",
            description = "where to write what leaves the node, as pcap")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        NodeConfiguration configuration = ConfigurationLoader.load(file);
        PrintWriter print = spec.commandLine().getOut();
        try (Replay replay = Replay.prepare(configuration, in, ingress)) {
            try (PcapReader reader = PcapReader.open(in);
                    PcapWriter writer = out == null ? null : PcapWriter.create(out)) {
                replay.run(reader, writer, quiet ? line -> {} : print::println);
            }
            print.print(replay.summary());
            print.flush();
        } catch (PcapException e) {
            throw new NodeException(ExitStatus.REFUSED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new NodeException(ExitStatus.UNAVAILABLE, "replay: " + e);
        }
        return ExitStatus.OK;
    }
}
