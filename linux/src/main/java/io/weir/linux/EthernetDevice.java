package io.weir.linux;

/**
 * What ethtool knows of a network device.
 *
 * @param name of the device
 * @param driver such as {@code veth} or {@code ixgbe}; empty when the device does not say
 * @param bus where the hardware is, such as {@code 0000:00:03.0}; empty for a device without hardware
 * @param receiveQueues receive queues in use, at least 1
 */
public record EthernetDevice(String name, String driver, String bus, int receiveQueues) {
    /**
     * Asks about a device in the calling thread's network namespace.
     *
     * @throws LinuxException ENODEV when there is none with this name
     */
    public static EthernetDevice of(String name) {
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces question = new Interfaces(name)) {
            if (question.index(socket) < 0) {
                String call = "ioctl(SIOCGIFINDEX, \"" + name + "\")";
                throw new LinuxException(
                        call,
                        Errno.ENODEV,
                        call + ": ENODEV: no such interface in this network namespace; see `ip link`");
            }
            String driver = question.driver(socket);
            int blank = driver.indexOf(' ');
            return new EthernetDevice(
                    name,
                    blank < 0 ? driver : driver.substring(0, blank),
                    blank < 0 ? "" : driver.substring(blank + 1),
                    Math.max(1, question.receiveQueues(socket)));
        } finally {
            Descriptors.close(socket);
        }
    }

    /** True when there is hardware behind the device, also that of a hypervisor. */
    public boolean isHardware() {
        return !bus.isEmpty();
    }
}
