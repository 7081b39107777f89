package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Interfaces that go down or disappear under a running node; it is the same for all, and well again after each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterfaceLossSystemTest {
    private static final List<String> ADDRESSES = List.of(Figure1.VIRTUAL_4, "[" + Figure1.VIRTUAL_6 + "]");

    private final String name =
            "system-loss-" + driver() + "-" + ProcessHandle.current().pid();

    /** How weir reaches its interfaces. */
    String driver() {
        return "af_packet";
    }

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("nginx", "curl");
        Path folder = Programs.readable(temporary);
        figure = new Figure1(name + "-");
        Nginx.start(figure.station("5-1"), folder, "5-1", Nginx.PORT);
        node = RunningNode.start(figure.weir(), folder, name, Figure1.configuration(name, driver(), 1, 0, 0));
        assertServed();
    }

    @AfterAll
    @SuppressWarnings("UnnecessaryCheckNotNull")
    void remove() {
        if (node != null) {
            node.close();
        }
        if (figure != null) {
            figure.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext0", "int0"})
    void an_interface_set_down_and_up_is_taken_up_again(String device) throws InterruptedException {
        long downs = events(device, "down-events");
        figure.weir().ip("link set " + device + " down");
        awaitEvents(device, "down-events", n -> n == downs + 1);
        Programs.await("a line in the log", 10, () -> node.log().contains("interface " + device + " is down"));
        assertThat(face(device).required("up").asBoolean()).isFalse();
        assertThat(isServed(Figure1.VIRTUAL_4)).isFalse();
        figure.weir().ip("link set " + device + " up");
        Programs.await(device + " is up", 10, () -> face(device).required("up").asBoolean());
        awaitServed();
    }

    @Test
    void an_interface_deleted_and_made_again_is_taken_up_again() throws InterruptedException {
        Station weir = figure.weir();
        Station internal = figure.station("internal");
        long downs = events("int0", "down-events");
        weir.ip("link del int0");
        awaitEvents("int0", "down-events", n -> n == downs + 1);
        assertThat(isServed(Figure1.VIRTUAL_4)).isFalse();
        assertThat(node.process().isAlive()).isTrue();

        // with another link-layer address, as a new device has
        weir.ip("link add int0 type veth peer name again netns " + internal.namespace());
        internal.ip("link set again master br0");
        internal.ip("link set again up");
        weir.ip("link set int0 up");
        Programs.await("int0 is up", 10, () -> face("int0").required("up").asBoolean());
        awaitServed();
        assertThat(node.counter("polls")).isPositive();
    }

    private JsonNode face(String device) {
        for (JsonNode face : node.json("interfaces")) {
            if (face.required("name").asString().equals(device)) {
                return face;
            }
        }
        throw new AssertionError("no interface " + device);
    }

    private long events(String device, String counter) {
        return face(device).required("counters").required(counter).asLong();
    }

    private void awaitEvents(String device, String counter, LongPredicate condition) throws InterruptedException {
        Programs.await(counter + " of " + device, 10, () -> condition.test(events(device, counter)));
    }

    private boolean isServed(String address) {
        return Programs.in(
                                figure.station("7-1"),
                                20,
                                "curl",
                                "-g",
                                "-sS",
                                "--fail",
                                "--max-time",
                                "2",
                                "http://" + address + "/")
                        .status()
                == 0;
    }

    private void assertServed() {
        for (String address : ADDRESSES) {
            assertThat(isServed(address)).as("served by " + address).isTrue();
        }
    }

    private void awaitServed() throws InterruptedException {
        for (String address : ADDRESSES) {
            Programs.await("served by " + address, 20, () -> isServed(address));
        }
    }
}
