package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;
import static io.weir.switching.scenario.Sites.INT;

import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.RawAddress;
import io.weir.memory.configuration.SelectionSlots;
import io.weir.memory.counters.Counter;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** First packets that call for certain servers: the rule says server 2, all others go to server 1. */
final class RuleScenarios {
    private static final SelectionSlots SECOND = SelectionSlots.of((char) 1);
    private static final int ANY_PORT = 0xffff;
    private static final long ANY_DSCP = -1;
    private static final int EXPEDITED = 46; // RFC 3246

    private RuleScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                Conversation c = Conversation.of(family, Mode.NAT_SAME_PORT, protocol);
                network(all, c);
                ports(all, c);
                dscp(all, c);
                options(all, c);
                order(all, c);
            }
        }
        return all;
    }

    private static Rule any(SelectionSlots slots) {
        return new Rule(Family.IPV4.client.raw(), 0, 0, ANY_PORT, ANY_DSCP, 0, slots);
    }

    private static Script script(Conversation c, String name, String description, Rule... rules) {
        return new Script(c.label() + "-rule-" + name, description, Sites.ruled(List.of(rules)));
    }

    private static void network(List<Scenario> all, Conversation c) {
        RawAddress remote = c.family().remote.raw();
        int prefix = c.family() == Family.IPV4 ? 96 + 24 : 64;
        Script script = script(
                c,
                "network",
                "the client's network decides",
                new Rule(remote, prefix, 0, ANY_PORT, ANY_DSCP, 0, SECOND));
        Conversation far = c.client(c.family().remote).server(2);
        far.establish(script);
        all.add(c.establish(script).count(Counter.CONNECTIONS_CREATED, 2).end());
    }

    private static void ports(List<Scenario> all, Conversation c) {
        Script script = script(
                c,
                "ports",
                "the destination port decides",
                new Rule(c.client().raw(), 0, 5_000, 5_010, ANY_DSCP, 0, SECOND));
        for (int port : new int[] {4_999, 5_000, 5_010, 5_011}) {
            Conversation to = c.server(port >= 5_000 && port <= 5_010 ? 2 : 1);
            Packet packet = c.opening().ports(c.clientPort(), port);
            script.in(EXT, packet).out(INT, to.toServer(packet).ports(c.clientPort(), port));
        }
        all.add(script.live(c.service(), 4).end());
    }

    private static void dscp(List<Scenario> all, Conversation c) {
        Script script = script(
                c,
                "dscp",
                "the code point of the IP header decides, not its congestion bits",
                new Rule(c.client().raw(), 0, 0, ANY_PORT, 1L << EXPEDITED | 1, 0, SECOND));
        int port = c.clientPort();
        for (int trafficClass : new int[] {0, EXPEDITED << 2 | 3, 3, (EXPEDITED - 1) << 2, 63 << 2}) {
            int codePoint = trafficClass >>> 2;
            Conversation to = c.clientPort(++port).server(codePoint == EXPEDITED || codePoint == 0 ? 2 : 1);
            to.up(script, to.opening().trafficClass(trafficClass));
        }
        all.add(script.end());
    }

    private static void options(List<Scenario> all, Conversation c) {
        Script script = script(
                c,
                "options",
                "options of a SYN decide, all of those named; UDP has none",
                new Rule(c.client().raw(), 0, 0, ANY_PORT, ANY_DSCP, 1L << 2 | 1L << 4, SECOND));
        boolean tcp = c.protocol() == Packet.TCP;
        Conversation both = c.server(tcp ? 2 : 1);
        both.up(script, both.opening());
        if (tcp) {
            Conversation one = c.clientPort(c.clientPort() + 1);
            one.up(script, one.syn().tcpOptions(2, 4, 5, 0xb4));
            Conversation none = c.clientPort(c.clientPort() + 2);
            none.up(script, none.syn().tcpOptions());
            Conversation torn = c.clientPort(c.clientPort() + 3);
            torn.up(script, torn.syn().tcpOptions(2, 4, 5, 0xb4, 8, 200, 4, 2));
            Conversation zero = c.clientPort(c.clientPort() + 4);
            zero.up(script, zero.syn().tcpOptions(2, 4, 5, 0xb4, 8, 0, 4, 2));
            Conversation last = c.clientPort(c.clientPort() + 5);
            last.up(script, last.syn().tcpOptions(1, 1, 1, 4)); // a kind without its length
        }
        all.add(script.end());
    }

    private static void order(List<Scenario> all, Conversation c) {
        Script script = script(
                c,
                "order",
                "a rule without servers does not apply, and of the others the first decides",
                any(SelectionSlots.EMPTY),
                any(SECOND),
                any(SelectionSlots.of((char) 0)));
        all.add(c.server(2).establish(script).end());
    }
}
