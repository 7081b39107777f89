package io.weir.memory.configuration;

import io.weir.memory.connection.ConnectionState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One side of the configuration table. Little-endian; addresses are stored as in a packet, IPv4 in IPv4-mapped form.
 * All offsets count from the start of the side; a handle is the offset of a record, so 0 (the header) is "absent".
 *
 * <pre>
 * header, 512 bytes
 *    0  u64 magic "WEIRCONF"          8  u64 generation
 *   16  u64 created, ms since 1970   24  u32 bytes used by the whole side
 *   28  u32 resets per second        32  u32 echoes per second
 *   36  u32 pending packets          40  u32 forwarding, 0 or 1
 *   44  u32 layout version           48  u32 timeout, ms [8], by connection state
 *   80  u32 {offset, count} of: 80 interfaces, 88 own IPv4, 96 own IPv6, 104 address hash, 112 service hash,
 *       120 services, 128 members, 136 servers, 144 virtual IPv4, 152 virtual IPv6, 160 selection slots,
 *       168 rules, 176 tags, 184 resetting servers, 192 resetting hash
 *  208  cause: u8 length, 63 bytes UTF-8
 *  272  u32 control interface, 0 = none  276  u32 control packets per second
 *  280  u64 link address behind it, 48 bits
 *  288  u32 control ports              292  {u16 least, u16 greatest} [32]
 *  484  u32 first application, 0 = none  488  u32 offset of the claims, u32 claims
 *  496  u64 addresses with claims, IPv4: a bit for each value of a hash   504  u64 likewise, IPv6
 *  420  u32 offset of the host's record, 0 = none
 * interface, 128 bytes; record 0 is interface id 1
 *    0  u64 link address, 48 bits     8  u32 mtu
 *   12  u32 first own IPv4, u32 count (indexes)   20  u32 first own IPv6, u32 count
 *   64  name: u8 length, 63 bytes
 * own IPv4, 8 bytes:  u32 address, u32 prefix length
 * own IPv6, 24 bytes: u64 address0, u64 address1, u32 prefix length, u32 0
 * address hash, 32 bytes a slot, power of two slots, at most half full, linear probing
 *    0  u64 address0, u64 address1   16  u32 kind, 0 = empty   20  u32 interface id (own address) or 0
 *   24  u32 offset of its first claim   28  u32 its claims
 * service hash, 32 bytes a slot, likewise
 *    0  u64 address0, u64 address1   16  u32 protocol &lt;&lt; 16 | port   20  u32 offset of the service, 0 = empty
 * service, 128 bytes, one for each family in which the service has an address
 *    0  u32 number   4  u32 forwarding   8  u32 algorithm   12  u32 protocol   16  u32 port   20  u32 family 4 or 6
 *   24  u32 offset of its first member  28  u32 members    32  u32 offset of its slots        36  u32 slots
 *   40  u32 weights: 0 static, 1 even load                 44  u32 offset of its first rule   48  u32 rules
 *   56  f64 weight unit
 *   64  name: u8 length, 63 bytes
 * member, 32 bytes
 *    0  u32 server number   4  u32 weight   8  u32 port   12  u32 configured weight   16  u64 address0, u64 address1
 * rule, 48 bytes
 *    0  u64 network0, u64 network1   16  u32 prefix length, 0..128   20  u16 least port, u16 greatest port
 *   24  u64 DSCP, a bit each         32  u64 TCP options, a bit each   40  u32 offset of its slots   44  u32 slots
 * server, 112 bytes (for tools; the data path uses members)
 *    0  u32 number   4  u32 weight   8  u32 has IPv4   12  u32 IPv4   16  u32 has IPv6   20  u32 resetting, 0 or 1
 *   24  u64 address0, u64 address1   40  u32 first tag (index), u32 tags
 *   48  name: u8 length, 63 bytes
 * tag, 64 bytes: u8 length, 63 bytes
 * resetting servers: no bytes when there are none, or a bit for each server number, u64 [1024]
 * resetting hash, 32 bytes a slot, like the service hash: where members of NAT services on those servers listen
 *    0  u64 address0, u64 address1   16  u32 protocol &lt;&lt; 16 | port, 0 = any   20  u32 1, 0 = empty
 * virtual IPv4, 8 bytes:  u32 address, u32 interface whose network has it, or 0
 * virtual IPv6, 24 bytes: u64 address0, u64 address1, u32 interface, u32 0
 * selection slot, 2 bytes: u16 index of a member of the service
 * claim, 32 bytes, behind all sections; those of an address stand together
 *    0  u64 address0, u64 address1   16  u32 protocol   20  u16 least port, u16 greatest port   24  u32 application id
 * host, 960 bytes, behind the sections
 *    0  u32 interface id    4  u32 packets per second   8  u32 packets per second and source   12  u32 reserved packets
 *   16  u64 link address of the device, 48 bits        24  u32 reserved ports                 28  u32 reserved sources
 *   32  {u16 least, u16 greatest} [32]                160  {u64 network0, u64 network1, u32 prefix length, u32 0} [32]
 * </pre>
 */
