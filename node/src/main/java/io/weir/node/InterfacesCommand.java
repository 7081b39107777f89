package io.weir.node;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.CountersReader;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            Map<String, Long> counters,
            Map<String, Long> drops) {}

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

    private static List<Face> read(NodeMemory memory) {
        ConfigurationImage configuration = memory.configuration();
        CountersReader counters = memory.countersReader();
        List<Face> faces = new ArrayList<>();
        int id = 0;
        for (ConfigurationImage.Interface face : configuration.interfaces()) {
            id++;
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
            faces.add(new Face(
                    id,
                    face.name(),
                    counters.value(InterfaceCounter.UP_EVENTS, id) > counters.value(InterfaceCounter.DOWN_EVENTS, id),
                    Names.linkAddress(face.linkAddress()),
                    face.mtu(),
                    face.addresses().stream()
                            .map(a -> Names.address(a.address()) + "/" + a.prefixLength())
                            .toList(),
                    values,
                    drops));
        }
        return faces;
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
                    face.mtu(),
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
        TextTable drops = new TextTable("interface", "dropped", "packets");
        for (Face face : faces) {
            face.drops().forEach((reason, count) -> drops.row(face.name(), reason, count));
        }
        if (!drops.isEmpty()) {
            text.append('\n').append(drops.render());
        }
        return text.toString().stripTrailing();
    }

    private static long value(Map<String, Long> counters, InterfaceCounter counter) {
        return counters.getOrDefault(counter.key(), 0L);
    }
}
