package io.weir.switching.scenario;

import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import java.util.List;

/**
 * A case: a network, what happens in it and what weir must do. Knows nothing of the ports it is run on.
 *
 * <p>Steps are strict: whatever weir transmits or drops after a {@link Receive}, {@link Advance} or {@link Configure} must be said by the
 * {@link Transmit} and {@link Drop} steps that follow, frame by frame and reason by reason, before the next one.
 *
 * @param name lower-case words with dashes, unique
 * @param description one sentence: what must happen and why
 * @param network interfaces, services, routes and stations
 * @param steps in order
 */
record Scenario(String name, String description, Network network, List<Step> steps) {
    Scenario {
        steps = List.copyOf(steps);
    }

    /** True when the case waits, so that it needs a clock that can be moved. */
    boolean movesClock() {
        return steps.stream().anyMatch(step -> step instanceof Advance || step instanceof Configure);
    }

    /** True when frames carry offloads, so that it needs ports that pass them on. */
    boolean usesOffload() {
        return steps.stream().anyMatch(step -> step instanceof Receive receive && receive.offload() != 0);
    }

    int mtu(int interfaceId) {
        return network.configuration().interfaces().get(interfaceId - 1).mtu();
    }

    /** True when a frame carries several segments, so that it needs ports that cut them. */
    boolean usesSegmentation() {
        return steps.stream()
                .anyMatch(step -> step instanceof Receive receive && Offload.segmentationType(receive.offload()) != 0);
    }

    /** True when an interface has verified a checksum, or merged packets: AF_XDP knows neither. */
    boolean trustsInterface() {
        return steps.stream()
                .anyMatch(step -> step instanceof Receive receive
                        && (Offload.flags(receive.offload()) & Offload.DATA_VALID) != 0);
    }

    /** The same case on interfaces that complete no checksum: weir does. */
    Scenario completed() {
        List<Step> completed = steps.stream()
                .map(step -> step instanceof Transmit transmit && Offload.needsChecksum(transmit.offload())
                        ? transmit.completed()
                        : step)
                .toList();
        return new Scenario(name, description, network, completed);
    }

    /** The name: what a test report shows. */
    @Override
    public String toString() {
        return name;
    }

    /** One thing that happens or must happen. */
    sealed interface Step {}

    /** A frame arrives. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Receive(int interfaceId, byte[] frame, long offload) implements Step {}

    /** This frame must leave next by this interface. */
    @SuppressWarnings("ArrayRecordComponent") // compared with what it shows of both
    record Transmit(int interfaceId, byte[] frame, long offload) implements Step {
        Transmit completed() {
            byte[] bytes = frame.clone();
            FrameChecksums.repair(bytes);
            return new Transmit(interfaceId, bytes, Offload.NONE);
        }
    }

    /** A packet must have been dropped for this reason. */
    record Drop(DropReason reason) implements Step {}

    /** The counter must have grown by this much since the start. */
    record Count(Counter counter, long amount) implements Step {}

    /** This many connections must be recorded, counted by service number. */
    record Live(int service, long connections) implements Step {}

    /** The configuration is replaced; the announcements that follow are no part of the case. */
    record Configure(ConfigurationImage configuration) implements Step {}

    /** Time passes. */
    record Advance(int milliseconds) implements Step {}
}
