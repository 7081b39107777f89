package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.queue.QueueDescription;
import io.weir.memory.queue.QueueTable;
import io.weir.memory.queue.QueueValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir interfaces}: interfaces with their counters and drops by reason. */
@Command(
        name = "interfaces",
        description = "Lists the interfaces of a node with their counters and drops by reason.",
        mixinStandardHelpOptions = true)
final class InterfacesCommand implements Callable<Integer> {
    @Mixin
    private MapFinder node = new MapFinder();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** An interface in the listing. */
    record Face(
            int id,
            String name,
            boolean up,
            String linkAddress,
            int mtu,
            List<String> addresses,
            String driver,
            String reason,
            Map<String, Long> counters,
            Map<String, Long> drops,
            List<Queue> queues,
            long freeBuffers,
            long buffers) {}

    /** A receive queue in the listing; the rings are those of its interface's driver, 0 for one it has not. */
    record Queue(
            int queue,
            int processor,
            String driver,
            String mode,
            int receiveRing,
            int transmitRing,
            int fillRing,
            int completionRing,
            Map<String, Long> values) {}

    @Override
    public Integer call() {
        try (NodeMemory memory = node.attach()) {
            List<Face> faces = read(memory);
            var out = spec.commandLine().getOut();
            out.println(json ? Json.of(faces) : render(faces));
            out.flush();
        }
        return ExitStatus.OK;
    }

    private static List<Queue> queues(QueueTable table, int interfaceId) {
        List<Queue> queues = new ArrayList<>();
        for (int row : table.rowsOf(interfaceId)) {
            table.description(row).ifPresent(q -> {
                Map<String, Long> values = new LinkedHashMap<>();
                for (QueueValue value : QueueValue.values()) {
                    values.put(value.key(), table.value(row, value));
                }
                queues.add(new Queue(
                        q.queue(),
                        q.processor(),
                        q.driver(),
                        q.mode(),
                        q.receiveRing(),
                        q.transmitRing(),
                        q.fillRing(),
                        q.completionRing(),
                        values));
            });
        }
        return queues;
    }

    private static Optional<QueueDescription> firstQueue(QueueTable table, int interfaceId) {
        return table.rowsOf(interfaceId).stream().findFirst().flatMap(table::description);
    }

    private static List<Face> read(NodeMemory memory) {
        List<Face> faces = new ArrayList<>();
        for (ConfigurationImage.Interface face : memory.configuration().interfaces()) {
            faces.add(face(
                    memory,
                    faces.size() + 1,
                    face.name(),
                    Names.linkAddress(face.linkAddress()),
                    face.mtu(),
                    face.addresses().stream()
                            .map(a -> Names.address(a.address()) + "/" + a.prefixLength())
                            .toList()));
        }
        return faces;
    }

    private static Face face(
            NodeMemory memory, int id, String name, String linkAddress, int mtu, List<String> addresses) {
        CountersReader counters = memory.countersReader();
        Map<String, Long> values = new LinkedHashMap<>();
        for (InterfaceCounter counter : InterfaceCounter.values()) {
            values.put(counter.key(), counters.value(counter, id));
        }
        Map<String, Long> drops = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            long dropped = counters.dropped(reason, id);
            if (dropped != 0) {
                drops.put(reason.key(), dropped);
            }
        }
        Optional<QueueDescription> queue = firstQueue(memory.queues(), id);
        return new Face(
                id,
                name,
                counters.value(InterfaceCounter.UP_EVENTS, id) > counters.value(InterfaceCounter.DOWN_EVENTS, id),
                linkAddress,
                mtu,
                addresses,
                queue.map(q -> (q.driver() + " " + q.mode()).strip()).orElse(""),
                queue.map(QueueDescription::reason).orElse(""),
                values,
                drops,
                queues(memory.queues(), id),
                memory.freeBuffers(),
                memory.buffers());
    }

    private static String render(List<Face> faces) {
        TextTable table = new TextTable(
                "id",
                "name",
                "state",
                "link address",
                "mtu",
                "received",
                "bytes",
                "transmitted",
                "bytes",
                "dropped",
                "kernel dropped",
                "truncated",
                "errors",
                "addresses");
        for (Face face : faces) {
            Map<String, Long> c = face.counters();
            table.row(
                    face.id(),
                    face.name(),
                    face.up() ? "up" : "DOWN",
                    face.linkAddress(),
                    face.mtu() == 0 ? "" : face.mtu(),
                    value(c, InterfaceCounter.RECEIVED_PACKETS),
                    value(c, InterfaceCounter.RECEIVED_BYTES),
                    value(c, InterfaceCounter.TRANSMITTED_PACKETS),
                    value(c, InterfaceCounter.TRANSMITTED_BYTES),
                    value(c, InterfaceCounter.DROPPED_PACKETS),
                    value(c, InterfaceCounter.KERNEL_DROPPED_PACKETS),
                    value(c, InterfaceCounter.TRUNCATED_PACKETS),
                    value(c, InterfaceCounter.TRANSMIT_ERRORS),
                    String.join(" ", face.addresses()));
        }
        StringBuilder text = new StringBuilder(table.render());
        renderQueues(faces, text);
        TextTable drops = new TextTable("interface", "dropped", "packets");
        for (Face face : faces) {
            face.drops().forEach((reason, count) -> drops.row(face.name(), reason, count));
        }
        if (!drops.isEmpty()) {
            text.append('\n').append(drops.render());
        }
        return text.toString().stripTrailing();
    }

    private static void renderQueues(List<Face> faces, StringBuilder text) {
        TextTable queues = new TextTable(
                "interface",
                "queue",
                "driver",
                "processor",
                "rings rx/tx/fill/done",
                "filled",
                "sending",
                "received",
                "transmitted",
                "kernel dropped",
                "ring full",
                "fill empty",
                "invalid");
        TextTable reasons = new TextTable("interface", "driver", "because");
        for (Face face : faces) {
            for (Queue queue : face.queues()) {
                Map<String, Long> v = queue.values();
                queues.row(
                        face.name(),
                        queue.queue(),
                        (queue.driver() + " " + queue.mode()).strip(),
                        queue.processor(),
                        queue.receiveRing() + "/" + queue.transmitRing() + "/" + queue.fillRing() + "/"
                                + queue.completionRing(),
                        value(v, QueueValue.FILL_LEVEL),
                        value(v, QueueValue.TRANSMIT_OUTSTANDING),
                        value(v, QueueValue.RECEIVED),
                        value(v, QueueValue.TRANSMITTED),
                        value(v, QueueValue.KERNEL_DROPPED),
                        value(v, QueueValue.KERNEL_RING_FULL),
                        value(v, QueueValue.KERNEL_FILL_EMPTY),
                        value(v, QueueValue.KERNEL_INVALID));
            }
            reasons.row(face.name(), face.driver(), face.reason());
        }
        if (!queues.isEmpty()) {
            text.append('\n').append(queues.render());
            text.append('\n').append(reasons.render());
            Face any = faces.getFirst();
            text.append('\n')
                    .append("packet buffers: ")
                    .append(TextTable.number(any.freeBuffers()))
                    .append(" free of ")
                    .append(TextTable.number(any.buffers()))
                    .append('\n');
        }
    }

    private static long value(Map<String, Long> values, QueueValue value) {
        return values.getOrDefault(value.key(), 0L);
    }

    private static long value(Map<String, Long> counters, InterfaceCounter counter) {
        return counters.getOrDefault(counter.key(), 0L);
    }
}