public final class ConfigurationLayout {
    /**
     * Size of a side unless configured otherwise: room for 1,000 services with 100 servers in both families
     * (2 x 1,000 tables of 10,007 slots, 2 x 100,000 members, and the rest). Pages never written cost nothing.
     */
    public static final long DEFAULT_SIDE_BYTES = 64L << 20;

    /** Longest name or cause in bytes of UTF-8. */
    public static final int NAME_BYTES = 63;

    public static final int MAX_INTERFACES = 254;
    public static final int MAX_NUMBER = 65535;
    /** Most ranges of control ports. */
    public static final int MAX_CONTROL_PORTS = 32;
    /** Most claims of applications. */
    public static final int MAX_CLAIMS = 256;
    /** Most addresses of the host's programs. */
    public static final int MAX_HOST_ADDRESSES = 64;
    /** Most networks whose packets to the host are reserved. */
    public static final int MAX_RESERVED_SOURCES = 32;
    /** Most ranges of ports whose packets to the host are reserved. */
    public static final int MAX_RESERVED_PORTS = 32;

    // Unaligned layouts, so that any segment may hold a side (a heap array in a test, too); records are aligned anyway.
    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfChar U16 = ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** "WEIRCONF" in memory order. */
    static final long MAGIC = 0x464e_4f43_5249_4557L;

    static final int VERSION = 3;

    static final int HEADER_BYTES = 512;
    static final int GENERATION = 8;
    static final int CREATED = 16;
    static final int USED = 24;
    static final int RESETS = 28;
    static final int ECHOES = 32;
    static final int PENDING = 36;
    static final int FORWARDING_ENABLED = 40;
    static final int LAYOUT_VERSION = 44;
    static final int TIMEOUTS = 48;
    static final int SECTIONS = 80;
    static final int CAUSE = 208;
    static final int CONTROL_INTERFACE = 272;
    static final int CONTROL_PACKETS = 276;
    static final int CONTROL_LINK_ADDRESS = 280;
    static final int CONTROL_PORT_COUNT = 288;
    static final int CONTROL_PORTS = 292;
    static final int CONTROL_PORTS_BYTES = 4;
    static final int CONTROL_PORTS_GREATEST = 2;
    static final int FIRST_APPLICATION = 484;
    static final int CLAIMS = 488;
    static final int CLAIM_COUNT = 492;
    static final int CLAIMED4 = 496;
    static final int CLAIMED6 = 504;

    static final int HOST_RECORD = 420;

    static final int INTERFACES = 0;
    static final int OWN4 = 1;
    static final int OWN6 = 2;
    static final int ADDRESS_HASH = 3;
    static final int SERVICE_HASH = 4;
    static final int SERVICES = 5;
    static final int MEMBERS = 6;
    static final int SERVERS = 7;
    static final int VIRTUAL4 = 8;
    static final int VIRTUAL6 = 9;
    static final int SLOTS = 10;
    static final int RULES = 11;
    static final int TAGS = 12;
    static final int RESETTING = 13;
    static final int RESETTING_HASH = 14;
    static final int SECTION_COUNT = 15;

