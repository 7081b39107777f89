package io.weir.port.afxdp;

import io.weir.linux.Bpf;
import io.weir.linux.Descriptors;
import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.Netlink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which frames weir takes from interfaces that it shares with the kernel: tables that the XDP programs of all such
 * interfaces of a node read. One per node; used by the control thread.
 *
 * <p>Taken are, in this order of examination: all that is sent to an address that is weir's alone, with ARP requests,
 * ARP replies and neighbour solicitations for it; packets to a service; packets from a server, unless they are for an
 * address that only the kernel has. Everything else is the kernel's: what is sent to its own addresses, such as ssh,
 * fragments and IPv6 packets with extension headers among them.
 *
 * <p>An address that weir and the kernel both have is resolved by the kernel, which keeps the answers: weir cannot ask
 * its neighbours in the name of such an address, and needs an own address that the kernel does not have.
 *
 * <pre>
 *  key   0                 16        18          19   20
 *       +-----------------+---------+-----------+----+
 *       | address         | port    | protocol  | 0  |     IPv4 as ::ffff:a.b.c.d; port in network order
 *       +-----------------+---------+-----------+----+
 * </pre>
 *
 * The table of addresses has the first 16 bytes as its key.
 */
public final class TrafficSelector implements AutoCloseable {
    /** Values in the table of addresses: weir's alone, both weir's and the kernel's, the kernel's alone. */
    static final int WEIR = 1;

    static final int BOTH = 2;
    static final int KERNEL = 3;

    private static final int ADDRESS_BYTES = 16;
    private static final int ENDPOINT_BYTES = 20;
    private static final int MOST_ENTRIES = 1 << 16;

    /**
     * Ports of one address.
     *
     * @param protocol 6 (TCP) or 17 (UDP)
     * @param least 1..65535
     * @param greatest likewise
     */
    public record Ports(InetAddress address, int protocol, int least, int greatest) {
        public Ports {
            if (protocol != 6 && protocol != 17) {
                throw new IllegalArgumentException("protocol " + protocol + " is neither 6 (TCP) nor 17 (UDP)");
            }
            for (int port : new int[] {least, greatest}) {
                if (port < 1 || port > 65_535) {
                    throw new IllegalArgumentException("port " + port + " is not within 1..65535");
                }
            }
            if (least > greatest) {
                throw new IllegalArgumentException("ports " + least + " to " + greatest + " are none");
            }
        }

        /** One port. */
        public Ports(InetAddress address, int protocol, int port) {
            this(address, protocol, port, port);
        }
    }

    /** A key as three little-endian words. */
    record Key(long first, long second, int last) {
        private static final ValueLayout.OfLong LONG =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

        static Key of(InetAddress address, int last) {
            byte[] bytes = address.getAddress();
            MemorySegment memory = MemorySegment.ofArray(bytes);
            if (bytes.length == ADDRESS_BYTES) {
                return new Key(memory.get(LONG, 0), memory.get(LONG, 8), last);
            }
            return new Key(0, ((long) memory.get(INT, 0) << 32) | 0xffff_0000L, last);
        }

        byte[] bytes(int length) {
            byte[] bytes = new byte[ENDPOINT_BYTES];
            MemorySegment memory = MemorySegment.ofArray(bytes);
            memory.set(LONG, 0, first);
            memory.set(LONG, 8, second);
            memory.set(INT, 16, last);
            return Arrays.copyOf(bytes, length);
        }
    }

    /** One map of the kernel and what was put into it. */
    private static final class Table {
        private final String name;
        private final int keyBytes;
        private final int map;
        private Map<Key, Integer> present = Map.of();

        Table(String name, int keyBytes) {
            this.name = name;
            this.keyBytes = keyBytes;
            map = Bpf.createMap(Bpf.MAP_TYPE_HASH, name, keyBytes, Integer.BYTES, MOST_ENTRIES);
        }

        void add(Map<Key, Integer> wanted) {
            wanted.forEach((key, value) -> {
                if (!value.equals(present.get(key))) {
                    byte[] bytes = new byte[Integer.BYTES];
                    MemorySegment.ofArray(bytes).set(Key.INT, 0, value);
                    require(Bpf.update(map, key.bytes(keyBytes), bytes), "BPF_MAP_UPDATE_ELEM");
                }
            });
        }

