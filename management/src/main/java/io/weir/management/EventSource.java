package io.weir.management;

import io.weir.management.NodeDocuments.Document;
import io.weir.management.NodeDocuments.Encoded;
import io.weir.management.model.GenerationView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (HTML Standard §9.2): a {@code node} event with the snapshot at every tick, and a {@code generation}
 * event for each new generation. Every event is encoded once for all listeners. A listener that does not keep up misses
 * snapshots; nobody waits for it.
 */
final class EventSource implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventSource.class.getName());

    private final NodeDocuments documents;
    private final Duration tick;
    private final int most;
    private final Semaphore places;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Boolean> wake = new ArrayBlockingQueue<>(1);
    private final Thread ticker;
    private volatile boolean isClosed;

    EventSource(NodeDocuments documents, Duration tick, int most) {
        this.documents = documents;
        this.tick = tick;
        this.most = most;
        places = new Semaphore(most);
        ticker = Thread.ofVirtual().name("management-events").start(this::run);
    }

    /** Somebody who is told. */
    final class Listener implements AutoCloseable {
        private static final int GENERATIONS = 64;

        private final Deque<byte[]> generations = new ArrayDeque<>();
        private byte @Nullable [] snapshot;
        private boolean hasEnded;

        /** The next event; null at the end. Waits for it. */
        synchronized byte @Nullable [] take() throws InterruptedException {
            while (true) {
                if (hasEnded) {
                    return null;
                }
                byte[] generation = generations.pollFirst();
                if (generation != null) {
                    return generation;
                }
                byte[] latest = snapshot;
                if (latest != null) {
                    snapshot = null;
                    return latest;
                }
                wait();
            }
        }

        private synchronized void snapshot(byte[] event) {
            snapshot = event;
            notifyAll();
        }

        private synchronized void generation(byte[] event) {
            if (generations.size() == GENERATIONS) {
                generations.removeFirst();
            }
            generations.addLast(event);
            notifyAll();
        }

        private synchronized void end() {
            hasEnded = true;
            notifyAll();
        }

        @Override
        public void close() {
            if (listeners.remove(this)) {
                places.release();
            }
        }
    }

    /** A new listener, which has the snapshot of now to take. */
    Listener listen() throws ApiException, ManagedNode.RefusedException {
        if (!places.tryAcquire()) {
            throw new ApiException(503, most + " listen to events already (close one, or ask /v1/node now and then)");
        }
        Listener listener = new Listener();
        listeners.add(listener);
        try {
            listener.snapshot(event("node", documents.bytes(Document.NODE)));
            if (isClosed) {
                throw new ApiException(503, "the node is closing");
            }
            return listener;
        } catch (ApiException | ManagedNode.RefusedException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** Tells of a change at once, not only at the next tick. */
    void changed() {
        boolean ignored = wake.offer(true);
    }

    private void run() {
        long generation = -1;
        while (!isClosed) {
            try {
                Boolean woken = wake.poll(tick.toMillis(), TimeUnit.MILLISECONDS);
                generation = listeners.isEmpty() && woken == null ? -1 : tell(generation);
            } catch (InterruptedException e) {
                return;
            } catch (ApiException | ManagedNode.RefusedException | RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "events: " + e.getMessage());
            }
        }
    }

    /** Tells what is new since a generation; -1 when that is not known. */
    private long tell(long generation) throws ApiException, ManagedNode.RefusedException {
        Encoded node = documents.read(Document.NODE);
        if (generation >= 0 && node.generation() != generation) {
            List<GenerationView> fresh = documents.generations().reversed().stream()
                    .filter(each -> each.number() > generation && each.number() <= node.generation())
                    .toList();
            for (GenerationView each : fresh) {
                byte[] event = event("generation", JsonBytes.of(each));
                listeners.forEach(listener -> listener.generation(event));
            }
        }
        byte[] event = event("node", node.bytes());
        listeners.forEach(listener -> listener.snapshot(event));
        return node.generation();
    }

    private static byte[] event(String name, byte[] json) {
        byte[] head = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] event = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(json, 0, event, head.length, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    @Override
    public void close() {
        isClosed = true;
        ticker.interrupt();
        listeners.forEach(Listener::end);
    }
}
