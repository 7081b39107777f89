package io.weir.switching.scenario;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import java.util.ArrayList;
import java.util.List;

/** Writes down a scenario step by step. */
final class Script {
    /** What a port says that cannot tell whether a checksum was left open. */
    static final long UNKNOWN = Offload.of(Offload.CHECKSUM_UNKNOWN, 0, 0, 0, 0, 0);

    private final String name;
    private final String description;
    private final Network network;
    private final List<Scenario.Step> steps = new ArrayList<>();

    Script(String name, String description, Network network) {
        this.name = name;
        this.description = description;
        this.network = network;
    }

    Scenario end() {
        return new Scenario(name, description, network, steps);
    }

    Script in(int interfaceId, Packet packet) {
        return in(interfaceId, packet.frame(), Offload.NONE);
    }

    Script in(int interfaceId, byte[] frame) {
        return in(interfaceId, frame, Offload.NONE);
    }

    Script in(int interfaceId, byte[] frame, long offload) {
        steps.add(new Scenario.Receive(interfaceId, frame, offload));
        return this;
    }

    Script out(int interfaceId, Packet packet) {
        return out(interfaceId, packet.frame(), Offload.NONE);
    }

    Script out(int interfaceId, byte[] frame) {
        return out(interfaceId, frame, Offload.NONE);
    }

    Script out(int interfaceId, byte[] frame, long offload) {
        steps.add(new Scenario.Transmit(interfaceId, frame, offload));
        return this;
    }

    Script drop(DropReason reason) {
        steps.add(new Scenario.Drop(reason));
        return this;
    }

    Script count(Counter counter, long amount) {
        steps.add(new Scenario.Count(counter, amount));
        return this;
    }

    Script live(int service, long connections) {
        steps.add(new Scenario.Live(service, connections));
        return this;
    }

    Script pause(int milliseconds) {
        steps.add(new Scenario.Advance(milliseconds));
        return this;
    }

    /** Only the configuration of the network counts. */
    Script configure(Network changed) {
        steps.add(new Scenario.Configure(changed.configuration()));
        return this;
    }
}
