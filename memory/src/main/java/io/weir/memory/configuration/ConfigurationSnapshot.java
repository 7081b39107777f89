package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.map.Sides;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A copy of the active side for tools, with names by number. It is read without being announced to the writer, so after
 * reading the active pointer is looked at again: as long as it has not moved, the side cannot have been written.
 */
public final class ConfigurationSnapshot {
    /** A flip comes at most a few times a second; a copy takes milliseconds. */
    private static final int ATTEMPTS = 100;

    private final ConfigurationImage image;
    private final Map<Integer, String> serviceNames = new HashMap<>();
    private final Map<Integer, String> serverNames = new HashMap<>();

    private ConfigurationSnapshot(ConfigurationImage image) {
        this.image = image;
        image.services().forEach(each -> serviceNames.put(each.number(), each.name()));
        image.servers().forEach(each -> serverNames.put(each.number(), each.name()));
    }

    /**
     * Copies the active side; the image of generation 0 is empty.
     *
     * @throws IllegalStateException when the active side holds another layout, or changed during every attempt
     */
    public static ConfigurationSnapshot read(Sides sides, MemorySegment sideA, MemorySegment sideB) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long active = sides.active();
            if (Sides.generation(active) == 0) {
                return new ConfigurationSnapshot(
                        ConfigurationImage.builder().generation(0).build());
            }
            MemorySegment side = Sides.side(active) == Sides.A ? sideA : sideB;
            try {
                boolean isWritten = isWritten(side);
                ConfigurationImage image = isWritten
                        ? new Parser(side).image()
                        : ConfigurationImage.builder().build();
                VarHandle.loadLoadFence();
                if (sides.active() == active) {
                    if (!isWritten) {
                        throw new IllegalStateException("the configuration table has another layout than version "
                                + VERSION + ": written by another version of weir");
                    }
                    return new ConfigurationSnapshot(image);
                }
            } catch (IndexOutOfBoundsException | NegativeArraySizeException torn) {
                // Half of one configuration and half of the next: offsets may point anywhere. Unless nothing changed.
                if (sides.active() == active) {
                    throw new IllegalStateException("the configuration table is damaged", torn);
                }
            }
        }
        throw new IllegalStateException(
                "the configuration changed during each of " + ATTEMPTS + " attempts to read it");
    }

    /** Everything the side holds; services by number, their and the host's addresses in ascending raw order. */
    public ConfigurationImage image() {
        return image;
    }

    public long generation() {
        return image.generation();
    }

    /** Name of a service; {@code service-7} when number 7 is not in this configuration (a connection may outlive it). */
    public String serviceName(int number) {
        return serviceNames.getOrDefault(number, "service-" + number);
    }

    /** Name of a server; {@code server-7} when number 7 is not in this configuration. */
    public String serverName(int number) {
        return serverNames.getOrDefault(number, "server-" + number);
    }

    /** Name of an interface; {@code interface-7} when there is none with id 7. */
    public String interfaceName(int id) {
        return id > 0 && id <= image.interfaces().size()
                ? image.interfaces().get(id - 1).name()
                : "interface-" + id;
    }

    /** Reads the records of one side. */
    private record Parser(MemorySegment side) {
        private static final Comparator<RawAddress> ORDER = Comparator.comparing((RawAddress each) -> !each.isIpv4())
                .thenComparing(each -> Long.reverseBytes(each.address0()), Long::compareUnsigned)
                .thenComparing(each -> Long.reverseBytes(each.address1()), Long::compareUnsigned);

        ConfigurationImage image() {
            List<Integer> timeouts = new ArrayList<>();
            for (int state = 0; state < ConnectionState.COUNT; state++) {
                timeouts.add(side.get(U32, TIMEOUTS + 4L * state));
            }
            Settings settings = new Settings(
                    timeouts,
                    side.get(U32, RESETS),
                    side.get(U32, ECHOES),
                    side.get(U32, PENDING),
                    side.get(U32, FORWARDING_ENABLED) != 0,
                    side.get(U32, CONTROL_INTERFACE),
                    side.get(U64, CONTROL_LINK_ADDRESS),
                    ControlView.readPorts(side),
                    side.get(U32, CONTROL_PACKETS));
            return new ConfigurationImage(
                    side.get(U64, GENERATION),
                    name(side, CAUSE),
                    side.get(U64, CREATED),
                    settings,
                    interfaces(),
                    servers(),
                    services(),
                    side.get(U32, FIRST_APPLICATION),
                    ClaimSection.read(side),
                    HostView.read(side, hostAddresses()));
        }

        private List<RawAddress> hostAddresses() {
            List<RawAddress> addresses = new ArrayList<>();
            for (int slot = 0; slot < count(ADDRESS_HASH); slot++) {
                long at = offset(ADDRESS_HASH) + (long) slot * HASH_SLOT_BYTES;
                if (side.get(U32, at + ADDRESS_KIND) == ConfigurationReader.HOST) {
                    addresses.add(address(at));
                }
            }
            addresses.sort(ORDER);
            return addresses;
        }

        private long offset(int section) {
            return sectionOffset(side, section);
        }

        private int count(int section) {
            return sectionCount(side, section);
        }

        private RawAddress address(long at) {
            return new RawAddress(side.get(U64, at), side.get(U64, at + 8));
        }

        private List<Interface> interfaces() {
            List<Interface> interfaces = new ArrayList<>();
            for (int k = 0; k < count(INTERFACES); k++) {
                long at = offset(INTERFACES) + (long) k * INTERFACE_BYTES;
                List<OwnAddress> own = new ArrayList<>();
                long at4 = offset(OWN4) + (long) side.get(U32, at + FIRST_OWN4) * ENTRY4_BYTES;
                for (int j = side.get(U32, at + COUNT_OWN4); j > 0; j--, at4 += ENTRY4_BYTES) {
                    own.add(new OwnAddress(RawAddress.of4(side.get(U32, at4)), side.get(U32, at4 + ENTRY4_EXTRA)));
                }
                long at6 = offset(OWN6) + (long) side.get(U32, at + FIRST_OWN6) * ENTRY6_BYTES;
                for (int j = side.get(U32, at + COUNT_OWN6); j > 0; j--, at6 += ENTRY6_BYTES) {
                    own.add(new OwnAddress(address(at6), side.get(U32, at6 + ENTRY6_EXTRA)));
                }
                interfaces.add(new Interface(
                        name(side, at + INTERFACE_NAME),
                        side.get(U64, at + LINK_ADDRESS),
                        side.get(U32, at + MTU),
                        own));
            }
            return interfaces;
        }

        private List<Server> servers() {
            List<Server> servers = new ArrayList<>();
            for (int k = 0; k < count(SERVERS); k++) {
                long at = offset(SERVERS) + (long) k * SERVER_BYTES;
                List<RawAddress> addresses = new ArrayList<>();
                if (side.get(U32, at + SERVER_HAS4) != 0) {
                    addresses.add(RawAddress.of4(side.get(U32, at + SERVER_ADDRESS4)));
                }
                if (side.get(U32, at + SERVER_HAS6) != 0) {
                    addresses.add(address(at + SERVER_ADDRESS0));
                }
                servers.add(new Server(
                        side.get(U32, at + SERVER_NUMBER),
                        name(side, at + SERVER_NAME),
                        side.get(U32, at + SERVER_WEIGHT),
                        addresses,
                        tags(at),
                        side.get(U32, at + SERVER_RESETTING) != 0));
            }
            return servers;
        }

        private List<String> tags(long server) {
            List<String> tags = new ArrayList<>();
            long at = offset(TAGS) + (long) side.get(U32, server + SERVER_TAGS) * TAG_BYTES;
            for (int k = side.get(U32, server + SERVER_TAG_COUNT); k > 0; k--, at += TAG_BYTES) {
                tags.add(name(side, at));
            }
            return tags;
        }

        private List<Service> services() {
            Map<Integer, List<RawAddress>> addresses = addressesByService();
            Map<Integer, Service> services = new LinkedHashMap<>();
            for (int k = 0; k < count(SERVICES); k++) {
                long at = offset(SERVICES) + (long) k * SERVICE_BYTES;
                int number = side.get(U32, at + SERVICE_NUMBER);
                Members members = members(at);
                boolean isIpv4 = side.get(U32, at + SERVICE_FAMILY) == 4;
                Service other = services.get(number);
                Members ipv4 = isIpv4 ? members : other == null ? Members.NONE : other.ipv4();
                Members ipv6 = !isIpv4 ? members : other == null ? Members.NONE : other.ipv6();
                services.put(
                        number,
                        new Service(
                                number,
                                name(side, at + SERVICE_NAME),
                                side.get(U32, at + SERVICE_PROTOCOL),
                                side.get(U32, at + SERVICE_PORT),
                                side.get(U32, at + SERVICE_FORWARDING),
                                side.get(U32, at + SERVICE_ALGORITHM),
                                addresses.getOrDefault(number, List.of()),
                                ipv4,
                                ipv6,
                                side.get(U32, at + SERVICE_WEIGHTS),
                                Double.longBitsToDouble(side.get(U64, at + SERVICE_WEIGHT_UNIT))));
            }
            return services.values().stream()
                    .sorted(Comparator.comparingInt(Service::number))
                    .toList();
        }

        private Map<Integer, List<RawAddress>> addressesByService() {
            Map<Integer, List<RawAddress>> addresses = new HashMap<>();
            for (int slot = 0; slot < count(SERVICE_HASH); slot++) {
                long at = offset(SERVICE_HASH) + (long) slot * HASH_SLOT_BYTES;
                int service = side.get(U32, at + SERVICE_OFFSET);
                if (service != 0) {
                    int number = side.get(U32, (long) service + SERVICE_NUMBER);
                    addresses.computeIfAbsent(number, n -> new ArrayList<>()).add(address(at));
                }
            }
            addresses.values().forEach(each -> each.sort(ORDER));
            return addresses;
        }

        private Members members(long service) {
            List<Member> members = new ArrayList<>();
            long at = side.get(U32, service + SERVICE_MEMBERS);
            for (int k = side.get(U32, service + SERVICE_MEMBER_COUNT); k > 0; k--, at += MEMBER_BYTES) {
                members.add(new Member(
                        side.get(U32, at + MEMBER_SERVER),
                        side.get(U32, at + MEMBER_WEIGHT),
                        side.get(U32, at + MEMBER_CONFIGURED_WEIGHT),
                        address(at + MEMBER_ADDRESS0),
                        side.get(U32, at + MEMBER_PORT)));
            }
            return new Members(members, slots(service + SERVICE_SLOTS), rules(service));
        }

        private SelectionSlots slots(long table) {
            char[] slots = new char[side.get(U32, table + TABLE_SLOT_COUNT)];
            MemorySegment.copy(side, U16, side.get(U32, table), slots, 0, slots.length);
            return SelectionSlots.of(slots);
        }

        private List<Rule> rules(long service) {
            List<Rule> rules = new ArrayList<>();
            long at = side.get(U32, service + SERVICE_RULES);
            for (int k = side.get(U32, service + SERVICE_RULE_COUNT); k > 0; k--, at += RULE_BYTES) {
                rules.add(new Rule(
                        address(at + RULE_NETWORK0),
                        side.get(U32, at + RULE_PREFIX),
                        side.get(U16, at + RULE_LEAST_PORT),
                        side.get(U16, at + RULE_GREATEST_PORT),
                        side.get(U64, at + RULE_DSCP),
                        side.get(U64, at + RULE_TCP_OPTIONS),
                        slots(at + RULE_SLOTS)));
            }
            return rules;
        }
    }
}
