package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What ethtool knows of a network device (include/uapi/linux/ethtool.h).
 *
 * @param name of the device
 * @param driver such as {@code veth} or {@code ixgbe}; empty when the device does not say
 * @param bus where the hardware is, such as {@code 0000:00:03.0}; empty for a device without hardware
 * @param receiveQueues receive queues in use, at least 1
 */
public record EthernetDevice(String name, String driver, String bus, int receiveQueues) {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GDRVINFO = 0x03;
    private static final int ETHTOOL_GCHANNELS = 0x3c;

    /** struct ethtool_drvinfo: 4 driver[32], 36 version[32], 68 firmware[32], 100 bus[32], 196 bytes in all. */
    private static final int DRIVER_INFO_BYTES = 196;

    private static final int TEXT_BYTES = 32;
    /** struct ethtool_channels: nine u32; 20 receive-only queues, 32 combined queues. */
    private static final int CHANNELS_BYTES = 36;

    /**
     * Asks about a device in the calling thread's network namespace.
     *
     * @throws LinuxException ENODEV when there is none with this name
     */
    public static EthernetDevice of(String name) {
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            if (Interfaces.index(name) == 0) {
                String call = "ioctl(SIOCGIFINDEX, \"" + name + "\")";
                throw new LinuxException(
                        call,
                        Errno.ENODEV,
                        call + ": ENODEV: no such interface in this network namespace; see `ip link`");
            }
            MemorySegment request = arena.allocate(40, 8);
            MemorySegment.copy(
                    name.getBytes(StandardCharsets.UTF_8),
                    0,
                    request,
                    JAVA_BYTE,
                    0,
                    name.getBytes(StandardCharsets.UTF_8).length);
            MemorySegment info = arena.allocate(DRIVER_INFO_BYTES, 8);
            boolean hasInfo = ask(socket, request, info, ETHTOOL_GDRVINFO);
            MemorySegment channels = arena.allocate(CHANNELS_BYTES, 8);
            boolean hasChannels = ask(socket, request, channels, ETHTOOL_GCHANNELS);
            int queues = hasChannels ? channels.get(JAVA_INT, 20) + channels.get(JAVA_INT, 32) : 1;
            return new EthernetDevice(
                    name, hasInfo ? text(info, 4) : "", hasInfo ? text(info, 100) : "", Math.max(1, queues));
        } finally {
            Descriptors.close(socket);
        }
    }

    private static boolean ask(int socket, MemorySegment request, MemorySegment answer, int command) {
        answer.set(JAVA_INT, 0, command);
        request.set(JAVA_LONG, 16, answer.address());
        return SystemCalls.ioctl(socket, SIOCETHTOOL, request.address()) >= 0;
    }

    private static String text(MemorySegment info, long offset) {
        byte[] bytes = info.asSlice(offset, TEXT_BYTES).toArray(JAVA_BYTE);
        int length = 0;
        while (length < TEXT_BYTES && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** True when there is hardware behind the device, also that of a hypervisor. */
    public boolean isHardware() {
        return !bus.isEmpty();
    }
}
