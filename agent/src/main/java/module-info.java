/** The load agent of a back-end server, and the protocol of its reports. Knows nothing else of weir. */
module io.weir.agent {
    requires static transitive org.jspecify;

    exports io.weir.agent;
    exports io.weir.agent.metric;
    exports io.weir.agent.report;
    exports io.weir.agent.source;
}
