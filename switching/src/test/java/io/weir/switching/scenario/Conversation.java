package io.weir.switching.scenario;

import static io.weir.switching.scenario.Packet.ACK;
import static io.weir.switching.scenario.Packet.FIN;
import static io.weir.switching.scenario.Packet.PSH;
import static io.weir.switching.scenario.Packet.RST;
import static io.weir.switching.scenario.Packet.SYN;
import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.PORT;

/**
 * A client's packets to the service and a server's replies, each as it arrives and as it must leave.
 *
 * @param family address family
 * @param mode how the service forwards
 * @param protocol TCP or UDP
 * @param client the client, with the link-layer address its packets have at weir
 * @param clientPort its port
 * @param server the server's number
 */
record Conversation(Family family, Sites.Mode mode, int protocol, Endpoint client, int clientPort, int server) {
    static final int CLIENT_PORT = 40_000;
    static final long CLIENT_SEQUENCE = 1_000_000;
    static final long SERVER_SEQUENCE = 0xffff_fff0L;

    static Conversation of(Family family, Sites.Mode mode, int protocol) {
        return new Conversation(family, mode, protocol, family.client, CLIENT_PORT, 1);
    }

    Conversation client(Endpoint other) {
        return new Conversation(family, mode, protocol, other, clientPort, server);
    }

    Conversation clientPort(int port) {
        return new Conversation(family, mode, protocol, client, port, server);
    }

    Conversation server(int number) {
        return new Conversation(family, mode, protocol, client, clientPort, number);
    }

    /** From the client, as it arrives. */
    Packet request() {
        Packet packet = Packet.ip(client, family.service, protocol).ports(clientPort, PORT);
        return protocol == Packet.UDP ? packet.payload("question") : packet;
    }

    Packet syn() {
        return request()
                .flags(SYN)
                .sequence(CLIENT_SEQUENCE, 0)
                .tcpOptions(2, 4, 0x05, 0xb4, 4, 2, 1, 1); // MSS 1460, SACK permitted
    }

    Packet data(String text) {
        return request()
                .flags(ACK | PSH)
                .sequence(CLIENT_SEQUENCE + 1, SERVER_SEQUENCE + 1)
                .payload(text);
    }

    Packet ack() {
        return request().flags(ACK).sequence(CLIENT_SEQUENCE + 1, SERVER_SEQUENCE + 1);
    }

    Packet fin() {
        return request().flags(FIN | ACK).sequence(CLIENT_SEQUENCE + 1, SERVER_SEQUENCE + 1);
    }

    Packet reset() {
        return request().flags(RST).sequence(CLIENT_SEQUENCE + 1, 0);
    }

    /** The first packet: what opens a connection. */
    Packet opening() {
        return protocol == Packet.TCP ? syn() : request();
    }

    int serverPort() {
        return mode.serverPort == 0 ? PORT : mode.serverPort;
    }

    /** A client's packet as the server gets it. */
    Packet toServer(Packet packet) {
        Packet sent = packet.macs(INT_MAC, family.server(server).mac());
        return mode == Sites.Mode.DIRECT
                ? sent
                : sent.destination(family.server(server))
                        .ports(clientPort, serverPort())
                        .oneHopLess();
    }

    /** From the server, as it arrives. */
    Packet reply() {
        Packet packet =
                Packet.ip(family.server(server), client.at(INT_MAC), protocol).ports(serverPort(), clientPort);
        return protocol == Packet.UDP ? packet.payload("answer") : packet;
    }

    Packet synAck() {
        return reply().flags(SYN | ACK).sequence(SERVER_SEQUENCE, CLIENT_SEQUENCE + 1);
    }

    Packet serverData(String text) {
        return reply().flags(ACK | PSH)
                .sequence(SERVER_SEQUENCE + 1, CLIENT_SEQUENCE + 1)
                .payload(text);
    }

    Packet serverFin() {
        return reply().flags(FIN | ACK).sequence(SERVER_SEQUENCE + 1, CLIENT_SEQUENCE + 2);
    }

    Packet serverReset() {
        return reply().flags(RST | ACK).sequence(SERVER_SEQUENCE + 1, CLIENT_SEQUENCE + 1);
    }

    /** A server's packet as the client gets it. */
    Packet toClient(Packet packet) {
        return packet.macs(EXT_MAC, client.mac())
                .source(family.service)
                .ports(PORT, clientPort)
                .oneHopLess();
    }

    Script up(Script script, Packet packet) {
        return script.in(EXT, packet).out(INT, toServer(packet));
    }

    Script down(Script script, Packet packet) {
        return script.in(INT, packet).out(EXT, toClient(packet));
    }

    /** The first packet and what makes the connection one in both directions; with direct return the client's alone. */
    Script establish(Script script) {
        up(script, opening());
        if (protocol == Packet.UDP) {
            return mode == Sites.Mode.DIRECT ? script : down(script, reply());
        }
        if (mode != Sites.Mode.DIRECT) {
            down(script, synAck());
        }
        return up(script, ack());
    }

    int service() {
        return protocol == Packet.TCP ? Sites.TCP_SERVICE : Sites.UDP_SERVICE;
    }

    String label() {
        String way = switch (mode) {
            case NAT -> "nat";
            case NAT_SAME_PORT -> "nat-same-port";
            case DIRECT -> "direct";
        };
        return family.label() + "-" + (protocol == Packet.TCP ? "tcp" : "udp") + "-" + way;
    }
}
