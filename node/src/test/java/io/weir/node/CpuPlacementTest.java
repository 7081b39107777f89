package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuPlacementTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path system;

    private static BitSet cpus(int... numbers) {
        BitSet cpus = new BitSet();
        for (int number : numbers) {
            cpus.set(number);
        }
        return cpus;
    }

    private static NodeConfiguration node() throws ConfigurationException {
        return ConfigurationLoader.parse("f", "interfaces: [{name: eth0}]");
    }

    private Path file(String path, String text) throws IOException {
        Path file = system.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void control_stays_off_the_switching_cpus_also_when_only_those_are_configured() {
        assertThat(CpuPlacement.controlCpus(List.of(), cpus(2, 3), cpus(0, 1, 2, 3)))
                .isEqualTo(cpus(0, 1));
        assertThat(CpuPlacement.controlCpus(List.of(5), cpus(2, 3), cpus(0, 1, 2, 3)))
                .isEqualTo(cpus(5));
        assertThat(CpuPlacement.controlCpus(List.of(), cpus(), cpus(0, 1))).isEqualTo(cpus());
        assertThat(CpuPlacement.controlCpus(List.of(), cpus(0, 1), cpus(0, 1))).isEqualTo(cpus());
    }

    @Test
    void interrupts_go_to_the_control_cpus_and_back_at_the_end() throws Exception {
        file("sys/class/net/eth0/device/msi_irqs/41", "");
        file("sys/class/net/eth0/device/msi_irqs/42", "");
        Path first = file("proc/irq/41/smp_affinity_list", "0-3\n");
        Path second = file("proc/irq/42/smp_affinity_list", "2\n");

        try (CpuPlacement placement = new CpuPlacement(cpus(2, 3), cpus(0, 1), system)) {
            placement.steer(node());
            assertThat(first).hasContent("0,1");
            assertThat(second).hasContent("0,1");
        }

        assertThat(first).hasContent("0-3");
        assertThat(second).hasContent("2");
    }

    @Test
    void packet_steering_loses_the_switching_cpus_only() throws Exception {
        Path queue = file("sys/class/net/eth0/queues/rx-0/rps_cpus", "00000001,0000000f\n");
        Path other = file("sys/class/net/eth0/queues/rx-1/rps_cpus", "00000000,00000003\n");

        try (CpuPlacement placement = new CpuPlacement(cpus(2, 3), cpus(0, 1), system)) {
            placement.steer(node());
            assertThat(queue).hasContent("1,00000003");
            assertThat(other).hasContent("00000000,00000003\n");
        }
        assertThat(queue).hasContent("00000001,0000000f");
    }

    @Test
    void a_device_without_interrupts_and_a_kernel_that_refuses_are_no_failure() throws Exception {
        file("sys/class/net/eth0/device/msi_irqs/41", "");
        try (CpuPlacement placement = new CpuPlacement(cpus(1), cpus(0), system)) {
            placement.steer(node());
        }
        assertThat(system.resolve("proc/irq/41")).doesNotExist();
    }
}
