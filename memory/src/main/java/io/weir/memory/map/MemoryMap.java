package io.weir.memory.map;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the control processor, the switching processors and the tools share: one file, or anonymous memory.
 *
 * <p>A file is created under a temporary name, filled with zeros to its whole length (a sparse file on a full tmpfs would
 * end the process with SIGBUS at some later store), sealed by its magic and then renamed, so that nobody finds half a
 * map. While it is open its owner holds a lock on it; creating a map whose owner still runs is refused. The file stays
 * when the owner ends, so that tools can ask what happened.
 *
 * <p>A map that is only attached is read-only: a store through it throws.
 */
public final class MemoryMap implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 20;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemoryPlan plan;
    private final MemorySegment memory;
    private final Arena arena;
    private final @Nullable FileChannel lockedFile;

    private MemoryMap(MemoryPlan plan, MemorySegment memory, Arena arena, @Nullable FileChannel lockedFile) {
        this.plan = plan;
        this.memory = memory;
        this.arena = arena;
        this.lockedFile = lockedFile;
    }

    /** Where the map of a node stands unless configured: {@code /dev/shm/weir-<name>}. */
    public static Path defaultPath(String nodeName) {
        return Path.of("/dev/shm/weir-" + nodeName);
    }

    /**
     * Creates the file, replacing one that a node left behind; only its owner may read or write it (mode 0600).
     *
     * @param nodeName 1..63 bytes of UTF-8, kept in the header
     * @throws MemoryMapException when there is not enough room, the directory cannot be written, or a running process
     *     holds the map
     */
    public static MemoryMap create(Path path, MemoryPlan plan, String nodeName) {
        refuseWhileOwned(path);
        Path temporary = path.resolveSibling(
                "." + path.getFileName() + "." + ProcessHandle.current().pid());
        FileChannel file = null;
        Arena arena = Arena.ofShared();
        boolean complete = false;
        try {
            Files.deleteIfExists(temporary);
            file = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (file.tryLock() == null) {
                throw new MemoryMapException(temporary + ": locked by another process");
            }
            reserve(file, temporary, plan.bytes());
            MemorySegment memory = file.map(FileChannel.MapMode.READ_WRITE, 0, plan.bytes(), arena);
            MapHeader.write(memory, plan, nodeName, System.nanoTime());
            MapHeader.seal(memory);
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            complete = true;
            return new MemoryMap(plan, memory, arena, file);
        } catch (IOException e) {
            throw new MemoryMapException(
                    path + ": cannot create a map of " + plan.bytes() + " bytes: " + e.getMessage(), e);
        } finally {
            if (!complete) {
                arena.close();
                discard(file, temporary);
            }
        }
    }

    /**
     * Attaches a map for reading.
     *
     * @param layoutHash the layout this program was built for
     * @throws MemoryMapException when the file is not there, not readable, or not such a map
     */
    public static MemoryMap attach(Path path, long layoutHash) {
        Arena arena = Arena.ofShared();
        boolean complete = false;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long bytes = file.size();
            if (bytes < MemoryPlan.HEADER_BYTES) {
                throw new MemoryMapException(path + ": " + bytes + " bytes are too short for a map's header of "
                        + MemoryPlan.HEADER_BYTES + " bytes");
            }
            MemorySegment memory = file.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
            MemoryPlan plan = MapHeader.read(memory, path, layoutHash, bytes);
            complete = true;
            return new MemoryMap(plan, memory, arena, null);
        } catch (NoSuchFileException e) {
            throw new MemoryMapException(path + ": no such file; does the node run?", e);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new MemoryMapException(path + ": cannot attach: " + e, e);
        } finally {
            if (!complete) {
                arena.close();
            }
        }
    }

    /** A map without a file, for tests, replay and benchmarks. */
    public static MemoryMap anonymous(MemoryPlan plan) {
        Arena arena = Arena.ofShared();
        int alignment = 4096;
        for (MemoryPlan.Section section : plan.sections()) {
            alignment = Math.max(alignment, section.alignment());
        }
        MemorySegment memory = arena.allocate(plan.bytes(), alignment);
        MapHeader.write(memory, plan, "anonymous", System.nanoTime());
        MapHeader.seal(memory);
        return new MemoryMap(plan, memory, arena, null);
    }

    public MemoryPlan plan() {
        return plan;
    }

    /** The bytes of one region. */
    public MemorySegment region(Region region) {
        MemoryPlan.Section section = plan.section(region);
        return memory.asSlice(section.offset(), section.bytes());
    }

    public boolean isReadOnly() {
        return memory.isReadOnly();
    }

    public String nodeName() {
        return MapHeader.nodeName(memory);
    }

    public long ownerPid() {
        return memory.get(ValueLayout.JAVA_LONG, MapHeader.PID_OFFSET);
    }

    /** When the map was created, in milliseconds since 1970. */
    public long createdAtEpochMs() {
        return memory.get(ValueLayout.JAVA_LONG, MapHeader.CREATED_OFFSET);
    }

    /**
     * The map's clock: milliseconds since its creation, wrapping after 49 days; compare by subtraction. Runs on
     * CLOCK_MONOTONIC, on which HotSpot bases {@link System#nanoTime}, so every process of this boot agrees on it.
     */
    public int nowMs() {
        return (int) ((System.nanoTime() - memory.get(ValueLayout.JAVA_LONG, MapHeader.CLOCK_OFFSET)) / 1_000_000);
    }

    /** The same clock in microseconds: {@code nowMicros() / 1000} wraps to {@link #nowMs}. */
    public long nowMicros() {
        return (System.nanoTime() - memory.get(ValueLayout.JAVA_LONG, MapHeader.CLOCK_OFFSET)) / 1000;
    }

    /** The control processor says that it lives. */
    public void beat(int nowMs) {
        INT.setRelease(memory, MapHeader.HEARTBEAT_OFFSET, nowMs);
    }

    /** When the control processor last said that it lives, on the map's clock. */
    public int heartbeatMs() {
        return (int) INT.getAcquire(memory, MapHeader.HEARTBEAT_OFFSET);
    }

    /** Unmaps the memory and gives up the lock; the file stays. No thread may use a region any more. */
    @Override
    public void close() {
        arena.close();
        if (lockedFile != null) {
            try {
                lockedFile.close();
            } catch (IOException e) {
                throw new MemoryMapException("cannot close the map file: " + e.getMessage(), e);
            }
        }
    }

    /** Takes every page now, so that a full file system is an error here and not a SIGBUS later. */
    private static void reserve(FileChannel file, Path path, long bytes) throws IOException {
        long usable = Files.getFileStore(path).getUsableSpace();
        if (usable < bytes) {
            throw new MemoryMapException(path.getParent() + ": the map needs " + bytes + " bytes, " + usable
                    + " are free; lower the limits or enlarge the file system (mount -o remount,size=...)");
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
        for (long at = 0; at < bytes; ) {
            zeros.clear().limit((int) Math.min(ZEROS_BYTES, bytes - at));
            at += file.write(zeros, at);
        }
    }

    private static void refuseWhileOwned(Path path) {
        try (FileChannel existing = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileLock lock = existing.tryLock();
            if (lock == null) {
                throw new MemoryMapException(path + ": a running node holds this map; stop it or choose another name");
            }
            lock.release();
        } catch (NoSuchFileException e) {
            return;
        } catch (OverlappingFileLockException e) {
            throw new MemoryMapException(path + ": this process already holds this map", e);
        } catch (IOException e) {
            throw new MemoryMapException(path + ": exists and cannot be taken over: " + e.getMessage(), e);
        }
    }

    private static void discard(@Nullable FileChannel file, Path temporary) {
        try {
            if (file != null) {
                file.close();
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            // The first failure is the one to report; a left-over temporary file is deleted by the next creation.
            return;
        }
    }
}
