package io.weir.node;

import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ProcessorsConfiguration;
import io.weir.linux.Affinity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Keeps everything but packet switching off the CPUs of the switching processors: the threads of this process, and where
 * the kernel lets us, the interrupts of the interfaces and what the kernel does for them (receive packet steering). What
 * was changed in the system is put back when the node ends. Does nothing when no switching processor is pinned.
 */
final class CpuPlacement implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CpuPlacement.class.getName());

    private final BitSet switching;
    private final BitSet control;
    private final Path system;
    /** Files that were changed and what stood in them. */
    private final Map<Path, String> before = new LinkedHashMap<>();

    CpuPlacement(BitSet switching, BitSet control, Path system) {
        this.switching = switching;
        this.control = control;
        this.system = system;
    }

    /**
     * Moves every thread of this process, and with them those they will start, to the control CPUs: those configured, or
     * those that no switching processor is pinned to.
     */
    static CpuPlacement of(ProcessorsConfiguration processors) {
        BitSet allowed = Affinity.allowed();
        BitSet switching = new BitSet();
        processors.switching().stream().filter(cpu -> cpu >= 0).forEach(switching::set);
        BitSet control = controlCpus(processors.control(), switching, allowed);
        if (control.isEmpty() && !switching.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "every CPU switches packets: control and the threads of the JVM share CPUs " + switching);
        }
        if (!control.isEmpty()) {
            restrictThreads(control);
        }
        return new CpuPlacement(switching, control, Path.of("/"));
    }

    /** The CPUs of everything that does not switch packets; empty when there is nothing to choose. */
    static BitSet controlCpus(List<Integer> configured, BitSet switching, BitSet allowed) {
        BitSet control = new BitSet();
        configured.forEach(control::set);
        if (control.isEmpty() && !switching.isEmpty()) {
            control.or(allowed);
            control.andNot(switching);
        }
        return control;
    }

    private static void restrictThreads(BitSet cpus) {
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                Affinity.restrict(Integer.parseInt(task.getFileName().toString()), cpus);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Steers the interrupts and the receive packet steering of the interfaces away from the switching CPUs. */
    void steer(NodeConfiguration configuration) {
        if (switching.isEmpty() || control.isEmpty()) {
            return;
        }
        for (InterfaceConfiguration face : configuration.interfaces()) {
            steerInterrupts(face.device());
            steerPackets(face.device());
        }
    }

    private void steerInterrupts(String device) {
        Set<Integer> interrupts = interrupts(device);
        if (interrupts.isEmpty()) {
            return;
        }
        String wanted = control.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
        List<String> refused = new ArrayList<>();
        for (int interrupt : interrupts) {
            Path file = system.resolve("proc/irq/" + interrupt + "/smp_affinity_list");
            try {
                replace(file, wanted);
            } catch (IOException e) {
                refused.add(interrupt + " (" + e.getMessage() + ")");
            }
        }
        LOG.log(
                System.Logger.Level.INFO,
                "interface " + device + ": interrupts " + interrupts + " go to CPUs " + control
                        + (refused.isEmpty() ? "" : ", but the kernel refuses to move " + refused));
    }

    /** The interrupts of the device below the interface; for virtio the device is a child of the one that has them. */
    private Set<Integer> interrupts(String device) {
        Set<Integer> found = new TreeSet<>();
        Path folder = system.resolve("sys/class/net/" + device + "/device");
        for (Path place : List.of(folder.resolve("msi_irqs"), folder.resolve("../msi_irqs"))) {
            if (Files.isDirectory(place)) {
                try (var files = Files.newDirectoryStream(place)) {
                    files.forEach(
                            f -> found.add(Integer.parseInt(f.getFileName().toString())));
                } catch (IOException | NumberFormatException e) {
                    LOG.log(System.Logger.Level.INFO, "interface " + device + ": its interrupts are not known: " + e);
                }
            }
        }
        return found;
    }

    /** Receive packet steering (Documentation/networking/scaling.rst) that names switching CPUs loses them. */
    private void steerPackets(String device) {
        Path queues = system.resolve("sys/class/net/" + device + "/queues");
        if (!Files.isDirectory(queues)) {
            return;
        }
        try (var folders = Files.newDirectoryStream(queues, "rx-*")) {
            for (Path folder : folders) {
                Path file = folder.resolve("rps_cpus");
                BigInteger mask = new BigInteger(Files.readString(file).strip().replace(",", ""), 16);
                BigInteger left = mask;
                for (int cpu : switching.stream().toArray()) {
                    left = left.clearBit(cpu);
                }
                if (!left.equals(mask)) {
                    replace(file, grouped(left));
                    LOG.log(
                            System.Logger.Level.INFO,
                            "interface " + device + ": " + folder.getFileName() + " is no longer steered to CPUs "
                                    + switching);
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "interface " + device + ": its packet steering stays as it is: " + e.getMessage());
        }
    }

    /** Hexadecimal in groups of 32 bits, as the kernel writes masks. */
    private static String grouped(BigInteger mask) {
        String digits = mask.toString(16);
        StringBuilder text = new StringBuilder(digits);
        for (int at = digits.length() - 8; at > 0; at -= 8) {
            text.insert(at, ',');
        }
        return text.toString();
    }

    private void replace(Path file, String text) throws IOException {
        String old = Files.readString(file).strip();
        Files.writeString(file, text);
        before.putIfAbsent(file, old);
    }

    @Override
    public void close() {
        before.forEach((file, text) -> {
            try {
                Files.writeString(file, text);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.INFO, file + " is left changed: " + e.getMessage());
            }
        });
        before.clear();
    }
}
