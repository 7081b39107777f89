package io.weir.node;

/** Network applications while the interfaces are reached by AF_XDP. */
class ApplicationAfXdpSystemTest extends ApplicationSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }
}
