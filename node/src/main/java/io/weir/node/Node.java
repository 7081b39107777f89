package io.weir.node;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.InterfaceFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ProcessorsConfiguration;
import io.weir.linux.Affinity;
import io.weir.linux.Polling;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.PacketStorage;
import io.weir.memory.packet.PoolView;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.port.afpacket.AfPacketOptions;
import io.weir.port.afpacket.AfPacketPort;
import io.weir.switching.engine.Idle;
import io.weir.switching.engine.IdleMode;
import io.weir.switching.engine.PollLoop;
import io.weir.switching.engine.SwitchingProcessor;
import io.weir.switching.filter.ProcessorContext;
import io.weir.wire.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
    private final List<Port> ports = new ArrayList<>();
    private final List<PollLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Polling> polls = new ArrayList<>();
    private final AtomicIntegerArray beats;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable AdminServer admin;
    private List<InterfaceFacts> appliedFacts = List.of();
    private volatile boolean closing;

    private Node(NodeConfiguration configuration, NodeMemory memory) {
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
        keepOffSwitchingCpus(configuration.processors());
        NodeMemory memory = NodeMemory.create(configuration);
        boolean complete = false;
        Node node = new Node(configuration, memory);
        try {
            WarmUp.once();
            node.open(cause);
            complete = true;
            return node;
        } finally {
            if (!complete) {
                node.close();
            }
        }
    }

    /** Every thread of this process so far, and those they start, stay on the control CPUs when some are configured. */
    private static void keepOffSwitchingCpus(ProcessorsConfiguration processors) throws IOException {
        if (processors.control().isEmpty()) {
            return;
        }
        BitSet cpus = new BitSet();
        processors.control().forEach(cpus::set);
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                Affinity.restrict(Integer.parseInt(task.getFileName().toString()), cpus);
            }
        }
    }

    private void open(String cause) throws ConfigurationRefusedException, IOException {
        int processors = beats.length();
        int[] owner = assignment();
        // One view for each switching processor and one for the control processor.
        PacketStorage storage = memory.storage(processors + 1);
        List<ProcessorContext> contexts = new ArrayList<>();
        List<List<Port>> polled = new ArrayList<>();
        for (int processor = 0; processor < processors; processor++) {
            PoolView pool = storage.view(processor);
            ProcessorCounters counters = memory.counters(processor);
            FrameOwners owners = new FrameOwners(pool);
            @Nullable Port[] byId = new Port[configuration.interfaces().size() + 1];
            List<Port> mine = new ArrayList<>();
            for (int id = 1; id < byId.length; id++) {
                boolean receives = owner[id - 1] == processor;
                Port port = openPort(id, receives, owners, counters);
                byId[id] = port;
                ports.add(port);
                if (receives) {
                    mine.add(port);
                }
            }
            contexts.add(new ProcessorContext(
                    owners,
                    counters,
                    memory.configurationReader(processor),
                    memory.routeReader(processor),
                    memory.neighbours(),
                    memory.switchingConnections4(),
                    memory.switchingConnections6(),
                    processor,
                    processors,
                    byId));
            polled.add(mine);
        }
        appliedFacts = facts();
        table.apply(configuration, appliedFacts, cause);
        for (int processor = 0; processor < processors; processor++) {
            startProcessor(processor, contexts.get(processor), polled.get(processor));
        }
        Thread.ofPlatform().name("control").daemon().start(this::control);
        admin = AdminServer.open(configuration.name(), this::answer);
    }

    /** The switching processor that polls each interface: as configured, the rest evenly. */
    private int[] assignment() {
        int processors = beats.length();
        int[] owner = new int[configuration.interfaces().size()];
        int[] load = new int[processors];
        for (int i = 0; i < owner.length; i++) {
            owner[i] = configuration.interfaces().get(i).processor();
            if (owner[i] >= 0) {
                load[owner[i]]++;
            }
        }
        for (int i = 0; i < owner.length; i++) {
            if (owner[i] < 0) {
                int least = 0;
                for (int processor = 1; processor < processors; processor++) {
                    least = load[processor] < load[least] ? processor : least;
                }
                owner[i] = least;
                load[least]++;
            }
        }
        return owner;
    }

    private Port openPort(int id, boolean receives, FrameOwners owners, ProcessorCounters counters) {
        InterfaceConfiguration face = configuration.interfaces().get(id - 1);
        AfPacketOptions options = receives
                ? AfPacketOptions.receiving(id, face.device(), owners, counters)
                : AfPacketOptions.transmitting(id, face.device(), owners, counters);
        // A link-layer address of our own reaches us only past the device's filter.
        return AfPacketPort.open(face.linkAddress() == null ? options : options.withPromiscuous());
    }

    private List<InterfaceFacts> facts() {
        List<InterfaceFacts> facts = new ArrayList<>();
        for (int i = 0; i < configuration.interfaces().size(); i++) {
            var capabilities = ports.get(i).capabilities();
            facts.add(new InterfaceFacts(new MacAddress(capabilities.linkAddress()), capabilities.mtu()));
        }
        return facts;
    }

    private void startProcessor(int processor, ProcessorContext context, List<Port> polled) {
        Polling polling = new Polling(Math.max(1, polled.size()));
        polls.add(polling);
        PollLoop loop = new PollLoop(
                new SwitchingProcessor(context, polled),
                memory.map()::nowMs,
                configuration.processors().idle() == ProcessorsConfiguration.Idle.BUSY
                        ? IdleMode.BUSY
                        : IdleMode.ADAPTIVE,
                idle(polling, polled),
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

    /** Sleeps in poll(2) until one of the ports has a frame; ports may have new descriptors after an interface came back. */
    private static Idle idle(Polling polling, List<Port> polled) {
        return timeoutMs -> {
            polling.clear();
            for (int i = 0; i < polled.size(); i++) {
                polling.add(polled.get(i).pollDescriptor(), Polling.READABLE);
            }
            polling.await(timeoutMs);
        };
    }

    private void control() {
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
                followInterfaces();
                TimeUnit.MILLISECONDS.sleep(BEAT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An interface that came back may have another link-layer address or MTU; the configuration in force learns it. */
    private synchronized void followInterfaces() {
        List<InterfaceFacts> found = facts();
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
        List<InterfaceFacts> found = facts();
        ConfigurationTable.Applied applied = table.apply(next, found, cause);
        appliedFacts = found;
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
            ports.forEach(Port::close);
            polls.forEach(Polling::close);
        }
        try {
            Files.deleteIfExists(configuration.memory().file());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "removing the map file: " + e.getMessage());
        }
        stopped.countDown();
    }
}