    static final int INTERFACE_BYTES = 128;
    static final int LINK_ADDRESS = 0;
    static final int MTU = 8;
    static final int FIRST_OWN4 = 12;
    static final int COUNT_OWN4 = 16;
    static final int FIRST_OWN6 = 20;
    static final int COUNT_OWN6 = 24;
    static final int INTERFACE_NAME = 64;

    /** Bytes of an own or virtual address entry; the second field is the prefix length or the interface. */
    static final int ENTRY4_BYTES = 8;

    static final int ENTRY4_EXTRA = 4;
    static final int ENTRY6_BYTES = 24;
    static final int ENTRY6_EXTRA = 16;

    static final int HASH_SLOT_BYTES = 32;
    static final int SLOT_ADDRESS1 = 8;
    static final int ADDRESS_KIND = 16;
    static final int ADDRESS_INTERFACE = 20;
    static final int ADDRESS_CLAIMS = 24;
    static final int ADDRESS_CLAIM_COUNT = 28;
    static final int SERVICE_KEY = 16;
    static final int SERVICE_OFFSET = 20;

    static final int SERVICE_BYTES = 128;
    static final int SERVICE_NUMBER = 0;
    static final int SERVICE_FORWARDING = 4;
    static final int SERVICE_ALGORITHM = 8;
    static final int SERVICE_PROTOCOL = 12;
    static final int SERVICE_PORT = 16;
    static final int SERVICE_FAMILY = 20;
    static final int SERVICE_MEMBERS = 24;
    static final int SERVICE_MEMBER_COUNT = 28;
    static final int SERVICE_SLOTS = 32;
    static final int SERVICE_SLOT_COUNT = 36;
    static final int SERVICE_WEIGHTS = 40;
    static final int SERVICE_RULES = 44;
    static final int SERVICE_RULE_COUNT = 48;
    static final int SERVICE_WEIGHT_UNIT = 56;
    static final int SERVICE_NAME = 64;

    /** Of a table's {offset of its slots, slots}, from its first field. */
    static final int TABLE_SLOT_COUNT = 4;

    static final int MEMBER_BYTES = 32;
    static final int MEMBER_SERVER = 0;
    static final int MEMBER_WEIGHT = 4;
    static final int MEMBER_PORT = 8;
    static final int MEMBER_CONFIGURED_WEIGHT = 12;
    static final int MEMBER_ADDRESS0 = 16;
    static final int MEMBER_ADDRESS1 = 24;
    /** The last four bytes of the mapped form. */
    static final int MEMBER_ADDRESS4 = 28;

    static final int RULE_BYTES = 48;
    static final int RULE_NETWORK0 = 0;
    static final int RULE_NETWORK1 = 8;
    static final int RULE_PREFIX = 16;
    static final int RULE_LEAST_PORT = 20;
    static final int RULE_GREATEST_PORT = 22;
    static final int RULE_DSCP = 24;
    static final int RULE_TCP_OPTIONS = 32;
    static final int RULE_SLOTS = 40;
    static final int RULE_SLOT_COUNT = 44;

    static final int SERVER_BYTES = 112;
    static final int SERVER_NUMBER = 0;
    static final int SERVER_WEIGHT = 4;
    static final int SERVER_HAS4 = 8;
    static final int SERVER_ADDRESS4 = 12;
    static final int SERVER_HAS6 = 16;
    static final int SERVER_RESETTING = 20;
    static final int SERVER_ADDRESS0 = 24;
    static final int SERVER_ADDRESS1 = 32;
    static final int SERVER_TAGS = 40;
    static final int SERVER_TAG_COUNT = 44;
    static final int SERVER_NAME = 48;

    static final int HOST_INTERFACE = 0;
    static final int HOST_PACKETS = 4;
    static final int HOST_PER_SOURCE = 8;
    static final int HOST_RESERVED = 12;
    static final int HOST_LINK_ADDRESS = 16;
    static final int HOST_PORT_COUNT = 24;
    static final int HOST_SOURCE_COUNT = 28;
    static final int HOST_PORTS = 32;
    static final int HOST_SOURCES = HOST_PORTS + MAX_RESERVED_PORTS * CONTROL_PORTS_BYTES;
    /** With padding to whole cache lines. */
    static final int HOST_BYTES = 960;

