package io.weir.node;

/** Interfaces that go down or disappear under a node on AF_XDP. */
class InterfaceLossAfXdpSystemTest extends InterfaceLossSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }
}
