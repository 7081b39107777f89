package io.weir.management;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.ApplicationView;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A snapshot as Prometheus metrics: base units, {@code _total} for what only grows, what is unknown is left out. {@code
 * docs/api.md} has the list.
 */
final class MetricsPage {
    static final String TEXT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
    static final String OPEN_METRICS_TYPE = OpenMetricsTextFormatWriter.CONTENT_TYPE;
    private static final double MS = 1e-3;
    private static final double MICROS = 1e-6;
    private static final List<String> STATES = List.of("up", "down", "starting", "unchecked");

    private final MetricFamilies families = new MetricFamilies();

    private MetricsPage(NodeSnapshot snapshot) {
        node(snapshot);
        snapshot.processors().forEach(this::processor);
        snapshot.interfaces().forEach(this::networkInterface);
        snapshot.services().forEach(this::service);
        snapshot.servers().forEach(this::server);
        snapshot.drops().forEach(this::drop);
        snapshot.applications().forEach(this::application);
        snapshot.counters()
                .forEach((name, value) -> families.counter(
                        "weir_events", "What else the switching processors count, by name.", value, "event", name));
        ProcessMetrics.add(families);
    }

    /** In the text format of Prometheus. */
    static byte[] text(NodeSnapshot snapshot) {
        return write(PrometheusTextFormatWriter.create(), snapshot);
    }

    /** In the format of OpenMetrics. */
    static byte[] openMetrics(NodeSnapshot snapshot) {
        return write(OpenMetricsTextFormatWriter.create(), snapshot);
    }

