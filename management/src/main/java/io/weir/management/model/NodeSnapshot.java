package io.weir.management.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node at one moment, read from its shared memory. Counters only grow; rates are the differences of two snapshots over
 * the difference of their {@code takenAtEpochMs}.
 *
 * @param name the node's name
 * @param processId of the node
 * @param running whether the control processor's heartbeat is fresh
 * @param takenAtEpochMs wall clock
 * @param uptimeMs since the map was created
 * @param generation in force
 * @param cause why that generation came about
 * @param generationEpochMs when
 * @param processors switching processors
 * @param interfaces network interfaces
 * @param services services, in the order of the configuration
 * @param servers servers, likewise
 * @param drops drop reasons that have occurred, most packets first
 * @param counters other counters by name
 * @param buffers packet buffers in all
 * @param freeBuffers packet buffers that nobody holds
 * @param applications network applications, in the order of the configuration
 */
public record NodeSnapshot(
        String name,
        long processId,
        boolean running,
        long takenAtEpochMs,
        long uptimeMs,
        long generation,
        String cause,
        long generationEpochMs,
        List<ProcessorView> processors,
        List<InterfaceView> interfaces,
        List<ServiceView> services,
        List<ServerView> servers,
        List<DropView> drops,
        Map<String, Long> counters,
        long buffers,
        long freeBuffers,
        List<ApplicationView> applications) {
    public NodeSnapshot {
        applications = List.copyOf(applications);
        processors = List.copyOf(processors);
        interfaces = List.copyOf(interfaces);
        services = List.copyOf(services);
        servers = List.copyOf(servers);
        drops = List.copyOf(drops);
    }

    /** Without applications. */
    public NodeSnapshot(
            String name,
            long processId,
            boolean running,
            long takenAtEpochMs,
            long uptimeMs,
            long generation,
            String cause,
            long generationEpochMs,
            List<ProcessorView> processors,
            List<InterfaceView> interfaces,
            List<ServiceView> services,
            List<ServerView> servers,
            List<DropView> drops,
            Map<String, Long> counters,
            long buffers,
            long freeBuffers) {
        this(
                name,
                processId,
                running,
                takenAtEpochMs,
                uptimeMs,
                generation,
                cause,
                generationEpochMs,
                processors,
                interfaces,
                services,
                servers,
                drops,
                counters,
                buffers,
                freeBuffers,
                List.of());
    }

    /** A switching processor: the generation it has observed, and what it has done. */
    public record ProcessorView(
            int number,
            boolean running,
            long observedGeneration,
            long batches,
            long packetsBalanced,
            long packetsForwarded) {}

    /** A network interface and what passed it. */
    public record InterfaceView(
            int id,
            String name,
            List<String> addresses,
            long receivedPackets,
            long receivedBytes,
            long transmittedPackets,
            long transmittedBytes,
            long droppedPackets) {
        public InterfaceView {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A service.
     *
     * @param algorithm how a server is chosen for a connection
     * @param weights {@code static} or {@code even-load}: who decides the weights
     */
    public record ServiceView(
            int number,
            String name,
            List<String> addresses,
            String protocol,
            int port,
            String forwarding,
            String algorithm,
            String weights,
            long liveConnections,
            long openedConnections,
            List<MemberView> members) {
        public ServiceView {
            addresses = List.copyOf(addresses);
            members = List.copyOf(members);
        }
    }

    /**
     * A server in a service.
     *
     * @param configuredWeight weight of the file
     * @param weight weight that the master chose, in the units of the file; 0 takes no new connections
     * @param share share of new connections, 0..1
     * @param port port towards the server, 0 keeps the packet's
     */
    public record MemberView(String server, int configuredWeight, double weight, double share, int port) {}

    /**
     * A server.
     *
     * @param health {@code up}, {@code down}, {@code starting} or {@code unchecked}
     * @param healthMessage what the last check found
     * @param administration {@code enabled} or {@code draining}
     * @param refused connections that the server refused (reset in answer to a SYN)
     * @param resets connections that the server reset later
     * @param retransmittedSyns SYNs that clients repeated
     * @param handshakes handshakes whose delay was measured
     * @param handshakeP50Micros SYN to SYN-ACK, median, microseconds; -1 when unknown
     * @param handshakeP99Micros likewise, 99 % quantile
     * @param load last report; null when there was none
     */
    public record ServerView(
            int number,
            String name,
            List<String> addresses,
            List<String> tags,
            String health,
            String healthMessage,
            String administration,
            long liveConnections,
            long openedConnections,
            long refused,
            long resets,
            long retransmittedSyns,
            long handshakes,
            long handshakeP50Micros,
            long handshakeP99Micros,
            @Nullable LoadView load) {
        public ServerView {
            addresses = List.copyOf(addresses);
            tags = List.copyOf(tags);
        }
    }

    /**
     * What a server said of itself; a metric that is not known is -1.
     *
     * @param source {@code agent}, {@code http}, {@code haproxy}, {@code prometheus} or {@code passive}
     * @param ageMs since it arrived
     * @param stale too old to be used
     * @param index load index that the master made of it; 1 is fully loaded
     */
    public record LoadView(
            String source,
            long ageMs,
            boolean stale,
            double index,
            double clients,
            double cpu,
            double memory,
            double executionMs,
            double requestsPerSecond) {}

    /**
     * A network application.
     *
     * @param type what it is an instance of
     * @param state {@code running}; {@code stopped} on a switching processor at least; or {@code starting}
     * @param reason why it was stopped, else empty
     * @param processors switching processors of the node
     * @param runningProcessors those on which it runs
     * @param fallback what becomes of its packets where it is stopped
     * @param budgetMicros time it may take for a batch, microseconds
     * @param packets handed to it
     * @param nanosPerPacket mean time it spent on a packet, nanoseconds; -1 when unknown
     * @param counts what is counted of every application, by name
     * @param counters its own counters by name
     * @param drops packets it dropped, by its own reasons
     */
    public record ApplicationView(
            String name,
            String type,
            String state,
            String reason,
            int processors,
            int runningProcessors,
            String fallback,
            long budgetMicros,
            long packets,
            double nanosPerPacket,
            Map<String, Long> counts,
            Map<String, Long> counters,
            Map<String, Long> drops) {
        /** Packets it dropped, for all its reasons. */
        public long dropped() {
            return drops.values().stream().mapToLong(each -> each).sum();
        }
    }

    /** Packets dropped for a reason. */
    public record DropView(String reason, String description, long packets) {}
}
