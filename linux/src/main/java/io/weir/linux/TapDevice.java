package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A network device whose other side is this process (a TAP device, Documentation/networking/tuntap.rst): what programs of
 * this network namespace send by it is read here, and what is written here is received by them. Frames have an Ethernet
 * header, and before it the {@value #HEADER_BYTES} bytes of {@code struct virtio_net_hdr}, so that transport checksums may be
 * left open and segments longer than the MTU, both ways.
 *
 * <p>The kernel resolves nothing and announces nothing on it: no ARP, neighbour discovery, duplicate address detection,
 * multicast or link-local address. It sends unicast frames to the device's own link-layer address.
 *
 * <p>The device goes with its last descriptor, however the process ends. Each queue has one descriptor, non-blocking; a
 * packet of a flow comes out of the queue into which one of the flow was last written. A queue is used by one thread at a time,
 * the other methods by one thread.
 */
public final class TapDevice implements AutoCloseable {
    /** Bytes of {@code struct virtio_net_hdr} before each frame. */
    public static final int HEADER_BYTES = 10;

    /** Where all such devices are made. */
    private static final String DRIVER = "/dev/net/tun";

    /** O_RDWR | O_NONBLOCK | O_CLOEXEC. */
    private static final int OPEN_FLAGS = 0x2 | 0x800 | 0x80000;

    // include/uapi/linux/if_tun.h
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    /** Refuses a device that is there already. */
    private static final int IFF_TUN_EXCL = 0x8000;

    private static final int TUN_F_CSUM = 1;
    private static final int TUN_F_TSO4 = 2;
    private static final int TUN_F_TSO6 = 4;
    private static final int TUN_F_TSO_ECN = 8;

    /** Loose: the way back may be by another interface where the prefixes of the routes overlap (RFC 3704). */
    private static final String LOOSE_SOURCES = "2";

    private static final Path SETTINGS = Path.of("/proc/sys/net");

    private final TapSettings settings;
    private final int[] descriptors;
    private final Interfaces question;
    private final int socket;
    private final LinkChanges changes;
    private final int index;
    private boolean closed;

    private TapDevice(TapSettings settings) {
        this.settings = settings;
        descriptors = new int[settings.queues()];
        Arrays.fill(descriptors, -1);
        question = new Interfaces(settings.device());
        socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        changes = new LinkChanges();
        boolean complete = false;
        try {
            for (int queue = 0; queue < descriptors.length; queue++) {
                openQueue(queue);
            }
            index = Sockets.require(question.index(socket), "ioctl(SIOCGIFINDEX, \"" + settings.device() + "\")");
            configure();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /**
     * Makes the device in the calling thread's network namespace and sets it up with its addresses and routes.
     *
     * @throws LinuxException when /dev/net/tun is missing or closed to this process, CAP_NET_ADMIN is missing, the name is
     *     taken (EBUSY), or an address or a route is refused
     */
    public static TapDevice open(TapSettings settings) {
        return new TapDevice(settings);
    }

    private void openQueue(int queue) {
        int descriptor = SystemCalls.open(DRIVER, OPEN_FLAGS, 0);
        if (descriptor < 0) {
            throw LinuxException.of("open(\"" + DRIVER + "\")", -descriptor, driverRemedy(-descriptor));
        }
        descriptors[queue] = descriptor;
        int flags = IFF_TAP | IFF_MULTI_QUEUE | IFF_NO_PI | IFF_VNET_HDR | (queue == 0 ? IFF_TUN_EXCL : 0);
        try (Arena arena = Arena.ofConfined()) {
            // struct ifreq: 0 char name[16] | 16 short flags
            MemorySegment request = arena.allocate(40, 8);
            byte[] name = settings.device().getBytes(StandardCharsets.UTF_8);
            request.asSlice(0, name.length).copyFrom(MemorySegment.ofArray(name));
            request.set(JAVA_SHORT, 16, (short) flags);
            int result = SystemCalls.ioctl(descriptor, TUNSETIFF, request.address());
            if (result < 0) {
                throw LinuxException.of(
                        "ioctl(TUNSETIFF, \"" + settings.device() + "\")", -result, nameRemedy(-result));
            }
        }
        // a plain number, not an address
        int offloads = TUN_F_CSUM | (settings.segmentation() ? TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0);
        Sockets.require(
                SystemCalls.ioctl(descriptor, TUNSETOFFLOAD, offloads), "ioctl(TUNSETOFFLOAD, " + offloads + ")");
    }

    private static String driverRemedy(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                "the kernel's driver of TAP devices is not here: `modprobe tun`; into a container, pass the device"
                        + " (`--device " + DRIVER + "`)";
            case Errno.EPERM, Errno.EACCES ->
                "the device file is closed to this process: run as root, or `chmod 0666 " + DRIVER
                        + "` (making a device needs CAP_NET_ADMIN all the same); a container must be allowed the"
                        + " device";
            default -> Remedies.of("open(\"" + DRIVER + "\")", errno);
        };
    }

    private String nameRemedy(int errno) {
        return switch (errno) {
            case Errno.EBUSY ->
                "there is a device with this name in this network namespace, maybe of another program: see"
                        + " `ip -d link show " + settings.device() + "`, and delete it or choose another name";
            case Errno.EPERM, Errno.EACCES -> "making a device needs CAP_NET_ADMIN in this network namespace";
            case Errno.EINVAL -> "the kernel does not take this name for a TAP device";
            default -> Remedies.of("ioctl(TUNSETIFF)", errno);
        };
    }

    /**
     * Puts everything of the settings in place, again: setting a device down takes routes and IPv6 addresses away.
     *
     * @throws LinuxException naming the address or route that the kernel refuses
     */
    public void configure() {
        changes.setLink(index, settings.linkAddress(), settings.mtu());
        boolean ipv6 = settings.addresses().stream().anyMatch(Inet6Address.class::isInstance);
        boolean ipv4 = settings.addresses().stream().anyMatch(Inet4Address.class::isInstance);
        setting("ipv4", "rp_filter", LOOSE_SOURCES);
        setting("ipv6", "accept_ra", "0");
        setting("ipv6", "disable_ipv6", ipv6 ? "0" : "1");
        if (ipv6) {
            changes.withoutOwnIpv6(index);
        }
        changes.setFlags(
                index,
                Interfaces.UP | Interfaces.NO_RESOLUTION,
                Interfaces.UP | Interfaces.NO_RESOLUTION | Interfaces.MULTICAST);
        settings.addresses().forEach(address -> changes.addAddress(index, address));
        settings.routes().stream()
                .filter(route -> route.prefix() instanceof Inet6Address ? ipv6 : ipv4)
                .forEach(this::route);
    }

    private void route(TapSettings.Route route) {
        try {
            changes.removeRoute(index, route.prefix(), route.length());
        } catch (LinuxException e) {
            // ESRCH: not there yet, which is the usual case
            if (e.errno() != Errno.ESRCH && e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        try {
            changes.addRoute(index, route.prefix(), route.length());
        } catch (LinuxException e) {
            if (e.errno() == Errno.EEXIST) {
                throw LinuxException.of(
                        e.call(),
                        Errno.EEXIST,
                        "there is another route to " + route + " (see `ip route`): delete it, or leave it out of the"
                                + " routes by " + settings.device());
            }
            throw e;
        }
    }

    /** Writes a setting of the device where the kernel has it and lets us: in a container /proc/sys may be read-only. */
    private void setting(String family, String name, String value) {
        Path file = SETTINGS.resolve(family)
                .resolve("conf")
                .resolve(settings.device())
                .resolve(name);
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            System.getLogger(TapDevice.class.getName()).log(System.Logger.Level.DEBUG, file + " stays as it is: " + e);
        }
    }

    public TapSettings settings() {
        return settings;
    }

    /** To wait on: readable when the queue has a frame, broken when the device is gone. */
    public int descriptor(int queue) {
        return descriptors[queue];
    }

    /** True while the device of this name is the one that was made here. Allocation-free. */
    public boolean isPresent() {
        return question.index(socket) == index;
    }

    /** True while it is present and set up. Allocation-free. */
    public boolean isUp() {
        return isPresent() && (question.flags(socket) & Interfaces.UP) != 0;
    }

    /**
     * Takes the next frame, header first, into memory described by an array of {@code count} {@code struct iovec} at
     * {@code vectors}. What has no room is lost.
     *
     * @return its bytes with the header, or the negated errno: EAGAIN when there is none, EBADFD when the device is gone
     */
    public long read(int queue, long vectors, int count) {
        return SystemCalls.readv(descriptors[queue], vectors, count);
    }

    /**
     * Hands a frame to the kernel, header first, from memory described by an array of {@code struct iovec}.
     *
     * @return its bytes with the header, or the negated errno: EINVAL for a malformed frame, EIO while the device is down,
     *     EBADFD when it is gone
     */
    public long write(int queue, long vectors, int count) {
        return SystemCalls.writev(descriptors[queue], vectors, count);
    }

    /** The same for a frame that stands in one piece, header first. */
    public long write(int queue, long address, long lengthBytes) {
        return SystemCalls.write(descriptors[queue], address, lengthBytes);
    }

    /** Removes the device. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (int descriptor : descriptors) {
            Descriptors.close(descriptor);
        }
        changes.close();
        Descriptors.close(socket);
        question.close();
    }
}
