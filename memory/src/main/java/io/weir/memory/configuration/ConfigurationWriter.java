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
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a whole side of the configuration table. Only the control processor calls it, only on the back-up side, and
 * only after the grace period; the flip that follows makes it visible. Sizes are checked before the first store.
 */
public final class ConfigurationWriter {
    private final MemorySegment side;
    private final ConfigurationImage image;
    private final int[] offsets = new int[SECTION_COUNT];
    private final int[] counts = new int[SECTION_COUNT];
    /** Addresses of services and of the host in order of appearance, each with the interface whose network has it, or 0. */
    private final Map<RawAddress, Integer> virtualAddresses = new LinkedHashMap<>();

    private final List<OwnAddress> own4 = new ArrayList<>();
    private final List<OwnAddress> own6 = new ArrayList<>();
    private int nextService;
    private int nextMember;
    /** Numbers of servers whose connections are to be removed. */
    private final Set<Integer> resetting = new HashSet<>();

    private int hostOffset;
    private int nextSlots;
    private int nextRule;
    private final ClaimSection claims;

    private ConfigurationWriter(MemorySegment side, ConfigurationImage image) {
        this.side = side;
        this.image = image;
        this.claims = new ClaimSection(image);
    }

    /**
     * Writes {@code image} to {@code side}.
     *
     * @throws ConfigurationCapacityException when it does not fit; nothing has been written then
     * @throws IllegalArgumentException when a number is out of range, a name too long, a slot names no member, or two
     *     services have the same address, protocol and port; the side must not be made active then
     */
    public static void write(MemorySegment side, ConfigurationImage image) {
        ConfigurationWriter writer = new ConfigurationWriter(side, image);
        long needed = writer.plan();
        if (needed > Math.min(side.byteSize(), Integer.MAX_VALUE)) {
            throw new ConfigurationCapacityException("configuration needs " + needed + " bytes, more than the "
                    + side.byteSize() + " bytes of a side of the configuration table");
        }
        writer.writeAll((int) needed);
    }

    /** Bytes of a side that {@code image} needs. */
    public static long bytesNeeded(ConfigurationImage image) {
        return new ConfigurationWriter(MemorySegment.NULL, image).plan();
    }

    private long plan() {
        require(
                image.interfaces().size() <= MAX_INTERFACES,
                "interfaces",
                image.interfaces().size(),
                MAX_INTERFACES);
        require(
                image.settings().timeoutsMs().size() == 8,
                "timeouts",
                image.settings().timeoutsMs().size(),
                8);
        ControlView.check(image.settings(), image.interfaces().size());
        HostView.check(image.host(), image.interfaces().size());
        for (Interface each : image.interfaces()) {
            for (OwnAddress own : each.addresses()) {
                (own.address().isIpv4() ? own4 : own6).add(own);
            }
        }
        int services = 0;
        long members = 0;
        long slots = 0;
        long rules = 0;
        int keys = 0;
        for (Service service : image.services()) {
            require(isNumber(service.number()), "number of service " + service.name(), service.number(), MAX_NUMBER);
            boolean in4 = false;
            boolean in6 = false;
            for (RawAddress address : service.addresses()) {
                in4 |= address.isIpv4();
                in6 |= !address.isIpv4();
                keys++;
                virtualAddresses.computeIfAbsent(address, this::interfaceWithNetworkOf);
            }
            services += (in4 ? 1 : 0) + (in6 ? 1 : 0);
            members += (in4 ? service.ipv4().members().size() : 0)
                    + (in6 ? service.ipv6().members().size() : 0);
            slots += (in4 ? slotsOf(service.ipv4()) : 0) + (in6 ? slotsOf(service.ipv6()) : 0);
            rules += (in4 ? service.ipv4().rules().size() : 0)
                    + (in6 ? service.ipv6().rules().size() : 0);
        }
        claims.check();
        claims.addressesBeside(virtualAddresses.keySet())
                .forEach(address -> virtualAddresses.computeIfAbsent(address, this::interfaceWithNetworkOf));
        for (RawAddress address : image.host().addresses()) {
            if (virtualAddresses.put(address, interfaceWithNetworkOf(address)) != null) {
                throw new IllegalArgumentException("an address of the host is that of a service, too, or given twice");
            }
        }
        int virtual4 = (int)
                virtualAddresses.keySet().stream().filter(RawAddress::isIpv4).count();
        long[] elements = {
            image.interfaces().size(),
            own4.size(),
            own6.size(),
            hashSlots(own4.size() + own6.size() + virtualAddresses.size()),
            hashSlots(keys),
            services,
            members,
            image.servers().size(),
            virtual4,
            virtualAddresses.size() - virtual4,
            slots,
            rules,
            image.servers().stream().mapToLong(server -> server.tags().size()).sum(),
            image.servers().stream().anyMatch(Server::resetting) ? RESETTING_WORDS : 0,
            hashSlots(resettingMembers())
        };
        long offset = HEADER_BYTES;
        for (int section = 0; section < SECTION_COUNT; section++) {
            offsets[section] = (int) offset;
            counts[section] = (int) elements[section];
            // Sections start on cache lines: 64 bytes.
            offset = (offset + elements[section] * elementBytes(section) + 63) & -64;
        }
        hostOffset = (int) offset;
        return claims.place(offset + HostView.bytes(image.host()));
    }

