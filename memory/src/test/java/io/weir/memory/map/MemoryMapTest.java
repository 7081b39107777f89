package io.weir.memory.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryMapTest {
    private static final long HASH = 0x1234_5678_9abc_def0L;

    @TempDir
    Path directory;

    private Path path = Path.of("unset");
    private final MemoryPlan plan = MemoryPlan.builder()
            .processors(3)
            .layoutHash(HASH)
            .region(Region.COUNTERS, 1, 1000)
            .region(Region.NEIGHBOURS, 1, 64 + 64 * 16)
            .region(Region.CONNECTIONS4, 128, 64, MemoryPlan.HUGE_PAGE_BYTES)
            .region(Region.PACKETS, 8, 2048)
            .build();

    @BeforeEach
    void nameTheFile() {
        path = directory.resolve("weir-test");
    }

    @Test
    void regions_are_aligned_do_not_overlap_and_lie_within_the_map() {
        long end = 0;
        for (MemoryPlan.Section section : plan.sections()) {
            assertThat(section.offset()).isGreaterThanOrEqualTo(end);
            assertThat(section.offset() % section.alignment()).isZero();
            end = section.offset() + section.bytes();
        }
        assertThat(plan.bytes()).isGreaterThanOrEqualTo(end).isLessThan(end + 4096);
        assertThat(plan.section(Region.PACKETS).alignment()).isEqualTo(4096);
        assertThat(plan.section(Region.ROUTING_A).bytes()).isZero();
    }

    @Test
    void a_plan_refuses_impossible_regions() {
        MemoryPlan.Builder builder = MemoryPlan.builder();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> builder.region(Region.PACKETS, 1, 64, 64))
                .withMessageContaining("packets: alignment 64");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> builder.region(Region.COUNTERS, -1, 64));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> builder.processors(0));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> builder.region(Region.HEADER, 1, 64));
    }

    @Test
    void a_tool_sees_what_the_node_writes_and_cannot_write_itself() throws IOException {
        try (MemoryMap map = MemoryMap.create(path, plan, "test-node");
                MemoryMap tool = MemoryMap.attach(path, HASH)) {
            map.region(Region.COUNTERS).set(ValueLayout.JAVA_LONG, 992, 42);
            map.beat(1234);
            assertThat(tool.region(Region.COUNTERS).get(ValueLayout.JAVA_LONG, 992))
                    .isEqualTo(42);
            assertThat(tool.heartbeatMs()).isEqualTo(1234);
            assertThat(tool.nodeName()).isEqualTo("test-node");
            assertThat(tool.ownerPid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(tool.plan().sections()).isEqualTo(plan.sections());
            assertThat(tool.plan().processors()).isEqualTo(3);
            assertThat(tool.nowMs() - map.nowMs()).isBetween(-1000, 1000);
            assertThat(tool.isReadOnly()).isTrue();
            MemorySegment counters = tool.region(Region.COUNTERS);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> counters.set(ValueLayout.JAVA_LONG, 0, 1));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void every_page_of_the_file_is_taken_at_creation() throws IOException {
        try (MemoryMap map = MemoryMap.create(path, plan, "n")) {
            assertThat(map.plan().bytes()).isEqualTo(Files.size(path));
            Process stat = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
            long blocks =
                    Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim());
            assertThat(blocks * 512).isGreaterThanOrEqualTo(plan.bytes());
        }
    }

    @Test
    void nothing_is_left_beside_the_map() throws IOException {
        MemoryMap.create(path, plan, "n").close();
        try (var files = Files.list(directory)) {
            assertThat(files.toList()).isEqualTo(List.of(path));
        }
    }

    @Test
    void the_map_outlives_its_owner_and_may_be_replaced() {
        MemoryMap.create(path, plan, "first").close();
        try (MemoryMap dead = MemoryMap.attach(path, HASH)) {
            assertThat(dead.nodeName()).isEqualTo("first");
            try (MemoryMap second = MemoryMap.create(path, plan, "second")) {
                assertThat(second.nodeName()).isEqualTo("second");
                assertThat(dead.nodeName()).isEqualTo("first");
            }
        }
    }

    @Test
    void a_map_that_is_held_is_not_replaced() {
        try (MemoryMap map = MemoryMap.create(path, plan, "first")) {
            assertThatExceptionOfType(MemoryMapException.class)
                    .isThrownBy(() -> MemoryMap.create(path, plan, "second"))
                    .withMessageContaining("already holds");
            assertThat(map.nodeName()).isEqualTo("first");
        }
    }

    @Test
    void a_map_larger_than_the_file_system_is_refused_and_leaves_nothing() throws IOException {
        MemoryPlan huge =
                MemoryPlan.builder().region(Region.PACKETS, 1L << 40, 2048).build();
        assertThatExceptionOfType(MemoryMapException.class)
                .isThrownBy(() -> MemoryMap.create(path, huge, "n"))
                .withMessageContaining("are free");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_node_name_that_does_not_fit_is_refused_and_leaves_nothing() throws IOException {
        assertThatExceptionOfType(MemoryMapException.class)
                .isThrownBy(() -> MemoryMap.create(path, plan, "n".repeat(64)))
                .withMessageContaining("64 bytes");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void attaching_says_what_is_wrong_with_a_file() throws IOException {
        refused("no such file", HASH);
        Files.write(path, new byte[100]);
        refused("100 bytes are too short", HASH);
        Files.write(path, new byte[8192]);
        refused("not a weir map", HASH);
        remake();
        refused("layout hash", HASH + 1);
        patchLong(MapHeader.MAGIC_OFFSET, Long.reverseBytes(MapHeader.MAGIC));
        refused("other byte order", HASH);
        remake();
        patchInt(MapHeader.VERSION_OFFSET, 99);
        refused("version 99", HASH);
        remake();
        patchInt(MapHeader.ORDER_OFFSET, 0x0403_0201);
        refused("byte order mark", HASH);
        remake();
        patchLong(MapHeader.TABLE_OFFSET + MapHeader.TABLE_ENTRY_BYTES, 1L << 40);
        refused("contradicts itself", HASH);
        remake();
        patchLong(MapHeader.TABLE_OFFSET + MapHeader.TABLE_ENTRY_BYTES + 8, Long.MAX_VALUE);
        refused("cannot attach", HASH);
        remake();
        patchInt(MapHeader.PROCESSORS_OFFSET, 0);
        refused("processors: 0", HASH);
        remake();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(plan.bytes() - 4096);
        }
        refused("the header says " + plan.bytes(), HASH);
    }

    @Test
    void an_anonymous_map_has_the_same_regions() {
        try (MemoryMap map = MemoryMap.anonymous(plan)) {
            MemorySegment connections = map.region(Region.CONNECTIONS4);
            assertThat(connections.byteSize()).isEqualTo(128 * 64);
            assertThat(connections.address() % MemoryPlan.HUGE_PAGE_BYTES).isZero();
            assertThat(map.region(Region.PACKETS).address() % 4096).isZero();
            assertThat(map.region(Region.RINGS).byteSize()).isZero();
        }
    }

    @Test
    void the_bytes_of_the_magic_can_be_read_by_people() {
        MemoryMap.create(path, plan, "n").close();
        assertThat(path).content(StandardCharsets.ISO_8859_1).startsWith("weirmap1");
    }

    private void remake() {
        MemoryMap.create(path, plan, "n").close();
        MemoryMap.attach(path, HASH).close();
    }

    private void refused(String message, long hash) {
        assertThatExceptionOfType(MemoryMapException.class)
                .isThrownBy(() -> MemoryMap.attach(path, hash))
                .withMessageContaining(message)
                .withMessageContaining(path.toString());
    }

    private void patchLong(long offset, long value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.writeLong(Long.reverseBytes(value));
        }
    }

    private void patchInt(long offset, int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.writeInt(Integer.reverseBytes(value));
        }
    }
}