        void removeAllBut(Map<Key, Integer> wanted) {
            for (Key key : present.keySet()) {
                if (!wanted.containsKey(key)) {
                    require(Bpf.delete(map, key.bytes(keyBytes)), "BPF_MAP_DELETE_ELEM");
                }
            }
            present = wanted;
        }

        private void require(int result, String command) {
            if (result < 0) {
                String call = "bpf(" + command + ", \"" + name + "\")";
                // E2BIG
                String full = result == -7 ? ": there are more than " + MOST_ENTRIES + " entries" : "";
                throw new LinuxException(
                        call, -result, call + ": " + Errno.name(-result) + " (" + Errno.text(-result) + ")" + full);
            }
        }
    }

    private final Netlink netlink = new Netlink();
    private final Table addresses;
    private final Table services;
    private final Table servers;

    private TrafficSelector() {
        addresses = new Table("weir_addresses", ADDRESS_BYTES);
        services = new Table("weir_services", ENDPOINT_BYTES);
        servers = new Table("weir_servers", ENDPOINT_BYTES);
    }

    /**
     * Tables without entries: nothing is taken. The kernel's addresses are those of the calling thread's network namespace.
     *
     * @throws LinuxException EPERM without CAP_BPF and CAP_NET_ADMIN
     */
    public static TrafficSelector create() {
        return new TrafficSelector();
    }

    /**
     * Changes what is taken; entries are added before others are deleted, so that what is in both is taken throughout.
     *
     * @param own own and virtual addresses: all that is sent to them is taken, unless the kernel has the address as well
     * @param served packets to them are taken, also when the kernel has the address. Each port of a range takes an entry
     *     when it has
     * @param serving packets from them are taken: replies to be translated back
     */
    public synchronized void replace(Set<InetAddress> own, Set<Ports> served, Set<Ports> serving) {
        Set<InetAddress> kernel = netlink.addresses();
        Map<Key, Integer> wantedAddresses = addressValues(own, kernel);
        Map<Key, Integer> wantedServices = portValues(served, kernel);
        Map<Key, Integer> wantedServers = portValues(serving, kernel);
        addresses.add(wantedAddresses);
        services.add(wantedServices);
        servers.add(wantedServers);
        addresses.removeAllBut(wantedAddresses);
        services.removeAllBut(wantedServices);
        servers.removeAllBut(wantedServers);
    }

    private static Map<Key, Integer> addressValues(Set<InetAddress> own, Set<InetAddress> kernel) {
        Map<Key, Integer> values = new HashMap<>();
        kernel.forEach(address -> values.put(key(address), own.contains(address) ? BOTH : KERNEL));
        own.forEach(address -> values.putIfAbsent(key(address), WEIR));
        return values;
    }

    private static Map<Key, Integer> portValues(Set<Ports> all, Set<InetAddress> kernel) {
        Map<Key, Integer> values = new HashMap<>();
        for (Ports each : all) {
            // An address that is weir's alone brings all packets.
            if (each.least == each.greatest || kernel.contains(each.address)) {
                for (int port = each.least; port <= each.greatest; port++) {
                    values.put(key(each.address, each.protocol, port), 1);
                }
            }
        }
        return values;
    }

    static Key key(InetAddress address) {
        return Key.of(address, 0);
    }

    private static Key key(InetAddress address, int protocol, int port) {
        int portInNetworkOrder = Short.toUnsignedInt(Short.reverseBytes((short) port));
        return Key.of(address, portInNetworkOrder | (protocol << 16));
    }

    /** Descriptors of the maps, for programs. */
    int addressMap() {
        return addresses.map;
    }

    int serviceMap() {
        return services.map;
    }

    int serverMap() {
        return servers.map;
    }

    /** The tables live on while a program uses them. */
    @Override
    public void close() {
        Descriptors.close(addresses.map);
        Descriptors.close(services.map);
        Descriptors.close(servers.map);
        netlink.close();
    }
}
