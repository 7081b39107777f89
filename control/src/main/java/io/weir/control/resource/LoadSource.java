package io.weir.control.resource;

/** Where the load of a server is known from. */
public enum LoadSource {
    /** Nothing is known. */
    NONE,
    /** A report's datagram. */
    AGENT,
    /** A report by HTTP POST. */
    HTTP,
    /** The server's answer to HAProxy's agent check. */
    HAPROXY,
    /** The server's page of Prometheus metrics. */
    PROMETHEUS,
    /** What the switching processors see of its connections. */
    PASSIVE
}
