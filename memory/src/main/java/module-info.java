/** The shared memory between the control processor and the switching processors. */
module io.weir.memory {
    requires static transitive org.jspecify;
    requires transitive io.weir.linux;

    exports io.weir.memory.map;
    exports io.weir.memory.counters;
    exports io.weir.memory.ring;
    exports io.weir.memory.routing;
    exports io.weir.memory.configuration;
    exports io.weir.memory.connection;
    exports io.weir.memory.packet;
    exports io.weir.memory.queue;
    exports io.weir.memory.server;
    exports io.weir.memory.application;
}
