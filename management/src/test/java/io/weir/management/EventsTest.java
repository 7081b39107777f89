package io.weir.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.client.ManagementClient;
import io.weir.management.client.ManagementClient.Event;
import io.weir.management.model.GenerationView;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EventsTest {
    private static final Duration TICK = Duration.ofMillis(30);
    private static final long PATIENCE_S = 20;

    private final LivelyNode node = new LivelyNode(System::currentTimeMillis);

    /** Somebody who listens on a thread of its own. */
    private static final class Listening implements AutoCloseable {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final Thread thread;

        Listening(ServedNode served) {
            ManagementClient client = ManagementClient.unix(served.socket(), ServedNode.TOKEN);
            thread = Thread.ofVirtual().start(() -> {
                try {
                    client.events(events::add);
                    events.add(new Event("end", ""));
                } catch (IOException e) {
                    events.add(new Event("failure", String.valueOf(e)));
                }
            });
        }

        Event next() throws InterruptedException {
            Event event = events.poll(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(event).as("an event within " + PATIENCE_S + " s").isNotNull();
            return event;
        }

        Event next(String name) throws InterruptedException {
            while (true) {
                Event event = next();
                if (event.name().equals(name)) {
                    return event;
                }
                assertThat(event.name()).isEqualTo("node");
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    @Test
    void the_node_is_told_at_once_and_at_every_tick() throws InterruptedException {
        ApiDocument document = new ApiDocument();
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withTick(TICK));
                Listening listening = new Listening(served)) {
            for (int i = 0; i < 3; i++) {
                Event event = listening.next();
                assertThat(event.name()).isEqualTo("node");
                assertThat(document.violations(document.schema("NodeSnapshot"), event.data()))
                        .isEmpty();
            }
        }
    }

    @Test
    void every_generation_is_told_once_and_in_order() throws InterruptedException, ManagedNode.RefusedException {
        ApiDocument document = new ApiDocument();
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withTick(TICK));
                Listening listening = new Listening(served)) {
            listening.next();
            listening.next();
            List<GenerationView> made = new ArrayList<>();
            for (int weight = 1; weight <= 5; weight++) {
                made.add(node.setWeight("echo", "5-1", weight));
            }
            served.send("PUT", "/v1/servers/5-1/drain");
            for (int number = 2; number <= 7; number++) {
                String data = listening.next("generation").data();
                assertThat(data).startsWith("{\"number\":" + number + ",");
                assertThat(document.violations(document.schema("GenerationView"), data))
                        .isEmpty();
            }
            assertThat(made).hasSize(5);
        }
    }

    @Test
    void a_listener_that_does_not_read_holds_up_nobody() throws IOException, InterruptedException {
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withTick(Duration.ofMillis(2)));
                Socket stuck = served.connect();
                Listening listening = new Listening(served)) {
            stuck.setReceiveBufferSize(2048);
            stuck.getOutputStream()
                    .write(("GET /v1/events?token=" + ServedNode.TOKEN + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(stuck.getInputStream().read()).isEqualTo('H');
            // Snapshots are 3 KiB and shared for 0.2 s, but each tick sends: more than socket buffers hold.
            long bytes = 0;
            while (bytes < 4 << 20) {
                bytes += listening.next("node").data().length();
            }
        }
    }

    @Test
    void there_is_room_for_so_many_listeners() throws InterruptedException, IOException {
        try (ServedNode served = new ServedNode(node, Limits.DEFAULT.withCounts(128, 64, 2, 200));
                Listening one = new Listening(served);
                Listening two = new Listening(served)) {
            one.next();
            two.next();
            try (Listening three = new Listening(served)) {
                Event failure = three.next();
                assertThat(failure.name()).isEqualTo("failure");
                assertThat(failure.data()).contains("status 503", "2 listen to events already");
            }
            assertThat(served.send("HEAD", "/v1/events").status()).isEqualTo(200);
        }
    }

    @Test
    void closing_the_server_ends_the_events_at_once() throws InterruptedException {
        ServedNode served = new ServedNode(node);
        try (Listening listening = new Listening(served)) {
            listening.next();
            long start = System.nanoTime();
            served.close();
            assertThat(listening.next().name()).isIn("end", "failure", "node");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
        assertThat(served.socket()).doesNotExist();
    }
}
