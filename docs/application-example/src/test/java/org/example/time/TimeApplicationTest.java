package org.example.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimeApplicationTest {
    private final TestNode node;

    TimeApplicationTest() throws SettingsException {
        node = TestNode.of(new TimeProvider(), Settings.of(Map.of("ahead", "5m")));
    }

    @Test
    void an_empty_datagram_is_answered_by_the_time() {
        TestPackets packets = node.packets()
                .add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 37, new byte[0]))
                .add(IpPacket.udp("2001:db8::1", 4000, "2001:db8::10", 37, new byte[0]));
        node.application().receive(packets);
        packets.verify();
        for (int row = 0; row < 2; row++) {
            long seconds = Integer.toUnsignedLong(
                    ByteBuffer.wrap(packets.answer(row).payload()).getInt());
            long expected =
                    Instant.parse("1900-01-01T00:00:00Z").until(Instant.now()).toSeconds() + 300;
            assertTrue(Math.abs(seconds - expected) < 60, "seconds since 1900: " + seconds);
        }
        assertEquals(2, node.counters().value("answers"));
    }

    @Test
    void other_packets_are_dropped_with_their_reason() {
        TestPackets packets = node.packets()
                .add(IpPacket.udp("192.0.2.1", 37, "198.51.100.10", 37, new byte[4]))
                .add(IpPacket.tcp("192.0.2.1", 4000, "198.51.100.10", 37, 1, 0, IpPacket.SYN, new byte[0]));
        node.application().receive(packets);
        packets.verify();
        assertEquals("request-not-empty", packets.dropReason(0));
        assertEquals("protocol-unsupported", packets.dropReason(1));
    }

    @Test
    void settings_that_are_not_there_are_refused() {
        Settings settings = Settings.of(Map.of("behind", "5m"));
        assertThrows(SettingsException.class, () -> new TimeProvider().plan(settings, List.of()));
    }
}
