package io.weir.node;

/** Programs on the host while the interfaces are reached by AF_XDP; the dashboard on an IPv6 address. */
class HostAfXdpSystemTest extends HostSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }

    /** A gigabyte would take half a minute: every segment is a frame of its own. */
    @Override
    long downloadBytes() {
        return 256L << 20;
    }

    @Override
    String dashboard() {
        return HOST_6;
    }
}
