package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Runs scenarios over links of the kernel, several at a time, each in a network of its own: most of a run is waiting until
 * the kernel has let go of sockets and programs. The outcome of each is kept until it is asked for.
 */
final class SideBySide implements AutoCloseable {
    private static final int NETWORKS = 4;

    private final List<VethNetwork> networks = new ArrayList<>();
    private final BlockingQueue<VethNetwork> free = new ArrayBlockingQueue<>(NETWORKS);
    private final ExecutorService threads = Executors.newFixedThreadPool(NETWORKS);
    private final Map<String, Future<?>> outcomes = new HashMap<>();

    void build() {
        for (int k = 0; k < NETWORKS; k++) {
            VethNetwork network = new VethNetwork();
            networks.add(network);
            network.build(VethNetwork.CONTROL_LINKS, 1);
            free.add(network);
        }
    }

    /** The namespace of weir in one of the networks, which are all alike. */
    String inside() {
        return networks.getFirst().inside();
    }

    /** Has scenarios run over the links that {@code links} makes in a network. */
    void start(String kind, List<Scenario> scenarios, Function<VethNetwork, Links> links) {
        for (Scenario scenario : scenarios) {
            Future<?> outcome = threads.submit(() -> {
                VethNetwork network = free.take();
                try {
                    ScenarioRun.over(links.apply(network), scenario);
                } finally {
                    free.add(network);
                }
                return null;
            });
            assertThat(outcomes.put(kind + scenario.name(), outcome)).isNull();
        }
    }

    /** Waits for a scenario and throws what it has thrown. */
    void await(String kind, Scenario scenario) throws InterruptedException {
        try {
            Objects.requireNonNull(outcomes.get(kind + scenario.name())).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw new AssertionError(scenario.name(), e.getCause());
        }
    }

    @Override
    public void close() {
        threads.close();
        networks.forEach(VethNetwork::close);
    }
}
