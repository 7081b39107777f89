package io.weir.node;

import io.weir.agent.ReceiverAddress;
import io.weir.agent.SourceOptions;
import io.weir.agent.source.PrometheusMapping;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Application sources in the order of the command line of {@code weir agent}; each {@code --metric} belongs to the one before. */
final class AgentSources {
    private final List<SourceOptions> sources = new ArrayList<>();

    /** Takes an option with its value; the message of an {@link IllegalArgumentException} says what is wrong. */
    private void add(String option, String value) {
        switch (option) {
            case "--prometheus" ->
                sources.add(new SourceOptions.Prometheus(url(option, value), PrometheusMapping.NONE));
            case "--metric" -> {
                if (sources.isEmpty() || !(sources.getLast() instanceof SourceOptions.Prometheus last)) {
                    throw new IllegalArgumentException(
                            option + " " + value + ": stands after no --prometheus URL, to which it belongs");
                }
                sources.removeLast();
                sources.add(new SourceOptions.Prometheus(last.url(), mapping(last.mapping(), value)));
            }
            case "--nginx" -> sources.add(new SourceOptions.Nginx(url(option, value)));
            case "--http" -> sources.add(new SourceOptions.Http(url(option, value)));
            case "--file" -> sources.add(new SourceOptions.File(Path.of(value), Duration.ZERO));
            case "--command" -> sources.add(new SourceOptions.Command(value));
            default -> throw new IllegalStateException(option);
        }
    }

    private static PrometheusMapping mapping(PrometheusMapping mapping, String value) {
        try {
            return mapping.with(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--metric: " + e.getMessage(), e);
        }
    }

    private static URI url(String option, String value) {
        try {
            URI url = new URI(value);
            if (ReceiverAddress.isHttp(url)) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" is no URL: " + e.getReason(), e);
        }
        throw new IllegalArgumentException(
                option + ": \"" + value + "\" is no URL of http or https, such as http://127.0.0.1:8080/metrics");
    }

    /**
     * All sources.
     *
     * @param maxAge of all files, wherever the option stands
     * @throws IllegalArgumentException when one makes no sense; the message says why
     */
    List<SourceOptions> options(Duration maxAge) {
        List<SourceOptions> options = new ArrayList<>();
        for (SourceOptions source : sources) {
            if (source instanceof SourceOptions.Prometheus p
                    && p.mapping().values().isEmpty()) {
                throw new IllegalArgumentException("--prometheus " + p.url()
                        + ": which series are which metric? (add --metric requests=NAME or the like after it)");
            }
            options.add(source instanceof SourceOptions.File f ? new SourceOptions.File(f.file(), maxAge) : source);
        }
        return options;
    }

    /** Takes the options as they come. */
    static final class InOrder implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> values, ArgSpec argument, CommandSpec command) {
            String option = ((OptionSpec) argument).longestName();
            if (values.isEmpty()) {
                throw new ParameterException(command.commandLine(), option + ": its value is missing");
            }
            try {
                ((AgentCommand) command.userObject()).sources().add(option, values.pop());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()));
            }
        }
    }
}
