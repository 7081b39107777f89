package io.weir.port;

/**
 * What an interface can do.
 *
 * @param driver the driver's name as in the configuration, such as {@code af_packet}
 * @param linkAddress the interface's own link-layer address, 48 bits, first octet highest
 * @param mtu greatest IP packet in bytes
 * @param checksumOffload true when frames with {@link Offload#needsChecksum} may be transmitted
 * @param segmentationOffload true when frames with a {@link Offload#segmentationType} may be transmitted
 * @param zeroCopy true when the driver moves frames without copying them
 */
public record PortCapabilities(
        String driver,
        long linkAddress,
        int mtu,
        boolean checksumOffload,
        boolean segmentationOffload,
        boolean zeroCopy) {}
