package io.weir.node;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl;
import io.weir.application.ApplicationPlan;
import io.weir.application.NetworkApplication;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.control.health.HealthEvent;
import io.weir.linux.ThreadTime;
import io.weir.management.ManagedNode.ApplicationAnswer;
import io.weir.management.ManagedNode.RefusedException;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.application.ApplicationDescription;
import io.weir.memory.application.ApplicationState;
import io.weir.memory.application.ApplicationTable;
import io.weir.node.application.LoadedApplication;
import io.weir.node.application.LoadedApplications;
import io.weir.switching.application.ApplicationClock;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The network applications of a running node: makes their parts on the switching processors and on the control processor, and
 * watches them. An application whose parts cannot be made is stopped from the beginning; the node runs without it.
 */
final class NodeApplications implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeApplications.class.getName());

    private final LoadedApplications loaded;
    private final ApplicationTable table;
    private final ApplicationStates states;
    private final int processors;
    private final List<@Nullable ApplicationControl> controls = new ArrayList<>();
    private final List<ApplicationSlot> slots = new ArrayList<>();
    /** What was logged. */
    private final Set<String> known = new HashSet<>();

    /** @param table that describes these applications */
    NodeApplications(LoadedApplications loaded, ApplicationTable table, int processors) {
        this.loaded = loaded;
        this.table = table;
        this.processors = processors;
        this.states = new ApplicationStates(table);
        for (int k = 0; k < loaded.all().size(); k++) {
            controls.add(control(k));
        }
    }

    /** What the shared memory is to say of them. */
    static List<ApplicationDescription> descriptions(LoadedApplications loaded) {
        return loaded.all().stream()
                .map(each -> new ApplicationDescription(
                        each.name(),
                        each.configuration().type(),
                        each.id(),
                        each.configuration().fallback().name().toLowerCase(Locale.ROOT),
                        each.configuration().budget().toNanos(),
                        each.plan().counters(),
                        each.plan().dropReasons(),
                        each.plan().sharedBytes()))
                .toList();
    }

    private ApplicationContext context(int application, int processor) {
        LoadedApplication each = loaded.all().get(application);
        ApplicationBlock block = table.block(application, processor);
        return new ApplicationContext(
                each.settings(), each.claims(), processor, processors, block::addCounter, table.shared(application));
    }

    private @Nullable ApplicationControl control(int application) {
        LoadedApplication each = loaded.all().get(application);
        try {
            return each.provider().control(context(application, processors));
        } catch (LinkageError | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "application " + each.name() + ": its part on the control processor cannot be made",
                    e);
            return null;
        }
    }

    /** The parts of a switching processor, before it starts. */
    List<ApplicationSlot> slots(int processor) {
        List<ApplicationSlot> made = new ArrayList<>();
        for (int k = 0; k < loaded.all().size(); k++) {
            made.add(slot(k, processor));
        }
        slots.addAll(made);
        return made;
    }

    private ApplicationSlot slot(int application, int processor) {
        LoadedApplication each = loaded.all().get(application);
        ApplicationBlock block = table.block(application, processor);
        NetworkApplication part = packets -> {};
        try {
            NetworkApplication made = each.provider().create(context(application, processor));
            if (made == null) {
                block.stop("could not be made: its provider made nothing");
            } else {
                part = made;
            }
        } catch (LinkageError | RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "application " + each.name() + " cannot be made", e);
            block.stop("could not be made: " + e);
        }
        ApplicationPlan plan = each.plan();
        return new ApplicationSlot(
                each.name(),
                each.id(),
                part,
                plan.timerMs(),
                each.configuration().budget().toNanos(),
                Fallback.valueOf(each.configuration().fallback().name()),
                block,
                new Clock());
    }

    /** Reads the processor time of the thread that asks. */
    private static final class Clock implements ApplicationClock {
        private final ThreadTime processor = new ThreadTime();

        @Override
        public long wallNanos() {
            return System.nanoTime();
        }

        @Override
        public long processorNanos() {
            return processor.nanos();
        }
    }

    List<String> names() {
        return loaded.all().stream().map(LoadedApplication::name).toList();
    }

    /** An application's own answer. */
    ApplicationAnswer ask(String name, String method, String path, String body) throws RefusedException {
        int application = names().indexOf(name);
        ApplicationControl control = application < 0 ? null : controls.get(application);
        if (control == null) {
            throw new RefusedException(
                    RefusedException.Kind.UNKNOWN,
                    application < 0
                            ? "there is no application " + name
                            : "application " + name + " answers no requests");
        }
        ApplicationControl.Answer answer;
        synchronized (control) {
            answer = control.handle(method, path, body);
        }
        return new ApplicationAnswer(answer.status(), answer.json());
    }

    /** How the servers of a configuration are that are applications. */
    List<HealthEvent> health(NodeConfiguration configuration, int nowMs) {
        List<HealthEvent> events = new ArrayList<>();
        for (ServerConfiguration server : configuration.servers()) {
            int application = server.application() == null ? -1 : names().indexOf(server.application());
            if (application >= 0) {
                events.add(states.health(server.name(), application, nowMs));
            }
        }
        return events;
    }

    /** Says once in the log what was stopped, and why. */
    void watch(int nowMs) {
        for (int k = 0; k < loaded.all().size(); k++) {
            for (int processor = 0; processor < processors; processor++) {
                ApplicationBlock block = table.block(k, processor);
                boolean isStopped = block.state() == ApplicationState.STOPPED;
                boolean hangs = ApplicationStates.hangs(block, nowMs);
                String where = "application " + loaded.all().get(k).name() + " on switching processor " + processor;
                if (isStopped && known.add(where)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            where + " is stopped: " + block.reason() + " (fallback: "
                                    + table.description(k).fallback() + ")");
                } else if (hangs && known.add(where + " hangs")) {
                    LOG.log(System.Logger.Level.ERROR, where + " does not return; the processor does nothing else");
                } else if (!hangs) {
                    known.remove(where + " hangs");
                }
            }
        }
    }

    /** To be called when no switching processor runs any more. */
    @Override
    public void close() {
        slots.forEach(ApplicationSlot::close);
        for (ApplicationControl control : controls) {
            try {
                if (control != null) {
                    control.close();
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.log(System.Logger.Level.WARNING, "closing an application: " + e);
            }
        }
        loaded.close();
    }
}