    private static long slotsOf(Members members) {
        return members.slots().size()
                + members.rules().stream()
                        .mapToLong(rule -> rule.slots().size())
                        .sum();
    }

    /** Members of services whose servers' connections are to be removed. */
    private int resettingMembers() {
        for (Server server : image.servers()) {
            if (server.resetting()) {
                resetting.add(server.number());
            }
        }
        if (resetting.isEmpty()) {
            return 0;
        }
        long members = 0;
        for (Service service : image.services()) {
            members += service.ipv4().members().stream()
                    .filter(member -> resetting.contains(member.server()))
                    .count();
            members += service.ipv6().members().stream()
                    .filter(member -> resetting.contains(member.server()))
                    .count();
        }
        return Math.toIntExact(members);
    }

    private int interfaceWithNetworkOf(RawAddress address) {
        int best = 0;
        int bestLength = -1;
        for (int k = 0; k < image.interfaces().size(); k++) {
            for (OwnAddress own : image.interfaces().get(k).addresses()) {
                if (own.prefixLength() > bestLength && own.address().isInSameNetwork(address, own.prefixLength())) {
                    best = k + 1;
                    bestLength = own.prefixLength();
                }
            }
        }
        return best;
    }

    private void writeAll(int needed) {
        // An interrupted write must not look like a written side.
        side.set(U64, 0, 0);
        writeHeader(needed);
        clear(ADDRESS_HASH);
        clear(SERVICE_HASH);
        clear(RESETTING);
        clear(RESETTING_HASH);
        writeInterfaces();
        writeVirtualAddresses();
        claims.write(side, this::findAddress);
        writeServers();
        nextService = offsets[SERVICES];
        nextMember = offsets[MEMBERS];
        nextSlots = offsets[SLOTS];
        nextRule = offsets[RULES];
        for (Service service : image.services()) {
            writeService(service);
        }
        HostView.write(side, hostOffset, image.host());
        side.set(U64, 0, MAGIC);
    }

    private void writeHeader(int needed) {
        Settings settings = image.settings();
        side.asSlice(0, HEADER_BYTES).fill((byte) 0);
        side.set(U64, GENERATION, image.generation());
        side.set(U64, CREATED, image.createdAtEpochMs());
        side.set(U32, USED, needed);
        side.set(U32, RESETS, settings.resetsPerSecond());
        side.set(U32, ECHOES, settings.echoesPerSecond());
        side.set(U32, PENDING, settings.pendingPackets());
        side.set(U32, FORWARDING_ENABLED, settings.forwarding() ? 1 : 0);
        side.set(U32, LAYOUT_VERSION, VERSION);
        for (int state = 0; state < settings.timeoutsMs().size(); state++) {
            side.set(U32, TIMEOUTS + 4L * state, settings.timeoutsMs().get(state));
        }
        for (int section = 0; section < SECTION_COUNT; section++) {
            side.set(U32, SECTIONS + 8L * section, offsets[section]);
            side.set(U32, SECTIONS + 8L * section + 4, counts[section]);
        }
        name(side, CAUSE, image.cause());
        ControlView.write(side, settings);
    }

