package io.weir.node;

/** Programs on the host while the interfaces are reached by AF_XDP; the dashboard on an IPv6 address. */
class HostAfXdpSystemTest extends HostSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }

    @Override
    String dashboard() {
        return HOST_6;
    }
}
