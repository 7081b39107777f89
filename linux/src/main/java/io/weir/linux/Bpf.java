package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps, programs and links of bpf(2). All are file descriptors that live until they are closed; a link detaches its program
 * when it is closed, also when the process is killed. Offsets in {@code union bpf_attr} are those of
 * include/uapi/linux/bpf.h.
 */
public final class Bpf {
    public static final int MAP_TYPE_HASH = 1;
    public static final int MAP_TYPE_ARRAY = 2;
    public static final int MAP_TYPE_XSKMAP = 17;

    /** XDP_FLAGS_SKB_MODE. */
    public static final int XDP_GENERIC = 2;
    /** XDP_FLAGS_DRV_MODE. */
    public static final int XDP_NATIVE = 4;

    /** bpf_map_lookup_elem. */
    public static final int HELPER_LOOK_UP = 1;
    /** bpf_redirect_map. */
    public static final int HELPER_REDIRECT_MAP = 51;

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_LOOKUP_ELEM = 1;
    private static final int BPF_MAP_UPDATE_ELEM = 2;
    private static final int BPF_MAP_DELETE_ELEM = 3;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_GET_FD_BY_ID = 13;
    private static final int BPF_OBJ_GET_INFO_BY_FD = 15;
    private static final int BPF_LINK_CREATE = 28;
    private static final int BPF_LINK_GET_FD_BY_ID = 30;
    private static final int BPF_LINK_GET_NEXT_ID = 31;
    private static final int BPF_LINK_DETACH = 34;

    private static final int BPF_PROG_TYPE_SCHED_CLS = 3;
    private static final int BPF_PROG_TYPE_XDP = 6;
    private static final int BPF_ATTACH_XDP = 37;
    private static final int BPF_ATTACH_TCX_INGRESS = 46;
    private static final int BPF_LINK_TYPE_XDP = 6;
    /** BPF_F_XDP_HAS_FRAGS: the program can be given frames in several buffers. */
    private static final int XDP_HAS_FRAGS = 1 << 5;

    private static final int NAME_BYTES = 16;
    private static final int LOG_BYTES = 1 << 18;

    private Bpf() {}

