package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.CLIENT_MAC;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.GATEWAY_MAC;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.SERVER_1_MAC;
import static io.weir.switching.scenario.Sites.SERVER_2_MAC;

/**
 * The stations of the network of all scenarios in one address family.
 *
 * <pre>
 *  remote --- gateway ---+--- ext0 (1)  weir  int0 (2) ---+--- server 1
 *                client -+    .1, service .10      .1     +--- server 2
 * </pre>
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes into the octets
enum Family {
    IPV4("192.0.2.", "10.0.0.", "198.51.100.7", "203.0.113.9"),
    IPV6("2001:db8:1::", "2001:db8:2::", "2001:db8:77::7", "2001:db8:99::9");

    /** On weir's external network. */
    final Endpoint client;
    /** Behind the gateway, so packets carry the gateway's link-layer address. */
    final Endpoint remote;

    final Endpoint gateway;
    /** Where no route leads. */
    final Endpoint nowhere;
    /** weir's address on the external network, and on the internal one. */
    final Endpoint external;

    final Endpoint internal;
    final Endpoint service;
    final Endpoint server1;
    final Endpoint server2;
    /** The programs on weir's host, as their device sends. */
    final Endpoint host;
    /** On the internal network, but not known to weir's neighbour table. */
    final Endpoint stranger;

    Family(String ext, String in, String remote, String nowhere) {
        client = Endpoint.of(ext + "100", CLIENT_MAC);
        this.remote = Endpoint.of(remote, GATEWAY_MAC);
        gateway = Endpoint.of(ext + "254", GATEWAY_MAC);
        this.nowhere = Endpoint.of(nowhere, GATEWAY_MAC);
        external = Endpoint.of(ext + "1", EXT_MAC);
        internal = Endpoint.of(in + "1", INT_MAC);
        service = Endpoint.of(ext + "10", EXT_MAC);
        server1 = Endpoint.of(in + "11", SERVER_1_MAC);
        server2 = Endpoint.of(in + "12", SERVER_2_MAC);
        host = Endpoint.of(ext + "20", Sites.HOST_LINK_MAC);
        stranger = Endpoint.of(in + "99", Sites.STRANGER_MAC);
    }

    String label() {
        return this == IPV4 ? "ipv4" : "ipv6";
    }

    Endpoint server(int number) {
        return number == 1 ? server1 : server2;
    }
}
