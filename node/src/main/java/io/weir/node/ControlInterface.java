package io.weir.node;

import io.weir.control.configuration.ControlFacts;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.network.ControlNetwork;
import io.weir.control.network.SourceAddresses;
import io.weir.linux.LinuxException;
import io.weir.linux.PrivateNetwork;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The interface by which the control processor reaches servers through the switching processors: a cable whose one end the
 * node opens like any other interface, and whose other end is in a private network with all own addresses.
 *
 * <pre>
 *   health checks, polls, report listeners
 *        │ sockets of the private network, bound to own addresses
 *   control0 ═══ veth ═══ weirc-NAME ── af_packet ── switching processors ── the other interfaces
 * </pre>
 *
 * Its id is one more than that of the last interface of the configuration.
 */
final class ControlInterface implements AutoCloseable {
    /** As tools show it. */
    static final String NAME = "control";

    private static final String PREFIX = "weirc-";
    /** IFNAMSIZ - 1. */
    private static final int LONGEST_DEVICE = 15;

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    /** Locally administered; the next octets spell "weir". */
    private static final long LINK_ADDRESS = 0x06_57_65_69_00_00L;

    private static final int INNER_BIT = 1;
    private static final int MTU = 1500;
    /** Checks of some thousand servers a second, and a bounded share of a core under a flood. */
    private static final int PACKETS_PER_SECOND = 20_000;

    private final int id;
    private final PrivateNetwork network;
    private final DataPathNetwork sockets;

    private ControlInterface(NodeConfiguration configuration, PrivateNetwork network) {
        this.id = id(configuration);
        this.network = network;
        this.sockets = new DataPathNetwork(network, configuration);
    }

    /**
     * Whether anything of a configuration goes through the data path: a server with a check or a source of load, or
     * reports that arrive at an own address.
     */
    static boolean isNeeded(NodeConfiguration configuration) {
        return configuration.servers().stream().anyMatch(s -> s.check() != null || s.load() != null)
                || listensInside(configuration);
    }

    private static boolean listensInside(NodeConfiguration configuration) {
        return !new SourceAddresses(configuration)
                .ownOf(configuration.reports().listen())
                .isEmpty();
    }

    /** The id of the control interface, whether there is one or not. */
    static int id(NodeConfiguration configuration) {
        return configuration.interfaces().size() + 1;
    }

    /** The device of a node's control interface: its name, or where that is too long, its beginning and a hash. */
    static String device(String nodeName) {
        String plain = PREFIX + nodeName;
        return plain.length() <= LONGEST_DEVICE && PLAIN.matcher(nodeName).matches()
                ? plain
                : PREFIX + String.format("c%08x", nodeName.hashCode());
    }

    /**
     * Makes the private network and the cable from the calling thread's network namespace.
     *
     * @throws NodeException with the missing capability
     */
    static ControlInterface open(NodeConfiguration configuration) {
        PrivateNetwork network = null;
        boolean complete = false;
        // the last octet of the hash is spared for the two ends
        long base = LINK_ADDRESS | (configuration.name().hashCode() << 1 & 0xfffeL);
        try {
            network = PrivateNetwork.create(device(configuration.name()), base, base | INNER_BIT, MTU);
            ControlInterface opened = new ControlInterface(configuration, network);
            complete = true;
            return opened;
        } catch (LinuxException | IllegalStateException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE,
                    "health checks, polls of load and reports at own addresses need a network namespace: "
                            + e.getMessage());
        } finally {
            if (!complete && network != null) {
                network.close();
            }
        }
    }

    int id() {
        return id;
    }

    /** Name of the outer end in the node's network namespace. */
    String device() {
        return network.device();
    }

    /** Link-layer address of the outer end: frames from the control processor are sent to it. */
    long outerLinkAddress() {
        return network.outerLinkAddress();
    }

    /** Link-layer address of the inner end: frames for the control processor must be sent to it. */
    long innerLinkAddress() {
        return network.innerLinkAddress();
    }

    /** Ports of packets that are for the control processor, under a configuration. */
    static List<PortRange> ports(NodeConfiguration configuration) {
        List<PortRange> ports = new ArrayList<>();
        ports.add(new PortRange(PrivateNetwork.LEAST_PORT, PrivateNetwork.GREATEST_PORT));
        if (listensInside(configuration)) {
            int port = configuration.reports().port();
            ports.add(new PortRange(port, port));
        }
        return ports;
    }

    /** What the configuration table has to say of it. */
    ControlFacts facts(NodeConfiguration configuration) {
        return new ControlFacts(
                NAME,
                new MacAddress(outerLinkAddress()),
                new MacAddress(innerLinkAddress()),
                MTU,
                ports(configuration),
                PACKETS_PER_SECOND);
    }

    /** Where sockets that go through the data path are opened. */
    ControlNetwork network() {
        return sockets;
    }

    /** Takes the own addresses and routes of a configuration; after it has come into force. */
    void configure(NodeConfiguration configuration) {
        sockets.configure(configuration);
    }

    @Override
    public void close() {
        sockets.close();
        network.close();
    }
}
