package io.weir.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.SourceException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemorySourceTest {
    private static final String GROUP = "/sys/fs/cgroup";
    private static final long GIB = 1L << 30;

    @TempDir
    private Path root = Path.of(".");

    private Samples samples = new Samples(root.resolve("none"));

    @BeforeEach
    void a_host() {
        samples = new Samples(root);
    }

    private double read(String group) throws SourceException {
        return source(group).read(0).value(Metric.MEMORY);
    }

    private MemorySource source(String group) {
        return new MemorySource(samples.files(), ControlGroup.find(samples.files(), group));
    }

    private void group(String folder, String max, long current, long inactiveFile) {
        samples.put(folder + "/memory.max", max + "\n");
        samples.put(folder + "/memory.current", current + "\n");
        samples.put(folder + "/memory.stat", "anon 5\nfile 6\ninactive_file " + inactiveFile + "\nactive_file 9\n");
    }

    @Test
    void without_a_limit_it_is_what_the_host_has_not_available() throws SourceException {
        assertThat(read("/")).isEqualTo(0.75);
    }

    @Test
    void old_kernels_do_not_say_what_is_available() throws SourceException {
        samples.put("/proc/meminfo", Samples.MEMINFO.replaceAll("MemAvailable.*\n", ""));
        assertThat(read("/")).isEqualTo(1 - (512000 + 102400 + 2048000) / 16384000.0);
    }

    @Test
    void page_cache_that_can_be_dropped_does_not_count() throws SourceException {
        group(GROUP, String.valueOf(2 * GIB), GIB + GIB / 2, GIB / 2);
        assertThat(read("/")).isEqualTo(0.5);
        MemorySource source = source("/");
        source.read(0);
        assertThat(source.detail(Metric.MEMORY)).isEqualTo("limit of 2048 MiB in /sys/fs/cgroup");
    }

    @Test
    void a_group_is_throttled_at_its_high_mark() throws SourceException {
        group(GROUP, String.valueOf(4 * GIB), GIB, 0);
        samples.put(GROUP + "/memory.high", 2 * GIB + "\n");
        assertThat(read("/")).isEqualTo(0.5);
    }

    @Test
    void max_and_limits_beyond_the_host_are_none() throws SourceException {
        group(GROUP, "max", GIB, 0);
        assertThat(read("/")).isEqualTo(0.75);
        group(GROUP, String.valueOf(1L << 50), GIB, 0);
        assertThat(read("/")).isEqualTo(0.75);
    }

    @Test
    void of_groups_within_each_other_the_one_nearest_to_its_limit_counts() throws SourceException {
        group(GROUP + "/pod", String.valueOf(4 * GIB), 3 * GIB, 0);
        group(GROUP + "/pod/app", String.valueOf(2 * GIB), GIB, 0);
        assertThat(read("/pod/app")).isEqualTo(0.75);
    }

    @Test
    void under_pressure_it_is_at_least_the_pressure() throws SourceException {
        group(GROUP, String.valueOf(2 * GIB), GIB, 0);
        samples.put(GROUP + "/memory.pressure", "some avg10=80.00 avg60=0 avg300=0 total=5\n");
        assertThat(read("/")).isEqualTo(0.8);
    }

    @Test
    void nonsense_is_said_so() {
        samples.put("/proc/meminfo", "nothing\n");
        assertThatThrownBy(() -> read("/")).hasMessage("/proc/meminfo: has no MemTotal");
    }
}
