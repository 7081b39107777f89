package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.connection.ConnectionTable;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.map.MemoryPlan;
import io.weir.memory.map.Region;
import io.weir.memory.packet.BufferPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference of the shared memory: regions from {@link Region}, layouts from the drawings in the classes that own them. */
class MemoryReferenceTest {
    private static final Path SOURCES = Project.FOLDER.resolve("memory/src/main/java/io/weir/memory");

    /** The first drawing in a Javadoc comment. */
    private static final Pattern DRAWING = Pattern.compile("<pre>\\R(.*?)\\R \\* </pre>", Pattern.DOTALL);

    @Test
    void the_memory_reference_is_true() throws IOException {
        StringBuilder text = new StringBuilder("""
            # Shared memory

            Generated from `Region` and the drawings in the classes named below. Numbers are little-endian; offsets are in bytes.

            ## Regions

            In the order of the file. A region that a node does not need has length 0.

            | region | written by | least alignment | layout |
            | --- | --- | --- | --- |
            """);
        for (Region region : Region.values()) {
            text.append("| `%s` | %s | %d | %d |\n"
                    .formatted(region.key(), region.writer(), region.alignment(), region.layout()));
        }
        text.append("""

            ## Sizes

            | what | bytes |
            | --- | --- |
            | header with region table | %d |
            | IPv4 connection record | %d |
            | IPv6 connection record | %d |
            | room before a frame in its buffer | %d |

            A look-up in a connection table probes at most %d slots.

            ## Layouts
            """.formatted(
                        MemoryPlan.HEADER_BYTES,
                        ConnectionTable4.RECORD_BYTES,
                        ConnectionTable6.RECORD_BYTES,
                        BufferPool.HEADROOM,
                        ConnectionTable.PROBE_LIMIT));
        layout(text, "header", "map/MapHeader");
        layout(text, "counters", "counters/CountersLayout");
        layout(text, "sides-configuration, sides-routing", "map/Sides");
        layout(text, "configuration-a, configuration-b", "configuration/ConfigurationLayout");
        layout(text, "routing-a, routing-b", "routing/RoutingSide");
        layout(text, "neighbours", "routing/NeighbourTable");
        layout(text, "connections4, connections6", "connection/ConnectionTable");
        layout(text, "queues", "queue/QueueTable");
        layout(text, "rings", "ring/RingRegion");
        layout(text, "a ring", "ring/FrameRing");
        layout(text, "a doorbell", "ring/Doorbell");
        layout(text, "pool", "packet/FreePool");
        layout(text, "servers", "server/ServerStatusTable");
        layout(text, "applications", "application/ApplicationTable");
        ReferenceTest.check("memory.md", text.toString());
    }

    private static void layout(StringBuilder text, String regions, String source) throws IOException {
        Path file = SOURCES.resolve(source + ".java");
        Matcher drawing = DRAWING.matcher(Files.readString(file));
        assertThat(drawing.find()).as("a drawing in %s", file).isTrue();
        text.append("\n### ")
                .append(regions)
                .append("\n\n`")
                .append(source.substring(source.indexOf('/') + 1))
                .append("`\n\n```\n");
        drawing.group(1)
                .lines()
                .map(line -> line.replaceFirst("^ \\* ?", "").stripTrailing())
                .map(line -> line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
                .forEach(line -> text.append(line).append('\n'));
        text.append("```\n");
    }
}
