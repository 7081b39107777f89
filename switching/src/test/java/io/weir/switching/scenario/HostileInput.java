package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.port.Offload;
import io.weir.switching.scenario.Sites.Mode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any bytes as something that happens to a node, so that a fuzzer that turns bytes turns frames, times and troubles.
 * Every sequence of bytes means something; what is missing at the end counts as zeros.
 *
 * <pre>
 *  step   = op, then by its low three bits:
 *  0..1     u16 length, bytes                        a frame
 *  2        u8 first, u8 next, then as 4             a scenario's frame in pieces of 8 * first and next bytes
 *  3        u8 first, u8 next, u16 length, bytes     a frame in such pieces
 *  4        u16 number, u8 cut, u8 n, n * (u16 at, u8 value)
 *                                                    a scenario's frame without its last bytes, n others replaced
 *  5        u16 milliseconds                         time passes
 *  6        u8 number                                another configuration
 *  7        u8 kind, u8 amount                       a full ring, a link down, few free buffers; 3: all is well
 *
 *  op bits for frames:  3 interface   4 buffer of the storage, not of a receive ring   5 checksums made right
 *                       6 checksum left to the interface, or known to nobody   7 any offload: eight more bytes after the frame
 * </pre>
 */
final class HostileInput {
    private static final int MOST_STEPS = 128;
    private static final int LONGEST_PAUSE_MS = 20_000;

    private static final int TEMPLATE_IN_PIECES = 2;
    private static final int IN_PIECES = 3;
    private static final int TEMPLATE = 4;
    private static final int PAUSE = 5;
    private static final int CONFIGURE = 6;
    private static final int TROUBLE = 7;

    private static final int INTERFACE_BIT = 0x08;
    private static final int STORAGE_BIT = 0x10;
    private static final int REPAIR_BIT = 0x20;
    private static final int OPEN_CHECKSUM_BIT = 0x40;
    private static final int OFFLOAD_BIT = 0x80;

    /** What the node may be configured to, by the number in {@link #CONFIGURE}. */
    static final List<ConfigurationImage> CONFIGURATIONS = List.of(
            Sites.one(Mode.NAT).configuration(),
            Sites.one(Mode.DIRECT).configuration(),
            Sites.anyPort(Mode.NAT).configuration(),
            Sites.weighted(0, 3).configuration(),
            Sites.weighted(0, 0).configuration(),
            Sites.with(Sites.limits(2, 2, 4, false)).configuration(),
            Sites.network(List.of(), Settings.DEFAULTS).configuration(),
            Sites.hosted(1, 1).configuration(),
            Sites.hosted(1, 1, Sites.hostLimits(5, 3, 2).withInterface(Sites.INT), false, 600)
                    .configuration());

    /** Frames of all scenarios, each once, with the interface they come in by. */
    static final List<Scenario.Receive> FRAMES = frames();

    private final byte[] bytes;
    private int at;
    /** Of the frame being read; 0 when it comes in one. */
    private int firstPiece;

    private int nextPieces;

    private HostileInput(byte[] bytes) {
        this.bytes = bytes;
    }

    private static List<Scenario.Receive> frames() {
        List<Scenario.Receive> frames = new ArrayList<>();
        for (Scenario scenario : Scenarios.all()) {
            for (Scenario.Step step : scenario.steps()) {
                if (step instanceof Scenario.Receive receive
                        && receive.frame().length <= BoundedNode.LONGEST
                        && frames.stream().noneMatch(other -> Arrays.equals(other.frame(), receive.frame()))) {
                    frames.add(receive);
                }
            }
        }
        return List.copyOf(frames);
    }

    /** Server 2 and the stranger are not known yet, and tables are small. */
    static Network network() {
        Network site = Sites.one(Mode.NAT);
        List<Network.Station> known = site.stations().stream()
                .filter(station -> station.endpoint().mac() != Sites.SERVER_2_MAC)
                .toList();
        return new Network(site.configuration(), site.routes(), known, 16, 24, false);
    }

    /** Runs the input on a node of its own, with or without interfaces that complete checksums and segment. */
    static void run(byte[] bytes) {
        boolean offloads = bytes.length % 2 == 0;
        try (BoundedNode node = new BoundedNode(network(), CONFIGURATIONS, offloads)) {
            run(bytes, node);
        }
    }

    static void run(byte[] bytes, BoundedNode node) {
        HostileInput input = new HostileInput(bytes);
        for (int step = 0; step < MOST_STEPS && input.at < bytes.length; step++) {
            input.step(node);
        }
    }

