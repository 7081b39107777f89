package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import io.weir.port.Offload;
import io.weir.port.memory.MemoryStation;
import io.weir.port.pcap.PcapWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a scenario; a failure shows both packets and leaves what passed in target/scenarios. */
final class ScenarioRun {
    private static final Path CAPTURES = Path.of("target", "scenarios");

    /** A frame that went by, for the capture. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Passed(byte[] bytes) {}

    private final List<Passed> passed = new ArrayList<>();
    private final Map<DropReason, Long> expectedDrops = new EnumMap<>(DropReason.class);

    private ScenarioRun() {}

    /** Runs a scenario over links, which it closes. */
    static void over(Links links, Scenario scenario) throws IOException {
        new ScenarioRun().run(links, scenario);
    }

    private void run(Links links, Scenario scenario) throws IOException {
        try (Harness harness = new Harness(scenario.network(), links)) {
            // Drops before the first step, such as none, are not the scenario's.
            expectedDrops.putAll(harness.dropped());
            for (Scenario.Step step : scenario.steps()) {
                perform(scenario, harness, step);
            }
            settle(scenario, harness, "at the end");
            assertThat(harness.defect()).as("defect of the data path").isNull();
            assertEveryFrameHasOneFate(harness);
            harness.stop();
            assertThat(harness.missingBuffers()).as("buffers not given back").isZero();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    scenario.name() + ": " + scenario.description() + "\n" + e.getMessage() + "\ncapture: "
                            + writeCapture(scenario),
                    e);
        }
    }

    private void perform(Scenario scenario, Harness harness, Scenario.Step step) {
        switch (step) {
            case Scenario.Receive receive -> {
                settle(scenario, harness, "before the next frame");
                passed.add(new Passed(receive.frame()));
                harness.receive(receive.interfaceId(), receive.frame(), receive.offload());
            }
            case Scenario.Advance advance -> {
                settle(scenario, harness, "before time passes");
                harness.advance(advance.milliseconds());
            }
            case Scenario.Configure configure -> {
                settle(scenario, harness, "before the configuration changes");
                harness.configure(configure.configuration());
            }
            case Scenario.Transmit transmit -> expect(harness, transmit);
            case Scenario.Drop drop -> expectedDrops.merge(drop.reason(), 1L, Long::sum);
            case Scenario.Count count ->
                assertThat(harness.count(count.counter()))
                        .as(count.counter().key())
                        .isEqualTo(count.amount());
            case Scenario.Live live ->
                assertThat(harness.live(live.service()))
                        .as("live connections of service " + live.service())
                        .isEqualTo(live.connections());
        }
    }

    private void expect(Harness harness, Scenario.Transmit expected) {
        MemoryStation.@Nullable TransmittedFrame actual = harness.transmitted(expected.interfaceId());
        if (actual == null) {
            throw new AssertionError("nothing more was transmitted by interface " + expected.interfaceId()
                    + ", expected\n" + FrameText.of(expected.frame()) + "\ndropped so far: " + harness.dropped());
        }
        passed.add(new Passed(actual.bytes()));
        if (!Arrays.equals(actual.bytes(), expected.frame())) {
            throw new AssertionError("interface " + expected.interfaceId() + " transmitted another frame\n"
                    + FrameText.difference(expected.frame(), actual.bytes()));
        }
        assertThat(actual.offload()).as("offload").isEqualTo(expected.offload());
        if (!Offload.needsChecksum(actual.offload())) {
            Checksums.verify(actual.bytes());
        }
    }

    /** Nothing may have left or been dropped that the scenario has not said. */
    private void settle(Scenario scenario, Harness harness, String when) {
        for (int id = 1; id <= harness.interfaces(); id++) {
            MemoryStation.@Nullable TransmittedFrame frame = harness.transmitted(id);
            if (frame != null) {
                passed.add(new Passed(frame.bytes()));
                throw new AssertionError(scenario.name() + ": " + when + " interface " + id
                        + " transmitted a frame nobody expected\n" + FrameText.of(frame.bytes()));
            }
        }
        assertThat(harness.dropped()).as("drops " + when).isEqualTo(expectedDrops);
    }

    /** What came in or was made here has left, was dropped or waits; a reset counts the packet it answers as dropped. */
    private static void assertEveryFrameHasOneFate(Harness harness) {
        long in = harness.total(Counter.PACKETS_RECEIVED)
                + harness.total(Counter.RESETS_SENT)
                + harness.total(Counter.ARP_REQUESTS_SENT)
                + harness.total(Counter.NEIGHBOUR_SOLICITATIONS_SENT)
                + harness.total(Counter.NEIGHBOUR_ADVERTISEMENTS_SENT)
                + harness.total(Counter.ANNOUNCEMENTS_SENT)
                + harness.total(Counter.ICMP_ERRORS_SENT)
                + harness.total(Counter.APPLICATION_PACKETS_MADE);
        long out = harness.total(Counter.PACKETS_TRANSMITTED) + harness.total(Counter.PACKETS_DROPPED);
        // A frame that waits has at least one buffer.
        long buffers = harness.missingBuffers();
        assertThat(in - out)
                .as("frames received or made, less those sent or dropped")
                .isBetween(buffers == 0 ? 0L : 1L, buffers);
    }

    private Path writeCapture(Scenario scenario) throws IOException {
        Files.createDirectories(CAPTURES);
        Path file = CAPTURES.resolve(scenario.name() + ".pcap");
        try (PcapWriter writer = PcapWriter.create(file)) {
            long timeNs = 0;
            for (Passed frame : passed) {
                timeNs += 1_000_000;
                writer.write(timeNs, frame.bytes());
            }
        }
        return file;
    }
}
