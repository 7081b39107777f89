package io.weir.switching.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The whole packet filter under hostile frames; what must hold after each is said by {@link BoundedNode}. The fuzz test
 * runs over its corpus in an ordinary build and searches for more with {@code JAZZER_FUZZ=1}.
 */
class PacketFilterFuzzTest {
    private static final int FRAMES = 200_000;
    private static final int FRAMES_PER_NODE = 2_000;

    @FuzzTest(maxDuration = "60s")
    void the_packet_filter_survives_any_frames(byte[] data) {
        HostileInput.run(data);
    }

    /** With {@code -Dweir.corpus.write=true} writes the corpus: scenarios that bring about what none before did. */
    @Test
    void the_frames_of_every_scenario_are_survived() throws IOException {
        boolean write = Boolean.getBoolean("weir.corpus.write");
        Path corpus = Path.of(
                "src/test/resources/io/weir/switching/scenario/PacketFilterFuzzTestInputs/the_packet_filter_survives_any_frames");
        Set<String> seen = new HashSet<>();
        for (Scenario scenario : Scenarios.all()) {
            byte[] input = HostileInput.encode(scenario);
            Set<String> outcome = new TreeSet<>();
            try (BoundedNode node =
                    new BoundedNode(HostileInput.network(), HostileInput.CONFIGURATIONS, input.length % 2 == 0)) {
                HostileInput.run(input, node);
                outcomes(node, outcome);
            } catch (AssertionError e) {
                throw new AssertionError(scenario.name() + ": " + e.getMessage(), e);
            }
            String family = scenario.name().contains("ipv6") ? "6 " : "4 ";
            boolean isNew = false;
            for (String each : outcome) {
                isNew |= seen.add(family + each);
            }
            if (write && isNew && input.length < 4_096) {
                Files.createDirectories(corpus);
                Files.write(corpus.resolve(scenario.name()), input);
            }
        }
        assertThat(seen).hasSizeGreaterThan(60);
    }

    private static void outcomes(BoundedNode node, Set<String> outcome) {
        for (DropReason reason : DropReason.values()) {
            if (node.dropped(reason) > 0) {
                outcome.add(reason.key());
            }
        }
        EnumSet<Counter> routine = EnumSet.of(Counter.POLLS, Counter.IDLE_POLLS, Counter.BATCHES);
        for (Counter counter : Counter.values()) {
            if (!routine.contains(counter) && node.count(counter) > 0) {
                outcome.add(counter.key());
            }
        }
    }

    @Test
    void two_hundred_thousand_mutated_frames_are_survived() {
        Random random = new Random(0xa5);
        EnumSet<DropReason> dropped = EnumSet.noneOf(DropReason.class);
        long transmitted = 0;
        for (int done = 0; done < FRAMES; done += FRAMES_PER_NODE) {
            byte[] step = {};
            try (BoundedNode node =
                    new BoundedNode(HostileInput.network(), HostileInput.CONFIGURATIONS, random.nextBoolean())) {
                for (int k = 0; k < FRAMES_PER_NODE; k++) {
                    step = step(random);
                    HostileInput.run(step, node);
                }
                transmitted += node.transmitted();
                for (DropReason reason : DropReason.values()) {
                    if (node.dropped(reason) > 0) {
                        dropped.add(reason);
                    }
                }
            } catch (AssertionError e) {
                throw new AssertionError("after " + done + " frames, with " + Arrays.toString(step), e);
            }
        }
        assertThat(transmitted).isGreaterThan(FRAMES / 10);
        assertThat(dropped).hasSizeGreaterThan(30);
    }

    /** Mostly a scenario's frame with up to three bytes replaced, now and then something else. */
    private static byte[] step(Random random) {
        byte[] step = new byte[32];
        random.nextBytes(step);
        int changes = random.nextInt(4);
        int kind = random.nextInt(100);
        if (kind < 2) {
            step[0] = 5;
            step[1] = 0; // short pauses mostly: a long one forgets everything
        } else if (kind == 2) {
            step[0] = 6;
        } else if (kind < 6) {
            step[0] = 7;
            step[1] = kind == 3 ? step[1] : 3; // troubles end sooner than they come
        } else {
            int frame = random.nextInt(HostileInput.FRAMES.size());
            int way = HostileInput.FRAMES.get(frame).interfaceId() == Sites.INT ? 0x08 : 0;
            int repair = random.nextInt(4) > 0 ? 0x20 : 0;
            int open = random.nextInt(8) == 0 ? 0x40 : 0;
            int any = random.nextInt(100) == 0 ? 0x80 : 0;
            boolean inPieces = random.nextInt(4) == 0;
            step[0] = (byte) ((inPieces ? 2 : 4) | way | repair | open | any | (step[0] & 0x10));
            int at = 1;
            if (inPieces) {
                step[at++] = (byte) (random.nextInt(8) == 0 ? random.nextInt(24) : 24);
                step[at++] = (byte) (32 + random.nextInt(200));
            }
            step[at++] = (byte) (frame >> 8);
            step[at++] = (byte) frame;
            // Some are cut off somewhere, in a header or behind it.
            step[at++] = random.nextInt(8) == 0 ? (byte) random.nextInt(80) : 0;
            step[at++] = (byte) changes;
            for (int k = 0; k < changes; k++) {
                // Headers, not payloads.
                step[at] = 0;
                step[at + 1] = (byte) random.nextInt(80);
                at += 3;
            }
            return Arrays.copyOf(step, at + (any != 0 ? 8 : 0));
        }
        return Arrays.copyOf(step, 3);
    }
}
