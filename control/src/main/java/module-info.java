/** The control processor: configuration, health, load, master, routes, interfaces. Never sees switching; they meet in memory. */
module io.weir.control {
    requires static transitive org.jspecify;
    requires transitive io.weir.memory;
    requires transitive io.weir.wire;
    requires transitive io.weir.agent;
    requires org.snakeyaml.engine;

    exports io.weir.control;
    exports io.weir.control.configuration;
    exports io.weir.control.health;
    exports io.weir.control.master;
    exports io.weir.control.master.policy;
    exports io.weir.control.network;
    exports io.weir.control.resource;
}
