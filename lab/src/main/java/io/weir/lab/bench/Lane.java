package io.weir.lab.bench;

import io.weir.lab.Network;
import io.weir.lab.Station;
import io.weir.linux.Descriptors;
import io.weir.linux.Interfaces;
import io.weir.linux.Sockets;

/**
 * What a contestant has for itself: a station for the balancer with a cable to the one client and a cable to the one
 * server. All lanes are alike, so all contestants can be up at once and take turns.
 *
 * <pre>
 *   client  c0 10.50.N.2 ──── 10.50.N.1 ext │ balancer N │ int 10.60.N.1 ──── 10.60.N.2 s0  server
 *           c1 ...                            virtual address 10.70.N.1                ... s1
 * </pre>
 */
final class Lane {
    /** The same on the virtual address and on the server. */
    static final int HTTP_PORT = 8080;

    static final int BULK_PORT = 5201;
    static final int ECHO_PORT = 7;
    /** Nobody listens: the server drops what arrives here before its IP stack. */
    static final int DISCARD_PORT = 9;

    private final int number;
    private final Station client;
    private final Station server;
    private final Station balancer;

    private Lane(int number, Station client, Station server, Station balancer) {
        this.number = number;
        this.client = client;
        this.server = server;
        this.balancer = balancer;
    }

    /** Lays the cables of lane {@code number}, 0..200, and gives client and server their addresses and routes. */
    static Lane lay(Network network, int number, Station client, Station server) {
        Station balancer = network.station("balancer" + number);
        // A balancer in user space owns its interfaces: the kernel must stay silent. The others need no IPv6 either.
        balancer.setting("ipv6/conf/all/disable_ipv6", "1");
        balancer.setting("ipv6/conf/default/disable_ipv6", "1");
        Lane lane = new Lane(number, client, server, balancer);
        network.cable(client, lane.clientDevice(), balancer, "ext");
        network.cable(server, lane.serverDevice(), balancer, "int");
        client.ipBatch(
                "addr add " + lane.clientAddress() + "/24 dev " + lane.clientDevice(),
                "route add " + lane.virtualAddress() + " via " + lane.outerGateway(),
                "route add 10.60." + number + ".0/24 via " + lane.outerGateway());
        server.ipBatch(
                "addr add " + lane.serverAddress() + "/24 dev " + lane.serverDevice(),
                "route add 10.50." + number + ".0/24 via " + lane.innerGateway());
        return lane;
    }

    Station client() {
        return client;
    }

    Station server() {
        return server;
    }

    Station balancer() {
        return balancer;
    }

    String clientDevice() {
        return "c" + number;
    }

    String serverDevice() {
        return "s" + number;
    }

    String clientAddress() {
        return "10.50." + number + ".2";
    }

    /** The balancer's address towards the client. */
    String outerGateway() {
        return "10.50." + number + ".1";
    }

    /** The balancer's address towards the server. */
    String innerGateway() {
        return "10.60." + number + ".1";
    }

    String serverAddress() {
        return "10.60." + number + ".2";
    }

    String virtualAddress() {
        return "10.70." + number + ".1";
    }

    /** Gives the kernel of the balancer's station the balancer's own addresses. */
    void addressKernel() {
        balancer.ipBatch("addr add " + outerGateway() + "/24 dev ext", "addr add " + innerGateway() + "/24 dev int");
    }

    /** The link-layer address of a device in a station, 48 bits. */
    static long linkAddress(Station station, String device) {
        return Station.await(station.submit(() -> {
            int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
            try (Interfaces question = new Interfaces(device)) {
                long address = question.linkAddress(socket);
                if (address < 0) {
                    throw new MeasurementException(device + " has no link-layer address");
                }
                return address;
            } finally {
                Descriptors.close(socket);
            }
        }));
    }

    /** A link-layer address as {@code 02:00:00:00:00:01}. */
    static String linkAddressText(long address) {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(shift == 40 ? "" : ":").append(String.format("%02x", address >> shift & 0xff));
        }
        return text.toString();
    }
}
