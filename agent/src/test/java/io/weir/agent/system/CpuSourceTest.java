package io.weir.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.SourceException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuSourceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String GROUP = "/sys/fs/cgroup";

    @TempDir
    private Path root = Path.of(".");

    private Samples samples = new Samples(root.resolve("none"));

    @BeforeEach
    void a_host_of_two_cpus() {
        samples = new Samples(root).stat(0, 0, 0, 0);
    }

    private CpuSource source(String group) {
        return new CpuSource(samples.files(), ControlGroup.find(samples.files(), group));
    }

    private double second(CpuSource source, Runnable change) throws SourceException {
        source.read(0);
        change.run();
        return source.read(SECOND).value(Metric.CPU);
    }

    private void used(String folder, long us) {
        samples.put(folder + "/cpu.stat", "usage_usec " + us + "\nuser_usec 5\nsystem_usec 6\nnr_periods 0\n");
    }

    @Test
    void the_first_time_nothing_is_known() throws SourceException {
        assertThat(source("/").read(0).knows(Metric.CPU)).isFalse();
    }

    @Test
    void without_a_limit_it_is_the_busy_share_of_the_host() throws SourceException {
        assertThat(second(source("/"), () -> samples.stat(50, 50, 25, 75))).isEqualTo(0.375);
    }

    @Test
    void cpus_that_the_process_may_not_use_do_not_count() throws SourceException {
        samples.put("/proc/self/status", "Cpus_allowed_list:\t1,4-7\n");
        assertThat(second(source("/"), () -> samples.stat(100, 0, 25, 75))).isEqualTo(0.25);
    }

    @Test
    void a_limit_of_half_a_cpu_is_the_whole() throws SourceException {
        samples.put(GROUP + "/cpu.max", "50000 100000\n");
        used(GROUP, 1_000_000);
        CpuSource source = source("/");
        assertThat(second(source, () -> used(GROUP, 1_400_000))).isCloseTo(0.8, within(1e-9));
        assertThat(source.detail(Metric.CPU)).isEqualTo("limit of 0.50 CPUs in /sys/fs/cgroup");
    }

    @Test
    void a_limit_beyond_the_cpus_there_are_is_those() throws SourceException {
        samples.put(GROUP + "/cpu.max", "800000 100000\n");
        used(GROUP, 0);
        assertThat(second(source("/"), () -> used(GROUP, 1_000_000))).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void a_burst_above_the_limit_is_one() throws SourceException {
        samples.put(GROUP + "/cpu.max", "50000 100000\n");
        used(GROUP, 0);
        assertThat(second(source("/"), () -> used(GROUP, 700_000))).isEqualTo(1);
    }

    @Test
    void of_groups_within_each_other_the_one_nearest_to_its_limit_counts() throws SourceException {
        samples.put("/proc/self/cgroup", "0::/pod/app\n");
        samples.put(GROUP + "/pod/cpu.max", "100000 100000\n").put(GROUP + "/pod/app/cpu.max", "max 100000\n");
        used(GROUP + "/pod", 0);
        used(GROUP + "/pod/app", 0);
        assertThat(second(source(ControlGroup.SELF), () -> used(GROUP + "/pod", 900_000)))
                .isCloseTo(0.9, within(1e-9));
    }

    @Test
    void max_is_no_limit() throws SourceException {
        samples.put(GROUP + "/cpu.max", "max 100000\n");
        used(GROUP, 0);
        assertThat(second(source("/"), () -> samples.stat(100, 0, 0, 100))).isEqualTo(0.5);
    }

    @Test
    void under_pressure_it_is_at_least_the_pressure() throws SourceException {
        samples.put("/proc/pressure/cpu", """
            some avg10=62.50 avg60=8.08 avg300=4.05 total=79818862
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0
            """);
        CpuSource source = source("/");
        assertThat(second(source, () -> samples.stat(25, 75, 25, 75))).isEqualTo(0.625);
        assertThat(source.detail(Metric.CPU)).isEqualTo("2 CPUs of the host, raised from 25.0 % by pressure");
    }

    @Test
    void pressure_of_the_host_does_not_count_for_a_limited_group() throws SourceException {
        samples.put("/proc/pressure/cpu", "some avg10=99.00 avg60=8.08 avg300=4.05 total=1\n");
        samples.put(GROUP + "/cpu.max", "100000 100000\n");
        samples.put(GROUP + "/cpu.pressure", "some avg10=30.00 avg60=8.08 avg300=4.05 total=1\n");
        used(GROUP, 0);
        assertThat(second(source("/"), () -> used(GROUP, 200_000))).isEqualTo(0.3);
    }

    @Test
    void version_1_falls_back_to_the_host_and_says_so() throws SourceException {
        samples.put("/proc/self/mountinfo", Samples.VERSION_1);
        assertThat(ControlGroup.find(samples.files(), "/").notice())
                .contains("version 1")
                .contains("whole host");
        assertThat(second(source("/"), () -> samples.stat(50, 50, 50, 50))).isEqualTo(0.5);
    }

    @Test
    void a_named_group_that_is_not_there_is_said_so() {
        CpuSource source = source("/system.slice/nosuch.service");
        assertThatThrownBy(() -> source.read(0))
                .isInstanceOf(SourceException.class)
                .hasMessage("control group /sys/fs/cgroup/system.slice/nosuch.service: no such folder");
    }

    @Test
    void a_cpu_that_went_makes_no_number() throws SourceException {
        assertThat(second(source("/"), () -> samples.put("/proc/stat", "cpu 5 0 0 5\ncpu0 5 0 0 5\n")))
                .isNegative();
    }
}
