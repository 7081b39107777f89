package io.weir.management;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The process and its Java machine, under the names that the client libraries of Prometheus give them. */
final class ProcessMetrics {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int KIB = 1024;

    private ProcessMetrics() {}

    static void add(MetricFamilies families) {
        ProcessHandle.Info process = ProcessHandle.current().info();
        process.totalCpuDuration()
                .map(ProcessMetrics::seconds)
                .ifPresent(seconds ->
                        families.counter("process_cpu_seconds", "CPU time of the process, user and system.", seconds));
        process.startInstant()
                .ifPresent(start -> families.gauge(
                        "process_start_time_seconds",
                        "When the process was started, since 1970.",
                        start.toEpochMilli() / 1000.0));
        families.known("process_resident_memory_bytes", "Resident memory of the process.", residentBytes());
        families.known("process_open_fds", "Open file descriptors.", descriptors());
        memory(families, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
        memory(families, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            families.times(
                    "jvm_gc_collection_seconds",
                    "Garbage collections and the time they took.",
                    Math.max(0, each.getCollectionCount()),
                    Math.max(0, each.getCollectionTime()) / 1000.0,
                    "gc",
                    each.getName());
        }
        families.gauge(
                "jvm_threads_current",
                "Platform threads of the Java machine.",
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void memory(MetricFamilies families, String area, MemoryUsage usage) {
        families.gauge("jvm_memory_used_bytes", "Memory of the Java machine in use.", usage.getUsed(), "area", area);
        families.gauge("jvm_memory_committed_bytes", "Memory of the Java machine.", usage.getCommitted(), "area", area);
        families.known("jvm_memory_max_bytes", "Most memory of the Java machine.", usage.getMax(), "area", area);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
        return -1;
    }

    private static long descriptors() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            long count = 0;
            for (Path ignored : all) {
                count++;
            }
            return count;
        } catch (IOException | DirectoryIteratorException e) {
            return -1;
        }
    }
}
