/** Header views and values, addresses and checksums. Knows no memory region, port or engine. */
module io.weir.wire {
    requires static transitive org.jspecify;

    exports io.weir.wire;
}