    static final int TAG_BYTES = NAME_BYTES + 1;
    /** Words of the bit set of resetting servers. */
    static final int RESETTING_WORDS = (MAX_NUMBER + 1) / Long.SIZE;

    static final int SLOT_BYTES = 2;

    static final int CLAIM_BYTES = 32;
    static final int CLAIM_PROTOCOL = 16;
    static final int CLAIM_LEAST_PORT = 20;
    static final int CLAIM_GREATEST_PORT = 22;
    static final int CLAIM_APPLICATION = 24;

    /** Bytes of an element of each section, in the order of the section numbers. */
    private static final int[] ELEMENT_BYTES = {
        INTERFACE_BYTES,
        ENTRY4_BYTES,
        ENTRY6_BYTES,
        HASH_SLOT_BYTES,
        HASH_SLOT_BYTES,
        SERVICE_BYTES,
        MEMBER_BYTES,
        SERVER_BYTES,
        ENTRY4_BYTES,
        ENTRY6_BYTES,
        SLOT_BYTES,
        RULE_BYTES,
        TAG_BYTES,
        Long.BYTES,
        HASH_SLOT_BYTES
    };

    static {
        // The header has room for eight timeouts.
        assert ConnectionState.COUNT == 8;
    }

    private ConfigurationLayout() {}

    static int elementBytes(int section) {
        return ELEMENT_BYTES[section];
    }

    /** Slots of a hash for the given number of entries: a power of two, at most half full. */
    static int hashSlots(int entries) {
        return entries == 0 ? 0 : Integer.highestOneBit(Math.max(entries * 2 - 1, 1)) << 1;
    }

    /** Mixes address and key; keys come from the operator, so no secret seed is needed (clusters are bounded by the load). */
    static int hash(long address0, long address1, int key) {
        long h = address0 * 0x9e37_79b9_7f4a_7c15L ^ Long.rotateLeft(address1, 32) ^ key * 0xd6e8_feb8_6659_fd93L;
        h ^= h >>> 32;
        h *= 0xd6e8_feb8_6659_fd93L;
        return (int) (h ^ (h >>> 32));
    }

    /** Number of the bit of an IPv4 address among those with claims, 0..63. */
    static int claimBit4(int address) {
        return (address * 0x9e37_79b9) >>> 26;
    }

    /** Likewise of an IPv6 address. */
    static int claimBit6(long address0, long address1) {
        return (int) (((address0 * 31 + address1) * 0x9e37_79b9_7f4a_7c15L) >>> 58);
    }

    static int serviceKey(int protocol, int port) {
        return protocol << 16 | port;
    }

    /** Whether the side has been written in this layout. */
    static boolean isWritten(MemorySegment side) {
        return side.byteSize() >= HEADER_BYTES && side.get(U64, 0) == MAGIC && side.get(U32, LAYOUT_VERSION) == VERSION;
    }

    static String name(MemorySegment side, long offset) {
        int length = Math.min(side.get(U8, offset) & 0xff, NAME_BYTES);
        byte[] bytes = new byte[length];
        MemorySegment.copy(side, U8, offset + 1, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void name(MemorySegment side, long offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name \"" + name + "\" has " + bytes.length + " bytes, more than " + NAME_BYTES);
        }
        side.set(U8, offset, (byte) bytes.length);
        MemorySegment.copy(bytes, 0, side, U8, offset + 1, bytes.length);
        side.asSlice(offset + 1 + bytes.length, NAME_BYTES - bytes.length).fill((byte) 0);
    }

    /** Where a section begins, from the start of the side. */
    static int sectionOffset(MemorySegment side, int section) {
        return side.get(U32, SECTIONS + 8L * section);
    }

    /** Number of its entries. */
    static int sectionCount(MemorySegment side, int section) {
        return side.get(U32, SECTIONS + 8L * section + 4);
    }

    /** Fails with {@link IllegalArgumentException} when a number is out of range. */
    static void require(boolean holds, String what, int value, int limit) {
        if (!holds) {
            throw outOfRange(what, value, limit);
        }
    }

    static IllegalArgumentException outOfRange(String what, int value, int limit) {
        return new IllegalArgumentException(what + ": " + value + " is out of range, limit " + limit);
    }
}
