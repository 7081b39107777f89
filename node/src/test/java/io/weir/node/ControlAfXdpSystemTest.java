package io.weir.node;

/** Checks, reports and drains while the interfaces are reached by AF_XDP, beside the control interface, which is not. */
class ControlAfXdpSystemTest extends ControlSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }
}
