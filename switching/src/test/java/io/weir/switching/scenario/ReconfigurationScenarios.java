package io.weir.switching.scenario;

import static io.weir.switching.scenario.Sites.EXT;

import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.switching.scenario.Sites.Mode;
import java.util.ArrayList;
import java.util.List;

/** The configuration changes while connections live. */
final class ReconfigurationScenarios {
    private ReconfigurationScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Family family : Family.values()) {
            for (int protocol : new int[] {Packet.TCP, Packet.UDP}) {
                Conversation c = Conversation.of(family, Mode.NAT, protocol);
                drained(all, c);
                serviceRemoved(all, c);
                reset(all, c);
            }
        }
        return all;
    }

    private static Packet more(Conversation c) {
        return c.protocol() == Packet.TCP ? c.data("more") : c.request().payload("more");
    }

    private static void drained(List<Scenario> all, Conversation c) {
        Script script = new Script(
                c.label() + "-drained-by-configuration",
                "a server set to weight 0 keeps its connections and gets no new one",
                Sites.weighted(1, 0));
        c.establish(script);
        script.configure(Sites.weighted(0, 1));
        c.up(script, more(c));
        c.down(script, c.protocol() == Packet.TCP ? c.serverData("still here") : c.reply());
        Conversation next = c.clientPort(c.clientPort() + 1).server(2);
        next.establish(script);
        script.configure(Sites.weighted(1, 0));
        next.up(script, more(next));
        Conversation last = c.clientPort(c.clientPort() + 2);
        all.add(last.establish(script)
                .live(c.service(), 3)
                .count(Counter.CONNECTIONS_CREATED, 3)
                .end());
    }

    private static void reset(List<Scenario> all, Conversation c) {
        boolean tcp = c.protocol() == Packet.TCP;
        Script script = new Script(
                c.label() + "-reset-by-configuration",
                "connections of a server that is to be reset are gone at once, and both sides learn it",
                Sites.weighted(1, 1));
        c.establish(script);
        Conversation other = c.clientPort(c.clientPort() + 1).server(2);
        other.establish(script);
        script.configure(Sites.resetting(0, 1)).live(c.service(), 1).count(Counter.CONNECTIONS_CLOSED, 1);
        other.up(script, more(other));
        Packet late = tcp ? c.serverData("late") : c.reply();
        script.in(Sites.INT, late);
        if (tcp) {
            script.out(Sites.INT, ResetScenarios.resetOf(late, 4)).drop(DropReason.CONNECTION_UNKNOWN_RESET);
            Packet data = c.data("data");
            script.in(EXT, data)
                    .out(EXT, ResetScenarios.resetOf(data, 4))
                    .drop(DropReason.CONNECTION_UNKNOWN_RESET)
                    .live(c.service(), 1);
        } else {
            script.out(EXT, late.macs(Sites.EXT_MAC, c.client().mac()).oneHopLess());
            Conversation anew = c.server(2);
            anew.up(script, more(anew)).live(c.service(), 2);
        }
        all.add(script.end());
    }

    private static void serviceRemoved(List<Scenario> all, Conversation c) {
        boolean tcp = c.protocol() == Packet.TCP;
        Script script = new Script(
                c.label() + "-service-removed",
                "connections of a service that is gone go on, new ones are refused",
                Sites.one(Mode.NAT));
        c.establish(script);
        var services = Sites.services(Mode.NAT, Sites.PORT, 1, 0);
        script.configure(Sites.network(List.of(services.get(tcp ? 1 : 0)), Settings.DEFAULTS));
        c.up(script, more(c));
        Packet opening = c.clientPort(c.clientPort() + 1).opening();
        script.in(EXT, opening);
        if (tcp) {
            script.out(EXT, ResetScenarios.resetOf(opening, 0)).drop(DropReason.SERVICE_UNKNOWN_RESET);
        } else {
            script.drop(DropReason.SERVICE_UNKNOWN);
        }
        all.add(script.live(c.service(), 1).end());
    }
}