    /**
     * Creates a map.
     *
     * @param name at most 15 letters, digits and underscores, shown by {@code bpftool map}
     * @return its descriptor
     * @throws LinuxException EPERM without CAP_BPF and CAP_NET_ADMIN
     */
    public static int createMap(int type, String name, int keyBytes, int valueBytes, int entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(72, 8);
            attributes.set(JAVA_INT, 0, type);
            attributes.set(JAVA_INT, 4, keyBytes);
            attributes.set(JAVA_INT, 8, valueBytes);
            attributes.set(JAVA_INT, 12, entries);
            putName(attributes, 28, name);
            return require(call(BPF_MAP_CREATE, attributes), "bpf(BPF_MAP_CREATE, \"" + name + "\")");
        }
    }

    /** Adds or replaces an entry; returns 0 or the negated errno. */
    public static int update(int map, byte[] key, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            return call(
                    BPF_MAP_UPDATE_ELEM,
                    element(arena, map, arena.allocateFrom(JAVA_BYTE, key), arena.allocateFrom(JAVA_BYTE, value)));
        }
    }

    /** Adds or replaces an entry whose key and value are an {@code int}; returns 0 or the negated errno. */
    public static int update(int map, int key, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return call(
                    BPF_MAP_UPDATE_ELEM,
                    element(arena, map, arena.allocateFrom(JAVA_INT, key), arena.allocateFrom(JAVA_INT, value)));
        }
    }

    /** Removes an entry; returns 0 or the negated errno, ENOENT when there is none. */
    public static int delete(int map, byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            return call(
                    BPF_MAP_DELETE_ELEM, element(arena, map, arena.allocateFrom(JAVA_BYTE, key), MemorySegment.NULL));
        }
    }

    /** Reads the 64-bit value at an index of an array map. */
    public static long valueAt(int map, int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            require(
                    call(BPF_MAP_LOOKUP_ELEM, element(arena, map, arena.allocateFrom(JAVA_INT, index), value)),
                    "bpf(BPF_MAP_LOOKUP_ELEM)");
            return value.get(JAVA_LONG, 0);
        }
    }

    private static MemorySegment element(Arena arena, int map, MemorySegment key, MemorySegment value) {
        MemorySegment attributes = arena.allocate(32, 8);
        attributes.set(JAVA_INT, 0, map);
        attributes.set(JAVA_LONG, 8, key.address());
        attributes.set(JAVA_LONG, 16, value.address());
        return attributes;
    }

    /**
     * Loads an XDP program.
     *
     * @return its descriptor
     * @throws LinuxException EPERM without CAP_BPF and CAP_NET_ADMIN; EACCES or EINVAL with what the kernel's verifier
     *     says about the program
     */
    public static int loadXdp(String name, long[] instructions) {
        return load(Kind.XDP, name, instructions);
    }

    /**
     * Loads a program for {@link #attachIngress}; likewise.
     *
     * @throws LinuxException EINVAL also from a kernel before 6.6
     */
    public static int loadIngress(String name, long[] instructions) {
        return load(Kind.INGRESS, name, instructions);
    }

    private enum Kind {
        XDP(BPF_PROG_TYPE_XDP, BPF_ATTACH_XDP, XDP_HAS_FRAGS),
        INGRESS(BPF_PROG_TYPE_SCHED_CLS, BPF_ATTACH_TCX_INGRESS, 0);

        private final int type;
        private final int attach;
        private final int flags;

        Kind(int type, int attach, int flags) {
            this.type = type;
            this.attach = attach;
            this.flags = flags;
        }
    }

    private static int load(Kind kind, String name, long[] instructions) {
        int program = load(kind, name, instructions, 0);
        return program >= 0 ? program : refused(kind, name, instructions, -program);
    }

    /** Once more with a log, which costs too much to ask for at first. */
    private static int refused(Kind kind, String name, long[] instructions, int errno) {
        String call = "bpf(BPF_PROG_LOAD, \"" + name + "\")";
        if (errno == Errno.EPERM) {
            throw LinuxException.of(call, errno);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(LOG_BYTES);
            int program = load(kind, name, instructions, log.address());
            if (program >= 0) {
                return program;
            }
            throw LinuxException.of(call, -program, "the verifier says: " + log.getString(0));
        }
    }

    private static int load(Kind kind, String name, long[] instructions, long log) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(128, 8);
            attributes.set(JAVA_INT, 0, kind.type);
            attributes.set(JAVA_INT, 4, instructions.length);
            attributes.set(
                    JAVA_LONG, 8, arena.allocateFrom(JAVA_LONG, instructions).address());
            attributes.set(JAVA_LONG, 16, arena.allocateFrom("GPL").address());
            if (log != 0) {
                attributes.set(JAVA_INT, 24, 1);
                attributes.set(JAVA_INT, 28, LOG_BYTES);
                attributes.set(JAVA_LONG, 32, log);
            }
            attributes.set(JAVA_INT, 44, kind.flags);
            putName(attributes, 48, name);
            attributes.set(JAVA_INT, 68, kind.attach);
            return call(BPF_PROG_LOAD, attributes);
        }
    }

    /**
     * Attaches an XDP program to an interface for as long as the link is open.
     *
     * @param mode {@link #XDP_NATIVE} or {@link #XDP_GENERIC}
     * @return the link's descriptor or the negated errno: EOPNOTSUPP when the driver has no native mode, EBUSY or EEXIST
     *     when a program is attached
     */
    public static int attachXdp(int program, int interfaceIndex, int mode) {
        return attach(program, interfaceIndex, BPF_ATTACH_XDP, mode);
    }

    /**
     * Attaches a program to what an interface receives, behind packet sockets and before the network stack (tcx), for as
     * long as the link is open.
     *
     * @return the link's descriptor or the negated errno: EINVAL from a kernel before 6.6
     */
    public static int attachIngress(int program, int interfaceIndex) {
        return attach(program, interfaceIndex, BPF_ATTACH_TCX_INGRESS, 0);
    }

    private static int attach(int program, int interfaceIndex, int type, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(64, 8);
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 4, interfaceIndex);
            attributes.set(JAVA_INT, 8, type);
            attributes.set(JAVA_INT, 12, flags);
            return call(BPF_LINK_CREATE, attributes);
        }
    }

    /** The number of a program that this process has open, as {@code bpftool prog} shows it. */
    public static int programId(int program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(128, 8);
            require(information(arena, program, information), "bpf(BPF_OBJ_GET_INFO_BY_FD)");
            return information.get(JAVA_INT, 4);
        }
    }

    /** The name of a loaded program, by its number; empty when it is gone or may not be asked. */
    public static String programName(int id) {
        try (Arena arena = Arena.ofConfined()) {
            int program = byId(arena, BPF_PROG_GET_FD_BY_ID, id);
            if (program < 0) {
                return "";
            }
            try {
                MemorySegment information = arena.allocate(128, 8);
                return information(arena, program, information) < 0 ? "" : information.getString(64);
            } finally {
                Descriptors.close(program);
            }
        }
    }

    /**
     * Detaches an XDP program that links, of whatever process, hold on an interface.
     *
     * @param programId number of the program; links of all network namespaces are looked at, and only the program tells
     *     interfaces with the same index apart
     * @return the numbers of the links
     */
    public static List<Integer> detachXdpLinks(int interfaceIndex, int programId) {
        List<Integer> detached = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(16, 8);
            MemorySegment information = arena.allocate(128, 8);
            while (call(BPF_LINK_GET_NEXT_ID, next) == 0) {
                int id = next.get(JAVA_INT, 4);
                next.set(JAVA_INT, 0, id);
                int link = byId(arena, BPF_LINK_GET_FD_BY_ID, id);
                if (link < 0) {
                    continue;
                }
                information.fill((byte) 0);
                // struct bpf_link_info: 0 type, 4 id, 8 program id, 16 interface index of an XDP link
                if (information(arena, link, information) == 0
                        && information.get(JAVA_INT, 0) == BPF_LINK_TYPE_XDP
                        && information.get(JAVA_INT, 8) == programId
                        && information.get(JAVA_INT, 16) == interfaceIndex) {
                    MemorySegment attributes = arena.allocate(8, 8);
                    attributes.set(JAVA_INT, 0, link);
                    if (call(BPF_LINK_DETACH, attributes) == 0) {
                        detached.add(id);
                    }
                }
                Descriptors.close(link);
            }
        }
        return detached;
    }

    private static int byId(Arena arena, int command, int id) {
        MemorySegment attributes = arena.allocate(16, 8);
        attributes.set(JAVA_INT, 0, id);
        return call(command, attributes);
    }

    private static int information(Arena arena, int descriptor, MemorySegment information) {
        MemorySegment attributes = arena.allocate(16, 8);
        attributes.set(JAVA_INT, 0, descriptor);
        attributes.set(JAVA_INT, 4, (int) information.byteSize());
        attributes.set(JAVA_LONG, 8, information.address());
        return call(BPF_OBJ_GET_INFO_BY_FD, attributes);
    }

    private static void putName(MemorySegment attributes, long offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("\"" + name + "\" has more than " + (NAME_BYTES - 1) + " letters");
        }
        MemorySegment.copy(bytes, 0, attributes, JAVA_BYTE, offset, bytes.length);
    }

    private static int call(int command, MemorySegment attributes) {
        return SystemCalls.bpf(command, attributes.address(), (int) attributes.byteSize());
    }

    private static int require(int result, String call) {
        if (result < 0) {
            throw LinuxException.of(call, -result);
        }
        return result;
    }
}
