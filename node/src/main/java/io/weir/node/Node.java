package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ProcessorsConfiguration;
import io.weir.linux.Affinity;
import io.weir.switching.engine.IdleMode;
import io.weir.switching.engine.PollLoop;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.Handshakes;
import io.weir.switching.filter.ProcessorContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * A running node: the shared memory, one thread per switching processor that polls its interfaces, and the control
 * loop. The thread that makes it decides the network namespace of its interfaces.
 */
final class Node implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Node.class.getName());
    private static final int BEAT_MS = 200;
    /** A processor that has not finished a duty cycle for so long is reported. */
    private static final int STUCK_MS = 2000;

    private static final long STOP_SECONDS = 5;

    private final NodeConfiguration configuration;
    private final NodeMemory memory;
    private final ConfigurationTable table;
    private final CpuPlacement placement;
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<ProcessorIdle> idles = new ArrayList<>();
    private final AtomicIntegerArray beats;
    private final Handshakes handshakes = new Handshakes();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable NodePorts ports;
    private @Nullable AdminServer admin;
    private List<InterfaceFacts> appliedFacts = List.of();
    private volatile boolean closing;

    private Node(NodeConfiguration configuration, NodeMemory memory, CpuPlacement placement) {
        this.placement = placement;
        this.configuration = configuration;
        this.memory = memory;
        this.table = memory.configurationTable();
        this.beats =
                new AtomicIntegerArray(configuration.processors().switching().size());
    }

    /**
     * Starts a node.
     *
     * @param cause what to record as the cause of the first generation
     */
    static Node start(NodeConfiguration configuration, String cause) throws ConfigurationRefusedException, IOException {
        CpuPlacement placement = CpuPlacement.of(configuration.processors());
        NodePlan plan = NodePlan.of(configuration);
        NodeMemory memory = NodeMemory.create(configuration, plan);
        boolean complete = false;
        Node node = new Node(configuration, memory, placement);
        try {
            WarmUp.once();
            node.open(plan, cause);
            complete = true;
            return node;
        } finally {
            if (!complete) {
                node.close();
            }
        }
    }

    private void open(NodePlan plan, String cause) throws ConfigurationRefusedException, IOException {
        NodePorts opened = NodePorts.open(configuration, plan, memory);
        ports = opened;
        placement.steer(configuration);
        appliedFacts = opened.facts();
        table.apply(configuration, appliedFacts, cause);
        opened.select(configuration);
        opened.processors().forEach(this::startProcessor);
        Thread.ofPlatform().name("control").daemon().start(() -> control(opened));
        admin = AdminServer.open(configuration.name(), this::answer);
    }

    private void startProcessor(ProcessorPorts handles) {
        int processor = handles.processor;
        ProcessorContext context = new ProcessorContext(
                handles.owners,
                handles.counters,
                memory.configurationReader(processor),
                memory.routeReader(processor),
                memory.neighbours(),
                memory.switchingConnections4(),
                memory.switchingConnections6(),
                processor,
                beats.length(),
                handles.byId,
                handshakes);
        ProcessorDuty duty = new ProcessorDuty(new SwitchingProcessor(context, handles.polled), handles);
        ProcessorIdle idle = new ProcessorIdle(duty, handles.polled, handles.wakeUp);
        idles.add(idle);
        PollLoop loop = new PollLoop(
                duty,
                memory.map()::nowMicros,
                configuration.processors().idle() == ProcessorsConfiguration.Idle.BUSY
                        ? IdleMode.BUSY
                        : IdleMode.ADAPTIVE,
                idle,
                now -> beats.lazySet(processor, now),
                defect -> LOG.log(System.Logger.Level.ERROR, "switching processor " + processor, defect));
        loops.add(loop);
        int cpu = configuration.processors().switching().get(processor);
        beats.set(processor, memory.map().nowMs());
        threads.add(Thread.ofPlatform().name("switching-" + processor).start(() -> {
            if (cpu >= 0) {
                Affinity.pin(cpu);
            }
            loop.run();
        }));
    }

    private void control(NodePorts opened) {
        boolean[] stuck = new boolean[beats.length()];
        try {
            while (!closing) {
                int now = memory.map().nowMs();
                memory.map().beat(now);
                for (int processor = 0; processor < stuck.length; processor++) {
                    boolean late = now - beats.get(processor) > STUCK_MS;
                    if (late && !stuck[processor]) {
                        LOG.log(
                                System.Logger.Level.ERROR,
                                "switching processor " + processor + " has not finished a duty cycle for " + STUCK_MS
                                        + " ms");
                    }
                    stuck[processor] = late;
                }
                opened.follow();
                followInterfaces(opened);
                TimeUnit.MILLISECONDS.sleep(BEAT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An interface that came back may have another link-layer address or MTU; the configuration in force learns it. */
    private synchronized void followInterfaces(NodePorts opened) {
        List<InterfaceFacts> found = opened.facts();
        NodeConfiguration running = table.configuration();
        if (running == null || closing || found.equals(appliedFacts)) {
            return;
        }
        try {
            apply(running, "an interface has another link-layer address or MTU");
        } catch (ConfigurationRefusedException e) {
            LOG.log(System.Logger.Level.ERROR, "following an interface: " + e.getMessage());
        }
    }

    private AdminServer.Answer answer(String verb, String body) {
        if (!verb.equals("apply")) {
            return new AdminServer.Answer(ExitStatus.REFUSED, "unknown request '" + verb + "'");
        }
        int end = body.indexOf('\n');
        if (end < 0) {
            return new AdminServer.Answer(ExitStatus.REFUSED, "apply: no file name");
        }
        String file = body.substring(0, end);
        try {
            return new AdminServer.Answer(
                    ExitStatus.OK, apply(ConfigurationLoader.parse(file, body.substring(end + 1)), "apply " + file));
        } catch (ConfigurationException | ConfigurationRefusedException e) {
            return new AdminServer.Answer(ExitStatus.REFUSED, e.getMessage() + "\nNothing was changed.");
        }
    }

    /** Changes the configuration and says what changed; a configuration that is refused changes nothing. */
    synchronized String apply(NodeConfiguration next, String cause) throws ConfigurationRefusedException {
        NodePorts opened = Objects.requireNonNull(ports);
        List<InterfaceFacts> found = opened.facts();
        ConfigurationTable.Applied applied = table.apply(next, found, cause);
        appliedFacts = found;
        opened.select(next);
        String text = "generation " + applied.generation() + " is in force (" + cause + ")"
                + (applied.diff().isEmpty()
                        ? ": no change"
                        : "\n  " + String.join("\n  ", applied.diff().lines()));
        LOG.log(System.Logger.Level.INFO, text);
        return text;
    }

    /** Reads the file again, as SIGHUP asks; problems are logged and change nothing. */
    void reload(Path file) {
        try {
            apply(ConfigurationLoader.load(file), "SIGHUP " + file);
        } catch (ConfigurationException | ConfigurationRefusedException e) {
            LOG.log(System.Logger.Level.ERROR, "nothing was changed:\n" + e.getMessage());
        }
    }

    /** Waits until the node was closed. */
    void await() throws InterruptedException {
        stopped.await();
    }

    /** Ends the loops, closes the ports and removes the map file. */
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (admin != null) {
            admin.close();
        }
        loops.forEach(PollLoop::stop);
        boolean ended = true;
        for (Thread thread : threads) {
            try {
                ended &= thread.join(java.time.Duration.ofSeconds(STOP_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended = false;
            }
        }
        // Memory under a thread that still runs must stay mapped; the process ends anyway.
        if (ended) {
            if (ports != null) {
                ports.close();
            }
            idles.forEach(ProcessorIdle::close);
        }
        placement.close();
        try {
            Files.deleteIfExists(configuration.memory().file());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "removing the map file: " + e.getMessage());
        }
        stopped.countDown();
    }
}
