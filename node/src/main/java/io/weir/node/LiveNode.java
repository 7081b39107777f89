package io.weir.node;

import io.weir.management.model.NodeSnapshot;
import io.weir.node.top.Life;
import io.weir.node.top.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A node looked at again and again by its shared memory, beyond its end: when a node of the same name starts, its map is
 * another file, and that is followed.
 */
final class LiveNode implements AutoCloseable {
    private final Path file;
    private NodeMemory memory;
    private SnapshotReader reader;
    private @Nullable Object fileKey;
    private @Nullable Sample last;

    private LiveNode(Path file, NodeMemory memory, @Nullable Object fileKey) {
        this.file = file;
        this.memory = memory;
        this.fileKey = fileKey;
        this.reader = new SnapshotReader(memory);
    }

    /** Attaches to the map of a node, running or dead. */
    static LiveNode attach(Path file) {
        Object key = key(file);
        return new LiveNode(file, NodeMemory.attach(file), key);
    }

    /** The node now; rates are those since the call before. */
    Sample look() {
        Life life = life();
        if (life.state() != Life.State.RUNNING && reattach()) {
            life = life();
        }
        NodeSnapshot now = reader.read();
        Sample before = last;
        Sample sample = before == null ? Sample.first(now, life) : before.next(now, life);
        last = sample;
        return sample;
    }

    private boolean reattach() {
        Object key = key(file);
        if (key == null || key.equals(fileKey)) {
            return false;
        }
        NodeMemory next;
        try {
            next = NodeMemory.attach(file);
        } catch (RuntimeException e) {
            // Of another version, or gone again: what is known is still shown.
            return false;
        }
        memory.close();
        memory = next;
        reader = new SnapshotReader(next);
        fileKey = key;
        return true;
    }

    private Life life() {
        int silent = reader.heartbeatAgeMs();
        if (silent < SnapshotReader.STALE_MS) {
            return new Life(Life.State.RUNNING, silent);
        }
        return new Life(isAlive(memory.map().ownerPid()) ? Life.State.STUCK : Life.State.ENDED, silent);
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Device and inode; null when the file is not there. */
    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
