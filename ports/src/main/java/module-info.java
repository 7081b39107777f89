/** Network interfaces: the Port SPI and its drivers and decorators. */
module io.weir.port {
    requires static transitive org.jspecify;
    requires transitive io.weir.memory;
    requires io.weir.linux;
    requires io.weir.wire;

    exports io.weir.port;
    exports io.weir.port.afpacket;
    exports io.weir.port.afxdp;
    exports io.weir.port.decorator;
    exports io.weir.port.memory;
    exports io.weir.port.pcap;
    exports io.weir.port.relay;
    exports io.weir.port.tap;
}
