package io.weir.node;

/** Starting, changing and ending a node on AF_XDP. */
class NodeLifeAfXdpSystemTest extends NodeLifeSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }
}
