/**
 * What people and their tools see of a node: REST, server-sent events, metrics and the dashboard. Knows the node only as
 * {@link io.weir.management.ManagedNode}.
 */
module io.weir.management {
    requires static transitive org.jspecify;
    requires java.management;
    requires tools.jackson.databind;
    requires io.prometheus.metrics.model;
    requires io.prometheus.metrics.config;
    requires io.prometheus.writer.text;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.unixdomain.server;
    requires org.slf4j;

    exports io.weir.management;
    exports io.weir.management.client;
    exports io.weir.management.model;

    provides org.slf4j.spi.SLF4JServiceProvider with
            io.weir.management.logging.SystemLoggerProvider;
}
