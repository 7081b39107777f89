package io.weir.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.agent.metric.SourceException;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** The parsers of single files. */
class KernelTextTest {
    private static BitSet cpus(int... numbers) {
        BitSet set = new BitSet();
        for (int number : numbers) {
            set.set(number);
        }
        return set;
    }

    @Test
    void lists_of_cpus() {
        assertThat(CpuSet.parse("0-3,8,10-11\n")).isEqualTo(cpus(0, 1, 2, 3, 8, 10, 11));
        assertThat(CpuSet.parse("5")).isEqualTo(cpus(5));
        for (String odd : new String[] {"", "\n", "a", "3-1", "-1", "0-99999999", "1,,2"}) {
            assertThat(CpuSet.parse(odd)).as(odd).isEqualTo(new BitSet());
        }
        assertThat(CpuSet.allowed("Name:\tx\nCpus_allowed_list:\t2-3")).isEqualTo(cpus(2, 3));
        assertThat(CpuSet.allowed("Name:\tx\n")).isEqualTo(new BitSet());
    }

    @Test
    void steal_is_busy_and_guests_count_once() throws SourceException {
        ProcStat stat = ProcStat.parse("cpu  10 20 30 400 50 6 7 8 9 10\nintr 5\n", new BitSet());
        assertThat(stat).isEqualTo(new ProcStat(81, 531, 1));
    }

    @Test
    void hundreds_of_cpus_are_added_up() throws SourceException {
        StringBuilder text = new StringBuilder("cpu  1 2 3 4 5 6 7 8 9 10\n");
        for (int cpu = 0; cpu < 512; cpu++) {
            text.append("cpu").append(cpu).append(" 1 0 0 3 0 0 0 0 0 0\n");
        }
        text.append("intr ").append("0 ".repeat(20_000)).append("\nctxt 5\n");
        BitSet all = new BitSet();
        all.set(0, 1024);
        assertThat(ProcStat.parse(text.toString(), all)).isEqualTo(new ProcStat(512, 2048, 512));
    }

    @Test
    void old_kernels_have_fewer_columns() throws SourceException {
        assertThat(ProcStat.parse("cpu 1 2 3 4\ncpu0 1 2 3 4", cpus(0))).isEqualTo(new ProcStat(6, 10, 1));
    }

    @Test
    void what_is_no_stat_is_said_so() {
        assertThatThrownBy(() -> ProcStat.parse("intr 5\n", cpus(0))).hasMessage("/proc/stat: has no line \"cpu\"");
        assertThatThrownBy(() -> ProcStat.parse("cpu 1 x 3 4\n", cpus(0)))
                .hasMessage("/proc/stat: \"x\" is not a number of ticks");
    }

    @Test
    void pressure_is_some_over_ten_seconds() {
        assertThat(Pressure.some("some avg10=2.62 avg60=8.08 avg300=4.05 total=79818862\n"))
                .isEqualTo(0.0262);
        assertThat(Pressure.some("full avg10=9.00 total=1\nsome avg10=100.00 total=1\n"))
                .isEqualTo(1);
        for (String odd : new String[] {"", "some", "some avg10=", "some avg10=x total=0", "some avg10=-1.0 "}) {
            assertThat(Pressure.some(odd)).as(odd).isZero();
        }
    }

    @Test
    void limits_of_cpu_time() {
        assertThat(CpuSource.limit("150000 100000\n")).isEqualTo(1.5);
        for (String none : new String[] {"max 100000\n", "", "100000", "x y", "5 0", "-5 100"}) {
            assertThat(CpuSource.limit(none)).as(none).isZero();
        }
    }

    @Test
    void limits_of_memory() {
        assertThat(MemorySource.limit("268435456\n")).isEqualTo(268435456);
        assertThat(MemorySource.limit("max\n")).isEqualTo(Long.MAX_VALUE);
        assertThat(MemorySource.limit("")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void numbers_stand_after_their_key() {
        String text = """
            MemTotal:       16384000 kB
            Cached:  5 kB
            SwapCached: 6 kB
            inactive_file 77
            huge 99999999999999999999
            """;
        assertThat(KernelFiles.number(text, "MemTotal")).isEqualTo(16_384_000);
        assertThat(KernelFiles.number(text, "Cached")).isEqualTo(5);
        assertThat(KernelFiles.number(text, "SwapCached")).isEqualTo(6);
        assertThat(KernelFiles.number(text, "inactive_file")).isEqualTo(77);
        assertThat(KernelFiles.number(text, "active_file")).isEqualTo(-1);
        assertThat(KernelFiles.number(text, "huge")).isEqualTo(-1);
        assertThat(KernelFiles.number("", "x")).isEqualTo(-1);
    }
}
