package io.weir.management;

import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of a node, ready to be sent. All callers share one snapshot and its encodings for a fraction of a
 * second, so that many requests cost the node no more than a few.
 */
final class NodeDocuments implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManagedNode node;
    private final long ageNs;
    private final NodeThread thread = new NodeThread("management-views");
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Encoded> encoded =
            new AtomicReferenceArray<>(Document.values().length);
    private final List<ReentrantLock> locks = java.util.stream.Stream.of(Document.values())
            .map(each -> new ReentrantLock())
            .toList();
    /** Used by the one thread only. */
    private @Nullable Taken taken;

    /** What there is to read. */
    enum Document {
        NODE,
        SERVICES,
        SERVERS,
        INTERFACES,
        DROPS,
        APPLICATIONS,
        GENERATIONS,
        CONFIGURATION,
        METRICS,
        OPEN_METRICS
    }

    /**
     * A document and the node's generation at that time.
     *
     * @param epoch how often the node had been changed before it was begun
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(byte[] bytes, long generation, long epoch, long atNs) {}

    private record Taken(NodeSnapshot snapshot, long epoch, long atNs) {}

    NodeDocuments(ManagedNode node, Duration age) {
        this.node = node;
        ageNs = age.toNanos();
    }

    /** The node was changed: nothing of before is good any more. */
    void changed() {
        epoch.incrementAndGet();
    }

    byte[] bytes(Document document) throws ApiException, ManagedNode.RefusedException {
        return read(document).bytes();
    }

    @SuppressWarnings("EnumOrdinal") // an index of this object's own
    Encoded read(Document document) throws ApiException, ManagedNode.RefusedException {
        int index = document.ordinal();
        Encoded cached = encoded.get(index);
        if (isFresh(cached)) {
            return cached;
        }
        ReentrantLock lock = locks.get(index);
        lock.lock();
        try {
            cached = encoded.get(index);
            if (isFresh(cached)) {
                return cached;
            }
            Encoded made = thread.call(
                    () -> encode(document), PATIENCE, "the node did not answer within " + PATIENCE.toSeconds() + " s");
            encoded.set(index, made);
            return made;
        } finally {
            lock.unlock();
        }
    }

    List<GenerationView> generations() throws ApiException, ManagedNode.RefusedException {
        return thread.call(node::generations, PATIENCE, "the node did not answer");
    }

    private boolean isFresh(@Nullable Encoded document) {
        return document != null && document.epoch() == epoch.get() && System.nanoTime() - document.atNs() < ageNs;
    }

    private Encoded encode(Document document) {
        long before = epoch.get();
        long now = System.nanoTime();
        NodeSnapshot snapshot = snapshot(before, now);
        byte[] bytes = switch (document) {
            case NODE -> JsonBytes.of(snapshot);
            case SERVICES -> JsonBytes.of(snapshot.services());
            case SERVERS -> JsonBytes.of(snapshot.servers());
            case INTERFACES -> JsonBytes.of(snapshot.interfaces());
            case DROPS -> JsonBytes.of(snapshot.drops());
            case APPLICATIONS -> JsonBytes.of(snapshot.applications());
            case GENERATIONS -> JsonBytes.of(node.generations());
            case CONFIGURATION -> node.configurationText().getBytes(StandardCharsets.UTF_8);
            case METRICS -> MetricsPage.text(snapshot);
            case OPEN_METRICS -> MetricsPage.openMetrics(snapshot);
        };
        return new Encoded(bytes, snapshot.generation(), before, now);
    }

    private NodeSnapshot snapshot(long currentEpoch, long now) {
        Taken last = taken;
        if (last == null || last.epoch() != currentEpoch || now - last.atNs() >= ageNs) {
            last = new Taken(node.snapshot(), currentEpoch, now);
            taken = last;
        }
        return last.snapshot();
    }

    @Override
    public void close() {
        thread.close();
    }
}
