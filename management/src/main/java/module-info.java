/**
 * What people and their tools see of a node: REST, server-sent events, metrics and the dashboard. Knows the node only as
 * {@link io.weir.management.ManagedNode}.
 */
module io.weir.management {
    requires static transitive org.jspecify;
    requires jdk.httpserver;
    requires tools.jackson.databind;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.model;
    requires io.prometheus.metrics.expositiontextformats;

    exports io.weir.management;
    exports io.weir.management.model;
}
