package io.weir.node;

import io.weir.memory.configuration.ConfigurationLayout;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.map.Region;
import io.weir.memory.queue.QueueValue;
import java.util.Arrays;

/** What two programs must agree on to read each other's map, as one number in the map's header. */
final class NodeLayout {
    /** Change when a layout changes that the names and sizes below do not show. */
    private static final int REVISION = 3;

    static final long HASH = hash();

    private NodeLayout() {}

    private static long hash() {
        String text = REVISION
                + Arrays.toString(Counter.values())
                + Arrays.toString(DropReason.values())
                + Arrays.toString(InterfaceCounter.values())
                + Arrays.toString(QueueValue.values())
                + ConnectionTable4.RECORD_BYTES
                + " "
                + ConnectionTable6.RECORD_BYTES
                + " "
                + ConfigurationLayout.NAME_BYTES
                + Arrays.stream(Region.values()).map(r -> r.key() + r.layout()).toList();
        long hash = 0xcbf29ce484222325L; // FNV-1a, 64 bits: offset basis and prime of draft-eastlake-fnv
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
