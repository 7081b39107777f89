package io.weir.applications.dns;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known, in arrays that never change: an open hash table of names in wire form, with the addresses of each. All names
 * between a zone's apex and a known name are there, too, if only without addresses (RFC 8020). Look-ups make no objects.
 *
 * <p>The hash of a name goes over its octets from the last to the first, so that the hashes of all its ancestors are found on
 * the way ({@link #step}).
 */
final class DnsTable {
    /** No such name. */
    static final int ABSENT = -1;
    /** Of the hash of the root. */
    static final int ROOT_HASH = 0x811c9dc5;

    private static final int PRIME = 0x01000193; // FNV-1a
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private final int mask;
    private final int[] slots;
    private final int[] hashes;
    private final int[] nameAt;
    private final boolean[] apex;
    private final int[] addresses4;
    private final int[] addresses6;
    private final byte[] bytes;

    /** Of each entry where its IPv4 addresses begin; the IPv6 addresses follow. */
    private final int[] addressesAt;

    private DnsTable(List<Entry> entries) {
        int size = Math.max(4, Integer.highestOneBit(Math.max(1, entries.size())) * 4);
        mask = size - 1;
        slots = new int[size];
        Arrays.fill(slots, ABSENT);
        hashes = new int[entries.size()];
        nameAt = new int[entries.size()];
        apex = new boolean[entries.size()];
        addresses4 = new int[entries.size()];
        addresses6 = new int[entries.size()];
        addressesAt = new int[entries.size()];
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            hashes[i] = hash(entry.name);
            nameAt[i] = all.size();
            all.writeBytes(entry.name);
            apex[i] = entry.apex;
            addressesAt[i] = all.size();
            addresses4[i] = entry.addresses4.size();
            addresses6[i] = entry.addresses6.size();
            entry.addresses4.forEach(all::writeBytes);
            entry.addresses6.forEach(all::writeBytes);
            int slot = slotOf(hashes[i]);
            while (slots[slot] != ABSENT) {
                slot = slot + 1 & mask;
            }
            slots[slot] = i;
        }
        bytes = all.toByteArray();
    }

    /** The hash with one more octet in front; letters have no case (RFC 4343). */
    static int step(int hash, int octet) {
        return (hash ^ lower(octet)) * PRIME;
    }

    private static int lower(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    private static int hash(byte[] name) {
        int hash = ROOT_HASH;
        for (int i = name.length - 2; i >= 0; i--) {
            hash = step(hash, name[i]);
        }
        return hash;
    }

    private int slotOf(int hash) {
        return (hash ^ hash >>> 15) & mask;
    }

    /**
     * Looks a name up.
     *
     * @param hash by {@link #step} over its octets from the last to the first, the root's left out
     * @param at where its wire form stands
     * @param length of it, the root's octet counted
     * @return number of its entry, or {@link #ABSENT}
     */
    int find(int hash, MemorySegment memory, long at, int length) {
        for (int slot = slotOf(hash); slots[slot] != ABSENT; slot = slot + 1 & mask) {
            int entry = slots[slot];
            if (hashes[entry] == hash
                    && addressesAt[entry] - nameAt[entry] == length
                    && isName(nameAt[entry], memory, at, length)) {
                return entry;
            }
        }
        return ABSENT;
    }

    private boolean isName(int from, MemorySegment memory, long at, int length) {
        for (int i = 0; i < length; i++) {
            // Length octets are at most 63 and so no letters.
            if (bytes[from + i] != lower(memory.get(JAVA_BYTE, at + i))) {
                return false;
            }
        }
        return true;
    }

    /** True for the name of a zone. */
    boolean isApex(int entry) {
        return apex[entry];
    }

    int addresses4(int entry) {
        return addresses4[entry];
    }

    int addresses6(int entry) {
        return addresses6[entry];
    }

    /** Copies an IPv4 address. */
    void copy4(int entry, int index, MemorySegment to, long at) {
        MemorySegment.copy(bytes, addressesAt[entry] + index * IPV4_BYTES, to, JAVA_BYTE, at, IPV4_BYTES);
    }

    /** Copies an IPv6 address. */
    void copy6(int entry, int index, MemorySegment to, long at) {
        int from = addressesAt[entry] + addresses4[entry] * IPV4_BYTES + index * IPV6_BYTES;
        MemorySegment.copy(bytes, from, to, JAVA_BYTE, at, IPV6_BYTES);
    }

    private static final class Entry {
        private final byte[] name;
        private boolean apex;
        private boolean given;
        private List<byte[]> addresses4 = List.of();
        private List<byte[]> addresses6 = List.of();

        Entry(byte[] name) {
            this.name = name;
        }
    }

    /** Takes zones first, then names. */
    static final class Builder {
        private final Map<String, Entry> entries = new TreeMap<>();

        private static String key(byte[] name) {
            return new String(name, StandardCharsets.ISO_8859_1);
        }

        private Entry entry(byte[] name) {
            return entries.computeIfAbsent(key(name), key -> new Entry(name));
        }

        void addZone(byte[] name) {
            entry(name).apex = true;
        }

        /**
         * Adds a name.
         *
         * @throws IllegalArgumentException when it is in none of the zones, or there already
         */
        void addName(byte[] name, List<byte[]> addresses4, List<byte[]> addresses6) {
            Entry zone = zoneOf(name);
            if (zone == null) {
                throw new IllegalArgumentException("the name is in none of the zones");
            }
            Entry entry = entry(name);
            if (entry.given) {
                throw new IllegalArgumentException("the name stands there twice");
            }
            entry.given = true;
            entry.addresses4 = List.copyOf(addresses4);
            entry.addresses6 = List.copyOf(addresses6);
            addBetween(name);
        }

        private @Nullable Entry zoneOf(byte[] name) {
            byte[] ancestor = name;
            while (ancestor.length > 1) {
                Entry known = entries.get(key(ancestor));
                if (known != null && known.apex) {
                    return known;
                }
                ancestor = DnsName.parent(ancestor);
            }
            return null;
        }

        /** Names between one and its zone. */
        private void addBetween(byte[] name) {
            byte[] between = name;
            while (!entry(between).apex) {
                between = DnsName.parent(between);
            }
        }

        DnsTable build() {
            for (Entry zone : List.copyOf(entries.values())) {
                // A zone within another.
                if (zone.apex && zone.name.length > 1 && zoneOf(DnsName.parent(zone.name)) != null) {
                    addBetween(DnsName.parent(zone.name));
                }
            }
            return new DnsTable(List.copyOf(entries.values()));
        }
    }
}
