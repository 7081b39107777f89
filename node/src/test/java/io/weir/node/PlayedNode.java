package io.weir.node;

import io.weir.management.ManagedNode;
import io.weir.management.ManagementServer;
import io.weir.management.model.GenerationView;
import io.weir.management.model.GenerationView.MoveView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.Preview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A node without a data path behind the shipping management server: it remembers what it was asked. */
final class PlayedNode implements ManagedNode, AutoCloseable {
    static final String TOKEN = "0123456789abcdef";

    private final String name;
    private final List<GenerationView> generations = new ArrayList<>();
    private final Map<String, Boolean> draining = new TreeMap<>(Map.of("alpha", false, "b+c-ä", false));
    private final List<String> requests = new ArrayList<>();
    private final ManagementServer server;

    /** Connections of every server; each look at the node takes so many away. */
    final AtomicLong live = new AtomicLong();

    final AtomicLong endEachLook = new AtomicLong();

    private long looks;
    private long eventfulLook = -1;
    private Event event = () -> {};

    /** What happens in the middle of a test. */
    interface Event {
        void happen() throws RefusedException;
    }

    /** Something happens when somebody looks at the node for the so-manieth time from now. */
    synchronized void whenLookedAt(long times, Event then) {
        eventfulLook = looks + times;
        event = then;
    }

    PlayedNode(String name) throws IOException {
        this.name = name;
        generations.add(new GenerationView(1, 1_700_000_000_000L, "start weir.yaml", List.of(), List.of(), true));
        Path folder = AdminSocket.ownFolder();
        Files.writeString(AdminSocket.token(folder, name), TOKEN);
        server = ManagementServer.start(
                ManagementServer.Options.UNIX_ONLY, this, AdminSocket.socket(folder, name), TOKEN);
    }

    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public List<String> applications() {
        return List.of();
    }

    @Override
    public ApplicationAnswer ask(String application, String method, String path, String body) throws RefusedException {
        throw new RefusedException(RefusedException.Kind.UNKNOWN, "there is no application " + application);
    }

    @Override
    public synchronized NodeSnapshot snapshot() {
        if (++looks == eventfulLook) {
            try {
                event.happen();
            } catch (RefusedException e) {
                throw new AssertionError(e);
            }
        }
        long now = live.get();
        live.set(Math.max(0, now - endEachLook.get()));
        return new NodeSnapshot(
                name,
                ProcessHandle.current().pid(),
                true,
                System.currentTimeMillis(),
                1000,
                generations.size(),
                "start",
                0,
                List.of(),
                List.of(),
                List.of(),
                draining.entrySet().stream()
                        .map(e -> new ServerView(
                                1,
                                e.getKey(),
                                List.of(),
                                List.of(),
                                "up",
                                "",
                                e.getValue() ? "draining" : "enabled",
                                now,
                                now,
                                0,
                                0,
                                0,
                                0,
                                -1,
                                -1,
                                null))
                        .toList(),
                List.of(),
                Map.of(),
                0,
                0);
    }

    @Override
    public synchronized List<GenerationView> generations() {
        return generations.reversed();
    }

    @Override
    public String configurationText() {
        return "";
    }

    private synchronized GenerationView next(String request, String... changes) {
        requests.add(request);
        GenerationView view = new GenerationView(
                generations.size() + 1,
                1_700_000_100_000L,
                request,
                List.of(changes),
                List.of(new MoveView("web", 4, 0.125), new MoveView("web", 6, 0)),
                true);
        generations.replaceAll(
                g -> new GenerationView(g.number(), g.epochMs(), g.cause(), g.changes(), g.moves(), false));
        generations.add(view);
        return view;
    }

    @Override
    public GenerationView apply(String fileName, String yaml) throws RefusedException {
        if (yaml.contains("refuse-me")) {
            throw new RefusedException(RefusedException.Kind.CONFLICT, "interfaces cannot change");
        }
        return next("apply " + fileName, "server alpha: weight 1 -> 2", "server beta added");
    }

    @Override
    public Preview preview(String fileName, String yaml) {
        return new Preview(
                List.of("server beta added"),
                List.of(new MoveView("web", 4, 0.125), new MoveView("web", 6, 0.25)),
                1234,
                120,
                0,
                List.of(new Preview.MovedConnection("192.0.2.1:4711", "web", "alpha", "beta")));
    }

    @Override
    public GenerationView rollback(long generation) throws RefusedException {
        if (generation > generations.size()) {
            throw new RefusedException(
                    RefusedException.Kind.UNKNOWN,
                    "generation " + generation + " is not remembered (1.." + generations.size() + " are)");
        }
        return next("rollback to " + generation);
    }

    @Override
    public synchronized GenerationView drain(String server, boolean drain) throws RefusedException {
        if (draining.replace(server, drain) == null) {
            throw new RefusedException(RefusedException.Kind.UNKNOWN, "server '" + server + "' is not configured");
        }
        return next((drain ? "drain " : "undrain ") + server, server + (drain ? " drained" : " enabled"));
    }

    @Override
    public GenerationView setWeight(String service, String server, int weight) {
        return next("weight " + service + " " + server + " " + weight);
    }

    @Override
    public void report(byte[] datagram) {}

    @Override
    public void close() throws IOException {
        server.close();
        Path folder = AdminSocket.ownFolder();
        Files.deleteIfExists(AdminSocket.socket(folder, name));
        Files.deleteIfExists(AdminSocket.token(folder, name));
    }
}
