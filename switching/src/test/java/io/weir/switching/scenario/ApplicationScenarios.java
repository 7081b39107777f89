package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.EXT_MAC;
import static io.weir.switching.scenario.Sites.INT;
import static io.weir.switching.scenario.Sites.INT_MAC;
import static io.weir.switching.scenario.Sites.PORT;
import static io.weir.switching.scenario.Sites.SERVER_1_MAC;

import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.switching.application.ApplicationClock;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.util.ArrayList;
import java.util.List;

/** Network applications on the switching processor: what they claim, what they decide, and how they are stopped. */
final class ApplicationScenarios {
    private static final int ID = 5;
    private static final long BUDGET = 1L << 40;
    /** Never passes: these applications are not stopped for their time. */
    private static final ApplicationClock CLOCK = new ApplicationClock() {
        @Override
        public long wallNanos() {
            return 0;
        }

        @Override
        public long processorNanos() {
            return 0;
        }
    };

    private ApplicationScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                reflected(all, family, protocol);
                answered(all, family, protocol);
                redirected(all, family, protocol);
                dropped(all, family, protocol);
                besides(all, family, protocol);
                stopped(all, family, protocol);
                served(all, family, protocol);
            }
            damaged(all, family);
            ownPackets(all, family);
            headers(all, family);
        }
        return all;
    }

    private static String label(Family family, int protocol) {
        return family.label() + (protocol == Packet.TCP ? "-tcp" : "-udp") + "-application";
    }

    /** Claims ports 7 to 21 of the service's and the external address. */
    private static Network claimed(Fallback fallback) {
        Network network = Sites.one(Sites.Mode.NAT);
        ConfigurationImage image = network.configuration();
        List<Claim> claims = new ArrayList<>();
        for (Family family : Family.values()) {
            for (RawAddress address : List.of(family.external.raw(), family.service.raw())) {
                claims.add(new Claim(address, Packet.UDP, 7, 21, ID));
                claims.add(new Claim(address, Packet.TCP, 7, 21, ID));
            }
        }
        return network.withConfiguration(withApplications(image, image.servers(), image.services(), claims))
                .withApplications(() -> List.of(slot(fallback)));
    }

    private static ApplicationSlot slot(Fallback fallback) {
        return new ApplicationSlot(
                "test", ID, new TestApplication(), 0, BUDGET, fallback, ApplicationBlock.standalone(), CLOCK);
    }

    private static ConfigurationImage withApplications(
            ConfigurationImage image, List<Server> servers, List<Service> services, List<Claim> claims) {
        return new ConfigurationImage(
                image.generation(),
                image.cause(),
                image.createdAtEpochMs(),
                image.settings(),
                image.interfaces(),
                servers,
                services,
                ID,
                claims,
                image.host());
    }

    /** The application is the only server of both services. */
    private static Network serving() {
        Network network = Sites.one(Sites.Mode.NAT);
        ConfigurationImage image = network.configuration();
        Members members4 = Members.inOrder(List.of(new Member(1, 1, RawAddress.ofApplication4(ID), 0)));
        Members members6 = Members.inOrder(List.of(new Member(1, 1, RawAddress.ofApplication6(ID), 0)));
        List<Service> services = image.services().stream()
                .map(each -> new Service(
                        each.number(),
                        each.name(),
                        each.protocol(),
                        TestApplication.ANSWER,
                        ConfigurationReader.NAT,
                        each.algorithm(),
                        each.addresses(),
                        members4,
                        members6))
                .toList();
        return network.withConfiguration(withApplications(image, image.servers(), services, List.of()))
                .withApplications(() -> List.of(slot(Fallback.RESET)));
    }

    private static Packet question(Family family, int protocol, int port) {
        Packet packet = Packet.ip(family.client, family.service, protocol).ports(40_000, port);
        return protocol == Packet.TCP ? packet.flags(Packet.SYN).sequence(77, 0) : packet.payload("a question");
    }

    /** The same back, as it is. */
    private static Packet mirrored(Family family, Packet packet, int port) {
        return packet.macs(EXT_MAC, family.client.mac())
                .source(family.service)
                .destination(family.client)
                .ports(port, 40_000)
                .ttl(64);
    }

    private static void reflected(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol, TestApplication.REFLECT);
        Packet far = question.ttl(3).paddedTo(60);
        long offload = Offload.of(
                Offload.NEEDS_CHECKSUM, 0, 0, 0, question.transportOffset(), protocol == Packet.TCP ? 16 : 6);
        all.add(new Script(
                        label(family, protocol) + "-reflects",
                        "a packet comes back as it was, and fresh",
                        claimed(Fallback.DROP))
                .in(EXT, far)
                .out(EXT, mirrored(family, far, TestApplication.REFLECT))
                .count(Counter.CONNECTIONS_CREATED, 0)
                .end());
        all.add(new Script(
                        label(family, protocol) + "-reflects-open-checksum",
                        "a checksum that a virtual link left open stays open",
                        claimed(Fallback.DROP))
                .in(EXT, question.partialChecksum().frame(), offload)
                .out(
                        EXT,
                        mirrored(family, question.partialChecksum(), TestApplication.REFLECT)
                                .frame(),
                        offload)
                .end());
    }

    /** What {@link TestApplication#ANSWER} sends. */
    private static Packet answer(Family family, int protocol) {
        Packet packet = Packet.ip(family.service, family.client, protocol)
                .macs(EXT_MAC, family.client.mac())
                .ports(TestApplication.ANSWER, 40_000);
        return protocol == Packet.TCP
                ? packet.flags(Packet.SYN | Packet.ACK).sequence(1_000, 1).window(500)
                : packet.payload(TestApplication.REPLY);
    }

    private static Script outAnswer(Script script, Family family, int protocol) {
        Packet answer = answer(family, protocol).partialChecksum();
        if (family == Family.IPV4) {
            answer = answer.identification(0).fragmentWord(0x4000);
        }
        return script.out(
                EXT,
                answer.frame(),
                Offload.of(Offload.NEEDS_CHECKSUM, 0, 0, 0, answer.transportOffset(), protocol == Packet.TCP ? 16 : 6));
    }

    private static void answered(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol, TestApplication.ANSWER);
        Script script = new Script(
                label(family, protocol) + "-answers",
                "an answer of another length goes back from the address that was asked",
                claimed(Fallback.DROP));
        script.in(EXT, protocol == Packet.TCP ? question.tcpOptions(2, 4, 5, 0xb4) : question.ttl(1));
        all.add(outAnswer(script, family, protocol).end());
    }

    private static void redirected(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol, TestApplication.REDIRECT);
        Packet sent = question.macs(INT_MAC, SERVER_1_MAC)
                .source(family.internal)
                .destination(family.server1)
                .ports(2_000, 3_000)
                .oneHopLess();
        all.add(new Script(
                        label(family, protocol) + "-redirects",
                        "a packet goes on to another station by the routing table, with new addresses and ports",
                        claimed(Fallback.DROP))
                .in(EXT, question.tagged(0x6000))
                .out(INT, sent.untagged())
                .in(EXT, question.ttl(1))
                .drop(DropReason.TTL_EXPIRED)
                .in(EXT, question(family, protocol, TestApplication.REDIRECT_TO_US))
                .drop(DropReason.APPLICATION_DESTINATION_REFUSED)
                .end());
    }

    private static void dropped(List<Scenario> all, Family family, int protocol) {
        all.add(new Script(
                        label(family, protocol) + "-drops",
                        "what it drops or needs no answer for is counted once",
                        claimed(Fallback.DROP))
                .in(EXT, question(family, protocol, TestApplication.DROP))
                .drop(DropReason.APPLICATION_DROPPED)
                .in(EXT, question(family, protocol, TestApplication.CONSUME))
                .drop(DropReason.APPLICATION_CONSUMED)
                .count(Counter.PACKETS_DROPPED, 2)
                .end());
    }

    /** Services and everything else are what they were. */
    private static void besides(List<Scenario> all, Family family, int protocol) {
        Packet toService = question(family, protocol, PORT);
        Packet other = question(family, protocol, 22);
        Script script = new Script(
                        label(family, protocol) + "-leaves-the-rest",
                        "services keep their ports, and ports that nobody claims stay closed",
                        claimed(Fallback.DROP))
                .in(EXT, toService)
                .out(
                        INT,
                        toService
                                .macs(INT_MAC, SERVER_1_MAC)
                                .destination(family.server1)
                                .ports(40_000, Sites.SERVER_PORT)
                                .oneHopLess())
                .in(EXT, other);
        if (protocol == Packet.TCP) {
            script.out(EXT, ResetScenarios.resetOf(other, 0)).drop(DropReason.SERVICE_UNKNOWN_RESET);
        } else {
            script.drop(DropReason.SERVICE_UNKNOWN);
        }
        all.add(script.end());
    }

    private static void stopped(List<Scenario> all, Family family, int protocol) {
        record Misdeed(String name, int port, boolean keepsItsPacket) {}
        List<Misdeed> misdeeds = List.of(
                new Misdeed("throws", TestApplication.THROW, false),
                new Misdeed("fails", TestApplication.FAIL, false),
                new Misdeed("forgets-a-packet", TestApplication.FORGET, false),
                new Misdeed("keeps-a-buffer", TestApplication.KEEP_BUFFER, true),
                new Misdeed("decides-twice", TestApplication.DECIDE_TWICE, true));
        for (Misdeed misdeed : misdeeds) {
            Packet toService = question(family, protocol, PORT);
            Packet bad = question(family, protocol, misdeed.port());
            Packet next = question(family, protocol, TestApplication.REFLECT);
            Script script = new Script(
                    label(family, protocol) + "-that-" + misdeed.name(),
                    "an application that misbehaves is stopped, its packets get the fallback, others go on",
                    claimed(Fallback.RESET));
            script.in(EXT, bad);
            if (misdeed.keepsItsPacket()) {
                script.drop(DropReason.APPLICATION_CONSUMED);
            } else {
                fallenBack(script, bad, protocol);
            }
            script.in(EXT, next);
            fallenBack(script, next, protocol);
            all.add(script.in(EXT, toService)
                    .out(
                            INT,
                            toService
                                    .macs(INT_MAC, SERVER_1_MAC)
                                    .destination(family.server1)
                                    .ports(40_000, Sites.SERVER_PORT)
                                    .oneHopLess())
                    .end());
        }
    }

    private static void fallenBack(Script script, Packet packet, int protocol) {
        if (protocol == Packet.TCP) {
            script.out(EXT, ResetScenarios.resetOf(packet, 0));
        }
        script.drop(DropReason.APPLICATION_STOPPED);
    }

    private static void served(List<Scenario> all, Family family, int protocol) {
        Packet question = question(family, protocol, TestApplication.ANSWER);
        Script script = new Script(
                label(family, protocol) + "-serves",
                "as the server of a service it gets the client's packets as they are, and answers as the service",
                serving());
        script.in(EXT, question);
        outAnswer(script, family, protocol);
        script.in(EXT, protocol == Packet.TCP ? question.flags(Packet.ACK).sequence(78, 1_001) : question);
        outAnswer(script, family, protocol);
        all.add(script.count(Counter.CONNECTIONS_CREATED, 1)
                .live(protocol == Packet.TCP ? Sites.TCP_SERVICE : Sites.UDP_SERVICE, 1)
                .end());
    }

    private static void damaged(List<Scenario> all, Family family) {
        Packet question = question(family, Packet.UDP, TestApplication.DAMAGED);
        all.add(new Script(
                        family.label() + "-application-sees-damage",
                        "a wrong checksum can be told from a right one",
                        claimed(Fallback.DROP))
                .in(EXT, question.wrongChecksum())
                .drop(DropReason.TRANSPORT_CHECKSUM_WRONG)
                .in(EXT, question)
                .out(EXT, mirrored(family, question, TestApplication.DAMAGED))
                .end());
    }

    private static void ownPackets(List<Scenario> all, Family family) {
        all.add(new Script(
                        family.label() + "-application-sends",
                        "a packet of its own leaves by the routing table, if it is from one of our addresses",
                        claimed(Fallback.DROP))
                .in(EXT, question(family, Packet.UDP, TestApplication.SEND))
                .out(INT, TestApplication.own(family, false).macs(INT_MAC, SERVER_1_MAC))
                .drop(DropReason.APPLICATION_CONSUMED)
                .in(EXT, question(family, Packet.UDP, TestApplication.FORGE))
                .drop(DropReason.APPLICATION_SOURCE_INVALID)
                .drop(DropReason.APPLICATION_CONSUMED)
                .end());
    }

    private static void headers(List<Scenario> all, Family family) {
        Packet question = question(family, Packet.UDP, TestApplication.REFLECT);
        Packet long4 = family == Family.IPV4
                ? question.ipOptions(1, 1, 1, 0)
                : question.extensionHeaders(60, 17, 0, 1, 4, 0, 0, 0, 0);
        all.add(new Script(
                        family.label() + "-application-header-options",
                        "packets with options or extension headers do not reach an application",
                        claimed(Fallback.DROP))
                .in(EXT, long4)
                .drop(DropReason.PROTOCOL_UNSUPPORTED)
                .end());
    }
}