    private static byte[] write(ExpositionFormatWriter writer, NodeSnapshot snapshot) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(bytes, new MetricsPage(snapshot).families.snapshots(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void node(NodeSnapshot node) {
        families.gauge(
                "weir_node_running",
                "Whether the control processor's heartbeat is fresh.",
                flag(node.running()),
                "node",
                node.name());
        families.gauge("weir_uptime_seconds", "Time since the node was started.", node.uptimeMs() * MS);
        families.gauge("weir_generation", "Generation of the configuration that is in force.", node.generation());
        families.gauge(
                "weir_generation_timestamp_seconds",
                "When that generation came into force, since 1970.",
                node.generationEpochMs() * MS);
        families.gauge("weir_packet_buffers", "Packet buffers in all.", node.buffers());
        families.gauge("weir_packet_buffers_free", "Packet buffers that nobody holds.", node.freeBuffers());
    }

    private void processor(ProcessorView processor) {
        String[] labels = {"processor", Integer.toString(processor.number())};
        families.gauge(
                "weir_processor_running",
                "Whether the switching processor does its duty cycles.",
                flag(processor.running()),
                labels);
        families.gauge(
                "weir_processor_generation",
                "Generation that the processor works by.",
                processor.observedGeneration(),
                labels);
        families.counter("weir_processor_batches", "Batches of packets switched.", processor.batches(), labels);
        families.counter(
                "weir_processor_balanced_packets",
                "Packets of connections to services, both directions.",
                processor.packetsBalanced(),
                labels);
        families.counter(
                "weir_processor_forwarded_packets",
                "Packets forwarded by the routing table.",
                processor.packetsForwarded(),
                labels);
    }

    private void networkInterface(InterfaceView each) {
        String[] labels = {"interface", each.name()};
        families.counter("weir_interface_received_packets", "Frames received.", each.receivedPackets(), labels);
        families.counter("weir_interface_received_bytes", "Bytes received.", each.receivedBytes(), labels);
        families.counter(
                "weir_interface_transmitted_packets", "Frames transmitted.", each.transmittedPackets(), labels);
        families.counter("weir_interface_transmitted_bytes", "Bytes transmitted.", each.transmittedBytes(), labels);
        families.counter(
                "weir_interface_dropped_packets",
                "Frames dropped that came in by the interface.",
                each.droppedPackets(),
                labels);
    }

    private void service(ServiceView service) {
        String[] labels = {"service", service.name()};
        families.gauge("weir_service_connections", "Live connections.", service.liveConnections(), labels);
        families.counter("weir_service_opened_connections", "Connections opened.", service.openedConnections(), labels);
        for (MemberView member : service.members()) {
            String[] both = {"service", service.name(), "server", member.server()};
            families.gauge(
                    "weir_member_weight",
                    "Weight of the server in the service now; 0 takes no new connections.",
                    member.weight(),
                    both);
            families.gauge(
                    "weir_member_configured_weight",
                    "Weight of the server in the service by the file.",
                    member.configuredWeight(),
                    both);
            families.gauge(
                    "weir_member_share_ratio",
                    "Share of the service's new connections that go to the server.",
                    member.share(),
                    both);
        }
    }

    private void server(ServerView server) {
        String[] labels = {"server", server.name()};
        for (String state : STATES) {
            families.gauge(
                    "weir_server_health",
                    "1 for the state that the server is in.",
                    flag(server.health().equals(state)),
                    "server",
                    server.name(),
                    "state",
                    state);
        }
        families.gauge(
                "weir_server_draining",
                "Whether the server is drained by hand.",
                flag(server.administration().equals("draining")),
                labels);
        families.gauge("weir_server_connections", "Live connections.", server.liveConnections(), labels);
        families.counter("weir_server_opened_connections", "Connections opened.", server.openedConnections(), labels);
        families.counter(
                "weir_server_refused_connections", "Connections that the server refused.", server.refused(), labels);
        families.counter(
                "weir_server_reset_connections", "Connections that the server reset later.", server.resets(), labels);
        families.counter(
                "weir_server_retransmitted_syns", "SYNs that clients repeated.", server.retransmittedSyns(), labels);
        families.summary(
                "weir_server_handshake_seconds",
                "Time from SYN to SYN-ACK.",
                server.handshakes(),
                server.handshakeP50Micros() * MICROS,
                server.handshakeP99Micros() * MICROS,
                labels);
        LoadView load = server.load();
        if (load != null) {
            load(load, labels);
        }
    }

    private void load(LoadView load, String[] labels) {
        families.known("weir_server_load_index", "Load index of the server; 1 is fully loaded.", load.index(), labels);
        families.known("weir_server_load_clients", "Clients presently served, as reported.", load.clients(), labels);
        families.known("weir_server_load_cpu_ratio", "CPU utilisation, as reported.", load.cpu(), labels);
        families.known("weir_server_load_memory_ratio", "Memory utilisation, as reported.", load.memory(), labels);
        families.known(
                "weir_server_load_execution_seconds",
                "Mean execution time of a request, as reported.",
                load.executionMs() < 0 ? -1 : load.executionMs() * MS,
                labels);
        families.known(
                "weir_server_load_requests_per_second",
                "Requests per second, as reported.",
                load.requestsPerSecond(),
                labels);
        families.gauge("weir_server_load_report_age_seconds", "Age of the last report.", load.ageMs() * MS, labels);
        families.gauge(
                "weir_server_load_report_stale",
                "Whether the last report is too old to be used.",
                flag(load.stale()),
                labels);
    }

    private void drop(DropView drop) {
        families.counter(
                "weir_dropped_packets", "Packets dropped, by reason.", drop.packets(), "reason", drop.reason());
    }

    private void application(ApplicationView each) {
        String name = each.name();
        families.gauge(
                "weir_application_up",
                "Whether the application runs on all switching processors.",
                flag(each.state().equals("running")),
                "application",
                name);
        families.counter(
                "weir_application_packets", "Packets handed to the application.", each.packets(), "application", name);
        each.counts()
                .forEach((event, value) -> families.counter(
                        "weir_application_events",
                        "What is counted of every application, by name.",
                        value,
                        "application",
                        name,
                        "event",
                        event));
        each.counters()
                .forEach((event, value) -> families.counter(
                        "weir_application_own_events",
                        "What the application counts itself, by name.",
                        value,
                        "application",
                        name,
                        "event",
                        event));
        each.drops()
                .forEach((reason, value) -> families.counter(
                        "weir_application_drops",
                        "Packets that the application dropped, by its own reasons.",
                        value,
                        "application",
                        name,
                        "reason",
                        reason));
    }

    private static double flag(boolean value) {
        return value ? 1 : 0;
    }
}