    private void step(BoundedNode node) {
        int op = next();
        switch (op & 7) {
            case TEMPLATE -> receive(node, op, template());
            case TEMPLATE_IN_PIECES, IN_PIECES -> {
                firstPiece = Math.max(1, 8 * next());
                nextPieces = Math.max(1, next());
                receive(node, op, (op & 7) == IN_PIECES ? frame() : template());
                firstPiece = 0;
            }
            case PAUSE -> node.advance(Math.min(next16(), LONGEST_PAUSE_MS));
            case CONFIGURE -> node.configure(next());
            case TROUBLE -> trouble(node, next(), next());
            default -> receive(node, op, frame());
        }
    }

    private byte[] frame() {
        byte[] frame = new byte[Math.min(next16(), BoundedNode.LONGEST)];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) next();
        }
        return frame;
    }

    private byte[] template() {
        byte[] whole = FRAMES.get(next16() % FRAMES.size()).frame();
        byte[] frame = Arrays.copyOf(whole, whole.length - next() % whole.length);
        if (frame.length < whole.length) {
            FrameChecksums.fitLength(frame); // else the first check of a length would be the last
        }
        for (int changes = next(); changes > 0; changes--) {
            int position = next16();
            frame[position % frame.length] = (byte) next();
        }
        return frame;
    }

    private void receive(BoundedNode node, int op, byte[] frame) {
        if (frame.length == 0) {
            return;
        }
        long offload = Offload.NONE;
        if ((op & REPAIR_BIT) != 0) {
            FrameChecksums.repair(frame);
        }
        if ((op & OPEN_CHECKSUM_BIT) != 0) {
            offload = FrameChecksums.leaveOpen(frame);
        }
        // Half of what an AF_XDP port would deliver, with open and with complete checksums.
        if ((firstPiece > 0 || (op & OPEN_CHECKSUM_BIT) != 0) && frame.length % 2 == 0) {
            offload = Script.UNKNOWN;
        }
        if ((op & OFFLOAD_BIT) != 0) {
            for (int i = 0; i < 8; i++) {
                offload = offload << 8 | next();
            }
        }
        int interfaceId = (op & INTERFACE_BIT) == 0 ? Sites.EXT : Sites.INT;
        if (firstPiece > 0) {
            node.receiveInPieces(interfaceId, frame, offload, firstPiece, nextPieces);
        } else if ((op & STORAGE_BIT) == 0) {
            node.receiveInRing(interfaceId, frame, offload);
        } else {
            node.receiveInStorage(interfaceId, frame, offload);
        }
    }

    private static void trouble(BoundedNode node, int kind, int amount) {
        int interfaceId = 1 + (amount & 1);
        switch (kind & 3) {
            case 0 -> node.refuse(interfaceId, amount >> 1);
            case 1 -> node.setDown(interfaceId, (amount & 2) != 0);
            case 2 -> node.starve(amount % 4);
            default -> {
                node.starve(-1);
                for (int id = Sites.EXT; id <= Sites.INT; id++) {
                    node.setDown(id, false);
                    node.refuse(id, 0);
                }
            }
        }
    }

    private int next() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    private int next16() {
        return next() << 8 | next();
    }

    /** The bytes that play what a scenario does to weir; what weir must do is left out. */
    static byte[] encode(Scenario scenario) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        configure(out, scenario.network().configuration());
        int frames = 0;
        for (Scenario.Step step : scenario.steps()) {
            switch (step) {
                case Scenario.Receive receive -> encode(out, receive, frames++ % 3);
                case Scenario.Advance advance -> {
                    for (int left = advance.milliseconds(); left > 0; left -= LONGEST_PAUSE_MS) {
                        out.write(PAUSE);
                        Packet.number(out, Math.min(left, LONGEST_PAUSE_MS), 2);
                    }
                }
                case Scenario.Configure change -> configure(out, change.configuration());
                default -> {}
            }
        }
        return out.toByteArray();
    }

    private static void configure(ByteArrayOutputStream out, ConfigurationImage image) {
        int known = CONFIGURATIONS.indexOf(image);
        if (known > 0) {
            out.write(CONFIGURE);
            out.write(known);
        }
    }

    private static void encode(ByteArrayOutputStream out, Scenario.Receive receive, int way) {
        if (receive.frame().length > BoundedNode.LONGEST) {
            return;
        }
        int op = receive.interfaceId() == Sites.INT ? INTERFACE_BIT : 0;
        op |= way == 1 ? STORAGE_BIT : way == 2 ? IN_PIECES : 0;
        out.write(receive.offload() == Offload.NONE ? op : op | OFFLOAD_BIT);
        if (way == 2) {
            out.write(24); // 192 bytes: all headers
            out.write(57);
        }
        Packet.number(out, receive.frame().length, 2);
        out.writeBytes(receive.frame());
        if (receive.offload() != Offload.NONE) {
            Packet.number(out, receive.offload(), 8);
        }
    }
}
