package io.weir.node;

/** Programs that know nothing of weir, with weir on AF_XDP. */
class RealTrafficAfXdpSystemTest extends RealTrafficSystemTest {
    @Override
    String driver() {
        return "af_xdp";
    }

    /** Not segmented by the kernel, it takes several times as long. */
    @Override
    long downloadBytes() {
        return Nginx.GIGABYTE / 4;
    }
}
