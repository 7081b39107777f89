package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.configuration.ConfigurationImage.PortRange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A list of ranges of ports in a side of the configuration table, each {@link ConfigurationLayout#CONTROL_PORTS_BYTES} long. */
final class PortRanges {
    private PortRanges() {}

    /** True when the port is within one of {@code count} ranges. Allocation-free. */
    static boolean contain(MemorySegment side, long first, int count, int port) {
        long end = first + (long) count * CONTROL_PORTS_BYTES;
        for (long at = first; at < end; at += CONTROL_PORTS_BYTES) {
            if (port >= side.get(U16, at) && port <= side.get(U16, at + CONTROL_PORTS_GREATEST)) {
                return true;
            }
        }
        return false;
    }

    /** Fails with {@link IllegalArgumentException} when there are too many, or a port is out of range. */
    static void check(List<PortRange> ranges, int most, String what) {
        require(ranges.size() <= most, "ranges of " + what + "s", ranges.size(), most);
        for (PortRange each : ranges) {
            require(each.least() > 0 && each.least() <= each.greatest(), what, each.least(), each.greatest());
            require(each.greatest() <= 0xffff, what, each.greatest(), 0xffff);
        }
    }

    static void write(MemorySegment side, long first, List<PortRange> ranges) {
        long at = first;
        for (PortRange each : ranges) {
            side.set(U16, at, (char) each.least());
            side.set(U16, at + CONTROL_PORTS_GREATEST, (char) each.greatest());
            at += CONTROL_PORTS_BYTES;
        }
    }

    /** Those of a side that has been written. */
    static List<PortRange> read(MemorySegment side, long first, int count) {
        List<PortRange> ranges = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            long at = first + (long) k * CONTROL_PORTS_BYTES;
            ranges.add(new PortRange(side.get(U16, at), side.get(U16, at + CONTROL_PORTS_GREATEST)));
        }
        return ranges;
    }
}
