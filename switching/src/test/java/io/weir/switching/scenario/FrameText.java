package io.weir.switching.scenario;

import io.weir.wire.FrameDescription;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Frames as text for failures. */
final class FrameText {
    private FrameText() {}

    static String of(byte[] frame) {
        return FrameDescription.describe(frame)
                + HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(frame, Math.min(frame.length, 128))) + "\n";
    }

    /** The frame expected field by field, with what was there instead on the line below. */
    static String difference(byte[] expected, byte[] actual) {
        List<String> wanted = of(expected).lines().toList();
        List<String> found = of(actual).lines().toList();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.max(wanted.size(), found.size()); i++) {
            String want = i < wanted.size() ? wanted.get(i) : "";
            String was = i < found.size() ? found.get(i) : "";
            if (want.equals(was)) {
                text.append("    ").append(want).append('\n');
            } else {
                text.append("  - ").append(want).append("\n  + ").append(was).append('\n');
            }
        }
        return text.append("(- expected, + transmitted)").toString();
    }
}
