package io.weir.port.afxdp;

import java.util.Set;

/** Whether received frames may have a transport checksum that the sender left to this side: AF_XDP does not tell. */
public enum Checksums {
    /** By the driver: those of virtual links and virtual machines may, those of network cards do not. */
    AUTO,
    /** Every frame has its checksum. */
    COMPLETE,
    /** Each frame has to be looked at. */
    UNKNOWN;

    /** On a PCI bus as well, but with the host's other machines at the far end. */
    private static final Set<String> VIRTUAL = Set.of("virtio_net", "vmxnet3", "hv_netvsc", "vif");

    /** For a driver as {@link io.weir.linux.Interfaces#driver} names it, with its bus. */
    boolean isUnknown(String driver) {
        if (this != AUTO) {
            return this == UNKNOWN;
        }
        String[] parts = driver.split(" ", 2);
        boolean onBus = parts.length == 2 && parts[1].matches("[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
        return !onBus || VIRTUAL.contains(parts[0]);
    }
}
