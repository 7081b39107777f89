/** The switching processor: packet engine and packet filter. */
module io.weir.switching {
    requires static transitive org.jspecify;
    requires transitive io.weir.memory;
    requires transitive io.weir.port;
    requires transitive io.weir.application;
    requires io.weir.wire;

    exports io.weir.switching.application;
    exports io.weir.switching.engine;
    exports io.weir.switching.filter;
}