    private void clear(int section) {
        side.asSlice(offsets[section], (long) counts[section] * elementBytes(section))
                .fill((byte) 0);
    }

    private void writeInterfaces() {
        int index4 = 0;
        int index6 = 0;
        for (int k = 0; k < image.interfaces().size(); k++) {
            Interface each = image.interfaces().get(k);
            long at = offsets[INTERFACES] + (long) k * INTERFACE_BYTES;
            int first4 = index4;
            int first6 = index6;
            for (OwnAddress own : each.addresses()) {
                if (own.address().isIpv4()) {
                    writeEntry4(OWN4, index4++, own.address(), own.prefixLength());
                } else {
                    writeEntry6(OWN6, index6++, own.address(), own.prefixLength());
                }
                putAddress(own.address(), ConfigurationReader.OWN, k + 1);
            }
            side.asSlice(at, INTERFACE_BYTES).fill((byte) 0);
            side.set(U64, at + LINK_ADDRESS, each.linkAddress());
            side.set(U32, at + MTU, each.mtu());
            side.set(U32, at + FIRST_OWN4, first4);
            side.set(U32, at + COUNT_OWN4, index4 - first4);
            side.set(U32, at + FIRST_OWN6, first6);
            side.set(U32, at + COUNT_OWN6, index6 - first6);
            name(side, at + INTERFACE_NAME, each.name());
        }
    }

    private void writeVirtualAddresses() {
        int index4 = 0;
        int index6 = 0;
        for (Map.Entry<RawAddress, Integer> each : virtualAddresses.entrySet()) {
            RawAddress address = each.getKey();
            if (address.isIpv4()) {
                writeEntry4(VIRTUAL4, index4++, address, each.getValue());
            } else {
                writeEntry6(VIRTUAL6, index6++, address, each.getValue());
            }
            putAddress(address, kind(address), 0);
        }
    }

    private int kind(RawAddress address) {
        if (image.host().addresses().contains(address)) {
            return ConfigurationReader.HOST;
        }
        return claims.isOnly(address) ? ConfigurationReader.APPLICATION : ConfigurationReader.VIRTUAL;
    }

    private void writeEntry4(int section, int index, RawAddress address, int extra) {
        long at = offsets[section] + (long) index * ENTRY4_BYTES;
        side.set(U32, at, address.raw4());
        side.set(U32, at + ENTRY4_EXTRA, extra);
    }

    private void writeEntry6(int section, int index, RawAddress address, int extra) {
        long at = offsets[section] + (long) index * ENTRY6_BYTES;
        side.set(U64, at, address.address0());
        side.set(U64, at + 8, address.address1());
        side.set(U64, at + ENTRY6_EXTRA, extra);
    }

    /** A service on an interface's own address makes it virtual, so that its unlisted ports are reset. */
    private void putAddress(RawAddress address, int kind, int interfaceId) {
        long at = findAddress(address);
        if (side.get(U32, at + ADDRESS_KIND) == 0) {
            side.set(U64, at, address.address0());
            side.set(U64, at + SLOT_ADDRESS1, address.address1());
            side.set(U32, at + ADDRESS_INTERFACE, interfaceId);
        }
        side.set(U32, at + ADDRESS_KIND, kind);
    }

