package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ProcessorsConfiguration;
import io.weir.linux.Affinity;
import io.weir.node.application.ApplicationLoader;
import io.weir.node.application.LoadedApplications;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    private final CpuPlacement placement;
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<ProcessorIdle> idles = new ArrayList<>();
    private final AtomicIntegerArray beats;
    private final Handshakes handshakes = new Handshakes();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable NodePorts ports;
    private final @Nullable ControlInterface controlInterface;
    private final NodeApplications applications;
    private @Nullable NodeControl control;
    private @Nullable Management management;
    private volatile boolean closing;

    private Node(
            NodeConfiguration configuration,
            NodeMemory memory,
            CpuPlacement placement,
            @Nullable ControlInterface controlInterface,
            NodeApplications applications) {
        this.applications = applications;
        this.placement = placement;
        this.controlInterface = controlInterface;
        this.configuration = configuration;
        this.memory = memory;
        this.beats =
                new AtomicIntegerArray(configuration.processors().switching().size());
    }

    /**
     * Starts a node.
     *
     * @param text the configuration file as it was read
     * @param cause what to record as the cause of the first generation
     */
    static Node start(NodeConfiguration configuration, String text, String cause)
            throws ConfigurationException, ConfigurationRefusedException, IOException {
        LoadedApplications loaded = ApplicationLoader.load(configuration);
        CpuPlacement placement = CpuPlacement.of(configuration.processors());
        NodePlan plan = NodePlan.of(configuration).withControl(configuration);
        NodeMemory memory = NodeMemory.create(configuration, plan, NodeApplications.descriptions(loaded));
        boolean complete = false;
        @Nullable Node node = null;
        @Nullable ControlInterface controlInterface = null;
        try {
            // The private network is made meanwhile: the kernel takes its time for a namespace.
            FutureTask<@Nullable ControlInterface> opening = new FutureTask<>(() -> openControl(configuration));
            Thread.ofPlatform().name("control-interface").daemon().start(opening);
            WarmUp.once();
            controlInterface = result(opening);
            NodeApplications applications = new NodeApplications(
                    loaded,
                    memory.applications(),
                    configuration.processors().switching().size());
            node = new Node(configuration, memory, placement, controlInterface, applications);
            node.open(controlInterface == null ? plan.withoutControl() : plan, text, cause);
            complete = true;
            return node;
        } finally {
            if (!complete) {
                if (node != null) {
                    node.close();
                } else {
                    placement.close();
                    loaded.close();
                    Files.deleteIfExists(configuration.memory().file());
                }
            }
        }
    }

    /** Without it a node balances all the same, unless its configuration needs it. */
    private static @Nullable ControlInterface openControl(NodeConfiguration configuration) {
        try {
            return ControlInterface.open(configuration);
        } catch (NodeException e) {
            if (ControlInterface.isNeeded(configuration)) {
                throw e;
            }
            LOG.log(System.Logger.Level.INFO, "no control interface: " + e.getMessage());
            return null;
        }
    }

    private static @Nullable ControlInterface result(FutureTask<@Nullable ControlInterface> opening)
            throws IOException {
        try {
            return opening.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IOException("opening the control interface", e);
        }
    }

    private void open(NodePlan plan, String text, String cause) throws ConfigurationRefusedException, IOException {
        NodePorts opened = NodePorts.open(configuration, plan, memory);
        ports = opened;
        placement.steer(configuration);
        ConfigurationTable table = memory.configurationTable();
        if (controlInterface != null) {
            table.controlInterface(controlInterface.facts(configuration));
        }
        HostInterface host = opened.host();
        if (host != null) {
            table.hostInterface(host.facts());
        }
        NodeControl started = new NodeControl(
                memory,
                table,
                opened::facts,
                controlInterface == null ? null : controlInterface.network(),
                each -> follow(opened, each));
        control = started;
        started.apply(configuration, text, cause);
        opened.processors().forEach(this::startProcessor);
        if (host != null) {
            host.start();
        }
        started.listen(configuration);
        Thread.ofPlatform().name("control").daemon().start(() -> control(opened, started));
        management = Management.start(configuration, new NodeManagement(memory, started, applications));
    }

    /** What else has to know of a configuration that came into force. */
    private void follow(NodePorts opened, NodeConfiguration next) {
        opened.select(next);
        if (controlInterface != null) {
            controlInterface.configure(next);
        }
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
                handshakes,
                applications.slots(processor));
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

    private void control(NodePorts opened, NodeControl deciding) {
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
                deciding.followInterfaces();
                applications.watch(now);
                deciding.follow(applications.health(deciding.wanted().configuration(), now));
                deciding.tick();
                TimeUnit.MILLISECONDS.sleep(BEAT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the file again, as SIGHUP asks; problems are logged and change nothing. */
    void reload(Path file) {
        try {
            ConfigurationLoader.Loaded loaded = ConfigurationLoader.loadWithText(file);
            NodeControl running = Objects.requireNonNull(control);
            ApplicationLoader.check(
                    loaded.configuration(), running.wanted().configuration().applications());
            running.apply(loaded.configuration(), loaded.text(), "SIGHUP " + file);
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
        if (management != null) {
            management.close();
        }
        if (control != null) {
            control.close();
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
        if (ports != null && ports.host() != null) {
            ended &= ports.host().stop();
        }
        // Memory under a thread that still runs must stay mapped; the process ends anyway.
        if (ended) {
            if (ports != null) {
                ports.close();
            }
            idles.forEach(ProcessorIdle::close);
            applications.close();
        }
        if (controlInterface != null) {
            controlInterface.close();
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
