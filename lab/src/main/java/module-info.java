/** Fig. 1 in network namespaces: demo and system tests. */
module io.weir.lab {
    requires static transitive org.jspecify;
    requires io.weir.linux;
    requires jdk.httpserver;

    exports io.weir.lab;
    exports io.weir.lab.bench;
}
