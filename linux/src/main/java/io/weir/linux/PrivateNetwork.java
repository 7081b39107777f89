package io.weir.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace of this process alone, without a name, and a cable (veth pair) from there to the namespace of the
 * thread that makes it. Whatever is sent inside to an address that is not local comes out of the cable's outer end.
 *
 * <pre>
 *   namespace of the maker            private namespace
 *                                     lo: up
 *   device ═══════════ veth ═════════ control0: addresses /32 and /128
 *   outer link address                inner link address
 *   no IP address                     default routes to 169.254.0.1 and fe80::1, whose
 *                                     link-layer address is the outer one, for ever
 * </pre>
 *
 * The inner end leaves no checksum open and makes no segments longer than the MTU, so that its frames may leave by any
 * driver. Local ports are {@link #LEAST_PORT} to {@link #GREATEST_PORT}.
 *
 * <p>Nothing is left when the process ends, however it ends: the namespace goes with its last descriptor, thread and
 * child process, and the cable with it. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN, which an ordinary user has inside
 * {@code unshare -Urnm}. Thread-safe.
 */
public final class PrivateNetwork implements AutoCloseable {
    /** The least local port that the kernel chooses inside. */
    public static final int LEAST_PORT = 61_000;
    /** The greatest. Some tools want the number of ports to be even (ip-sysctl.rst). */
    public static final int GREATEST_PORT = 64_999;
    /** Name of the inner end. */
    public static final String INNER = "control0";

    private static final int CLONE_NEWNET = 0x40000000;
    /** Opening a socket takes microseconds: a few threads do for thousands. */
    private static final int THREADS = 4;

    private static final int IDLE_SECONDS = 10;
    private static final Path SETTINGS = Path.of("/proc/sys/net");
    private static final long LOCAL_BIT = 1L << 41;
    private static final long GROUP_BIT = 1L << 40;

    private final LinkChanges.End outer;
    private final LinkChanges.End inner;
    private final int descriptor;
    private final ThreadPoolExecutor threads;
    private final Set<InetAddress> addresses = new LinkedHashSet<>();
    private @Nullable LinkChanges outside;
    private @Nullable LinkChanges inside;
    private int outerIndex;
    private int innerIndex;
    private boolean closed;

    /** A thread that enters the namespace before its first task, so that a failure is that task's. */
    private static final class Insider extends Thread {
        private boolean inside;

        Insider(Runnable worker) {
            super(worker, "private-network");
            setDaemon(true);
        }

        void enter(int descriptor) {
            if (!inside) {
                Namespaces.enterDescriptor(descriptor, "private network");
                inside = true;
            }
        }
    }

    private PrivateNetwork(LinkChanges.End outer, LinkChanges.End inner) throws InterruptedException {
        this.outer = outer;
        this.inner = inner;
        descriptor = unshared();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Insider::new);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Makes a private network and the cable to the calling thread's namespace. A device with this name and link-layer
     * address that is there already was left by a child of a process that was killed, and is replaced.
     *
     * @param device name of the cable's outer end, at most 15 bytes
     * @param outerLinkAddress of the outer end: 48 bits, first octet highest, locally administered (bit 0x02 of the first
     *     octet) and not of a group
     * @param innerLinkAddress of the inner end, likewise
     * @param mtu greatest IP packet of the cable
     * @throws LinuxException with the missing capability, or EEXIST when the device is somebody else's
     */
    public static PrivateNetwork create(String device, long outerLinkAddress, long innerLinkAddress, int mtu) {
        requireLocal(outerLinkAddress);
        requireLocal(innerLinkAddress);
        removeLeftOver(device, outerLinkAddress);
        PrivateNetwork network = null;
        boolean complete = false;
        try {
            network = new PrivateNetwork(
                    new LinkChanges.End(device, outerLinkAddress), new LinkChanges.End(INNER, innerLinkAddress));
            network.lay(mtu);
            complete = true;
            return network;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the private network was made", e);
        } finally {
            if (!complete && network != null) {
                network.close();
            }
        }
    }

    private static void requireLocal(long linkAddress) {
        if ((linkAddress & LOCAL_BIT) == 0 || (linkAddress & GROUP_BIT) != 0 || linkAddress >>> 48 != 0) {
            throw new IllegalArgumentException("link-layer address 0x" + Long.toHexString(linkAddress)
                    + " is not a locally administered one of a single station, such as 0x0200_0000_0001");
        }
    }

    private static void removeLeftOver(String device, long linkAddress) {
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces question = new Interfaces(device);
                LinkChanges changes = new LinkChanges()) {
            int index = question.index(socket);
            if (index <= 0) {
                return;
            }
            if (question.linkAddress(socket) != linkAddress) {
                throw LinuxException.of(
                        "veth \"" + device + "\"",
                        Errno.EEXIST,
                        "a device with this name is there and not ours; `ip link delete " + device + "`, or rename it");
            }
            changes.deleteLink(index);
        } finally {
            Descriptors.close(socket);
        }
    }

    /** The descriptor of a new namespace; its maker's thread has ended. */
    private static int unshared() throws InterruptedException {
        int[] made = {0};
        Thread maker = Thread.ofPlatform().name("unshare").start(() -> {
            int result = SystemCalls.unshare(CLONE_NEWNET);
            made[0] = result < 0 ? result : SystemCalls.open("/proc/thread-self/ns/net", 0x80000, 0);
        });
        maker.join();
        if (made[0] < 0) {
            throw LinuxException.of("unshare(CLONE_NEWNET)", -made[0]);
        }
        return made[0];
    }

    private synchronized void lay(int mtu) {
        LinkChanges here = new LinkChanges();
        outside = here;
        here.addCable(outer, inner, descriptor, mtu);
        outerIndex = Interfaces.index(outer.name());
        here.withoutOwnIpv6(outerIndex);
        isolate();
        here.setUp(outerIndex);
        run(() -> {
            configureInside();
            return 0;
        });
    }

    /** Where forwarding is on, the kernel would forward what weir forwards already. */
    private void isolate() {
        try {
            Files.writeString(SETTINGS.resolve("ipv4/conf/" + outer.name() + "/forwarding"), "0");
            Files.writeString(SETTINGS.resolve("ipv6/conf/" + outer.name() + "/disable_ipv6"), "1");
        } catch (IOException e) {
            System.getLogger(PrivateNetwork.class.getName())
                    .log(System.Logger.Level.DEBUG, outer.name() + ": settings are left as they are: " + e);
        }
    }

    private void configureInside() throws IOException {
        String group = Long.toString(group());
        setting("ipv4/ip_local_port_range", LEAST_PORT + " " + GREATEST_PORT);
        setting("ipv4/ping_group_range", group + " " + group);
        setting("ipv4/conf/all/rp_filter", "0");
        setting("ipv4/conf/" + INNER + "/rp_filter", "0");
        setting("ipv4/conf/" + INNER + "/accept_redirects", "0");
        setting("ipv6/conf/" + INNER + "/accept_ra", "0");
        setting("ipv6/conf/" + INNER + "/accept_redirects", "0");
        setting("ipv6/conf/" + INNER + "/accept_dad", "0");
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces question = new Interfaces(INNER)) {
            innerIndex = Sockets.require(question.index(socket), "ioctl(SIOCGIFINDEX, \"" + INNER + "\")");
            Sockets.require(question.disableTransmitOffloads(socket), "ioctl(SIOCETHTOOL, \"" + INNER + "\")");
        } finally {
            Descriptors.close(socket);
        }
        LinkChanges here = new LinkChanges();
        inside = here;
        here.setUp(Interfaces.index("lo"));
        if (hasIpv6()) {
            here.withoutOwnIpv6(innerIndex);
        }
        here.setUp(innerIndex);
        routes(here);
    }

    private static boolean hasIpv6() {
        return Files.isDirectory(SETTINGS.resolve("ipv6/conf"));
    }

    /** Writes a setting of the private namespace; one of IPv6 where the kernel has none is passed over. */
    private static void setting(String name, String value) throws IOException {
        Path file = SETTINGS.resolve(name);
        try {
            Files.writeString(file, value);
        } catch (NoSuchFileException e) {
            if (hasIpv6() || !name.startsWith("ipv6")) {
                throw e;
            }
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot be set to \"" + value + "\" (" + e.getMessage()
                            + "); /proc/sys must be writable, in a container too",
                    e);
        }
    }

    /** The effective group, which echo requests are allowed to; another one need not exist in a user namespace. */
    private static long group() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"), StandardCharsets.UTF_8)) {
            if (line.startsWith("Gid:")) {
                return Long.parseLong(line.split("\\s+", -1)[2]);
            }
        }
        return 0;
    }

    /** Puts the default routes and their neighbours in place, again: they go with the last address of their family. */
    private void routes(LinkChanges here) {
        InetAddress gateway4 = literal(169, 254, 0, 1);
        here.setNeighbour(innerIndex, gateway4, outer.linkAddress());
        here.setDefaultRoute(innerIndex, gateway4);
        if (hasIpv6()) {
            InetAddress gateway6 = literal(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
            here.setNeighbour(innerIndex, gateway6, outer.linkAddress());
            here.setDefaultRoute(innerIndex, gateway6);
        }
    }

    private static InetAddress literal(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Name of the outer end. */
    public String device() {
        return outer.name();
    }

    /** Link-layer address of the outer end: where frames from inside are sent to. */
    public long outerLinkAddress() {
        return outer.linkAddress();
    }

    /** Link-layer address of the inner end: where frames for inside must be sent to. */
    public long innerLinkAddress() {
        return inner.linkAddress();
    }

    /**
     * Gives the inner end these addresses and no others. Sockets bound to one that stays are not disturbed.
     *
     * @throws LinuxException naming the address that the kernel refuses
     */
    public synchronized void setAddresses(Collection<InetAddress> wanted) {
        LinkChanges here = inside;
        if (closed || here == null) {
            throw new IllegalStateException("the private network is closed");
        }
        // new ones first: the routes of a family go with its last address
        for (InetAddress address : wanted) {
            if (!addresses.contains(address)) {
                here.addAddress(innerIndex, address);
                addresses.add(address);
            }
        }
        for (InetAddress address : Set.copyOf(addresses)) {
            if (!wanted.contains(address)) {
                here.removeAddress(innerIndex, address);
                addresses.remove(address);
            }
        }
        routes(here);
    }

    /**
     * Runs a short action on a platform thread inside; sockets it opens and processes it starts belong there.
     *
     * @throws Exception what the action threw; RejectedExecutionException after {@link #close}
     */
    public <T> T call(Callable<T> action) throws Exception {
        Future<T> result = threads.submit(() -> {
            ((Insider) Thread.currentThread()).enter(descriptor);
            return action.call();
        });
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private <T> T run(Callable<T> action) {
        try {
            return call(action);
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (Exception e) {
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Removes the cable and lets go of the namespace; sockets that are still open there reach nobody. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        endThreads();
        if (inside != null) {
            inside.close();
        }
        if (outside != null) {
            deleteCable(outside);
            outside.close();
        }
        Descriptors.close(descriptor);
    }

    /** What is queued still runs; the descriptor is closed when nobody needs it any more. */
    private void endThreads() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deleteCable(LinkChanges here) {
        if (outerIndex <= 0) {
            return;
        }
        try {
            here.deleteLink(outerIndex);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }
}
