package io.weir.port.afxdp;

/** Where in the kernel's receive path the XDP program runs. */
public enum Attach {
    /** In the driver where it can, else {@link #GENERIC}. */
    AUTO,
    /** In the driver, before the kernel makes a socket buffer. */
    NATIVE,
    /** In the network stack, with any driver; slower. */
    GENERIC
}