    /** The address's slot, or the empty one where it is to stand. */
    private long findAddress(RawAddress address) {
        int mask = counts[ADDRESS_HASH] - 1;
        int slot = hash(address.address0(), address.address1(), 0) & mask;
        while (true) {
            long at = offsets[ADDRESS_HASH] + (long) slot * HASH_SLOT_BYTES;
            if (side.get(U32, at + ADDRESS_KIND) == 0 || hasAddress(at, address)) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    private boolean hasAddress(long at, RawAddress address) {
        return side.get(U64, at) == address.address0() && side.get(U64, at + SLOT_ADDRESS1) == address.address1();
    }

    private void writeServers() {
        long at = offsets[SERVERS];
        int tags = 0;
        for (Server server : image.servers()) {
            require(isNumber(server.number()), "number of server " + server.name(), server.number(), MAX_NUMBER);
            side.asSlice(at, SERVER_BYTES).fill((byte) 0);
            side.set(U32, at + SERVER_NUMBER, server.number());
            side.set(U32, at + SERVER_WEIGHT, server.weight());
            for (RawAddress address : server.addresses()) {
                if (address.isIpv4()) {
                    side.set(U32, at + SERVER_HAS4, 1);
                    side.set(U32, at + SERVER_ADDRESS4, address.raw4());
                } else {
                    side.set(U32, at + SERVER_HAS6, 1);
                    side.set(U64, at + SERVER_ADDRESS0, address.address0());
                    side.set(U64, at + SERVER_ADDRESS1, address.address1());
                }
            }
            name(side, at + SERVER_NAME, server.name());
            side.set(U32, at + SERVER_TAGS, tags);
            side.set(U32, at + SERVER_TAG_COUNT, server.tags().size());
            for (String tag : server.tags()) {
                name(side, offsets[TAGS] + (long) tags++ * TAG_BYTES, tag);
            }
            if (server.resetting()) {
                side.set(U32, at + SERVER_RESETTING, 1);
                long word = offsets[RESETTING] + (long) (server.number() / Long.SIZE) * Long.BYTES;
                side.set(U64, word, side.get(U64, word) | 1L << server.number());
            }
            at += SERVER_BYTES;
        }
    }

    private void writeService(Service service) {
        int service4 = 0;
        int service6 = 0;
        for (RawAddress address : service.addresses()) {
            if (address.isIpv4()) {
                service4 = service4 != 0 ? service4 : writeFamily(service, 4, service.ipv4());
                putService(address, service, service4);
            } else {
                service6 = service6 != 0 ? service6 : writeFamily(service, 6, service.ipv6());
                putService(address, service, service6);
            }
        }
    }

    private int writeFamily(Service service, int family, Members members) {
        int at = nextService;
        int memberCount = members.members().size();
        int slotCount = members.slots().size();
        require(memberCount <= MAX_NUMBER, "members of service " + service.name(), memberCount, MAX_NUMBER);
        side.asSlice(at, SERVICE_BYTES).fill((byte) 0);
        side.set(U32, at + SERVICE_NUMBER, service.number());
        side.set(U32, at + SERVICE_FORWARDING, service.forwarding());
        side.set(U32, at + SERVICE_ALGORITHM, service.algorithm());
        side.set(U32, at + SERVICE_PROTOCOL, service.protocol());
        side.set(U32, at + SERVICE_PORT, service.port());
        side.set(U32, at + SERVICE_FAMILY, family);
        side.set(U32, at + SERVICE_MEMBERS, nextMember);
        side.set(U32, at + SERVICE_MEMBER_COUNT, memberCount);
        side.set(U32, at + SERVICE_SLOTS, nextSlots);
        side.set(U32, at + SERVICE_SLOT_COUNT, slotCount);
        side.set(U32, at + SERVICE_WEIGHTS, service.weights());
        side.set(U64, at + SERVICE_WEIGHT_UNIT, Double.doubleToRawLongBits(service.weightUnit()));
        side.set(U32, at + SERVICE_RULES, nextRule);
        side.set(U32, at + SERVICE_RULE_COUNT, members.rules().size());
        name(side, at + SERVICE_NAME, service.name());
        for (Member member : members.members()) {
            writeMember(service, family, member);
        }
        writeSlots(service, memberCount, members.slots());
        for (Rule rule : members.rules()) {
            writeRule(service, memberCount, rule);
        }
        nextService += SERVICE_BYTES;
        return at;
    }

    private void writeMember(Service service, int family, Member member) {
        if (!isNumber(member.server())) {
            throw outOfRange("server number in service " + service.name(), member.server(), MAX_NUMBER);
        }
        if (member.address().isIpv4() != (family == 4)) {
            throw new IllegalArgumentException(
                    "service " + service.name() + ": server " + member.server() + " has no IPv" + family + " address");
        }
        side.set(U32, nextMember + MEMBER_SERVER, member.server());
        side.set(U32, nextMember + MEMBER_WEIGHT, member.weight());
        side.set(U32, nextMember + MEMBER_PORT, member.port());
        side.set(U32, nextMember + MEMBER_CONFIGURED_WEIGHT, member.configuredWeight());
        side.set(U64, nextMember + MEMBER_ADDRESS0, member.address().address0());
        side.set(U64, nextMember + MEMBER_ADDRESS1, member.address().address1());
        nextMember += MEMBER_BYTES;
        if (service.forwarding() == ConfigurationReader.NAT && resetting.contains(member.server())) {
            int port = member.port() != 0 ? member.port() : service.port();
            put(RESETTING_HASH, member.address(), serviceKey(service.protocol(), port), 1);
        }
    }

    private void writeRule(Service service, int memberCount, Rule rule) {
        String where = " of a rule of service " + service.name();
        int prefix = rule.prefixLength();
        require(prefix >= 0 && prefix <= 128, "prefix length" + where, prefix, 128);
        int least = rule.leastPort();
        require(least >= 0 && least <= rule.greatestPort(), "least port" + where, least, rule.greatestPort());
        require(rule.greatestPort() <= 0xffff, "greatest port" + where, rule.greatestPort(), 0xffff);
        long at = nextRule;
        side.set(U64, at + RULE_NETWORK0, rule.network().address0());
        side.set(U64, at + RULE_NETWORK1, rule.network().address1());
        side.set(U32, at + RULE_PREFIX, prefix);
        side.set(U16, at + RULE_LEAST_PORT, (char) least);
        side.set(U16, at + RULE_GREATEST_PORT, (char) rule.greatestPort());
        side.set(U64, at + RULE_DSCP, rule.dscp());
        side.set(U64, at + RULE_TCP_OPTIONS, rule.tcpOptions());
        side.set(U32, at + RULE_SLOTS, nextSlots);
        side.set(U32, at + RULE_SLOT_COUNT, rule.slots().size());
        writeSlots(service, memberCount, rule.slots());
        nextRule += RULE_BYTES;
    }

    private void writeSlots(Service service, int memberCount, SelectionSlots table) {
        char[] slots = table.unsafeMembers();
        for (char index : slots) {
            if (index >= memberCount) {
                throw new IllegalArgumentException(
                        "service " + service.name() + ": a slot names member " + (int) index + " of " + memberCount);
            }
        }
        MemorySegment.copy(slots, 0, side, U16, nextSlots, slots.length);
        nextSlots += slots.length * SLOT_BYTES;
    }

    private void putService(RawAddress address, Service service, int offset) {
        if (!put(SERVICE_HASH, address, serviceKey(service.protocol(), service.port()), offset)) {
            throw new IllegalArgumentException("service " + service.name() + ": its address, protocol "
                    + service.protocol() + " and port " + service.port() + " already belong to another service");
        }
    }

    /** Puts an address and key into a hash of services, unless they are there: then false. */
    private boolean put(int section, RawAddress address, int key, int offset) {
        int mask = counts[section] - 1;
        int slot = hash(address.address0(), address.address1(), key) & mask;
        while (true) {
            long at = offsets[section] + (long) slot * HASH_SLOT_BYTES;
            if (side.get(U32, at + SERVICE_OFFSET) == 0) {
                side.set(U64, at, address.address0());
                side.set(U64, at + SLOT_ADDRESS1, address.address1());
                side.set(U32, at + SERVICE_KEY, key);
                side.set(U32, at + SERVICE_OFFSET, offset);
                return true;
            }
            if (hasAddress(at, address) && side.get(U32, at + SERVICE_KEY) == key) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean isNumber(int number) {
        return number > 0 && number <= MAX_NUMBER;
    }
}
