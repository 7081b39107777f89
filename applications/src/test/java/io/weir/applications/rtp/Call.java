package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.ApplicationControl.Answer;
import io.weir.application.Claim;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A relay on one processor and a call through it, under a clock that tests set. */
final class Call {
    /** Addresses of one family. */
    enum Family {
        IPV4("198.51.100.10", "192.0.2.1", "203.0.113.1", "192.0.2.66"),
        IPV6("2001:db8:1::10", "2001:db8:a::1", "2001:db8:b::1", "2001:db8:a::66");

        final String relay;
        final String alice;
        final String bob;
        final String mallory;

        Family(String relay, String alice, String bob, String mallory) {
            this.relay = relay;
            this.alice = alice;
            this.bob = bob;
            this.mallory = mallory;
        }

        String key() {
            return this == IPV4 ? "ipv4" : "ipv6";
        }
    }

    static final int FIRST_PORT = 16_384;
    static final int LAST_PORT = 16_399;
    static final int ALICE_PORT = 4_000;
    static final int BOB_PORT = 5_000;
    static final int PACKET_US = 20_000;
    static final int SAMPLES = 160;

    final TestNode node;
    final Family family;
    long micros = 5_000_000;
    int portA;
    int portB;
    long id;

    Call(Family family, Map<String, ?> settings) throws SettingsException {
        this.family = family;
        this.node = TestNode.of(new RtpRelayProvider(), Settings.of(settings), claim(Family.IPV4), claim(Family.IPV6));
        tick();
    }

    /** A session without expectations. */
    static Call begun(Family family) throws SettingsException {
        Call call = new Call(family, Map.of());
        call.begin("{\"family\":\"" + family.key() + "\"}");
        return call;
    }

    /** Both sides have sent, and what they send arrives. */
    static Call established(Family family) throws SettingsException {
        Call call = begun(family);
        call.establish();
        return call;
    }

    private static Claim claim(Family family) {
        return new Claim(InetAddress.ofLiteral(family.relay), Claim.UDP, FIRST_PORT, LAST_PORT);
    }

    void begin(String body) {
        Answer answer = request("POST", "sessions", body);
        assertThat(answer.status()).as(answer.json()).isEqualTo(201);
        Map<String, @Nullable Object> session = json(answer);
        id = number(session, "id").longValue();
        portA = number(object(session, "a"), "rtp").intValue();
        portB = number(object(session, "b"), "rtp").intValue();
    }

    void establish() {
        alice(rtp(100, 0, 1, new byte[SAMPLES]));
        alice(rtp(101, SAMPLES, 1, new byte[SAMPLES]));
        bob(rtp(200, 0, 2, new byte[SAMPLES]));
        assertThat(bob(rtp(201, SAMPLES, 2, new byte[SAMPLES])).verb(0)).isEqualTo(Verb.REDIRECTED);
        assertThat(alice(rtp(102, 2 * SAMPLES, 1, new byte[SAMPLES])).verb(0)).isEqualTo(Verb.REDIRECTED);
    }

    /** From Alice's RTP port to hers at the relay, 20 ms after the packet before. */
    TestPackets alice(byte[] payload) {
        return send(family.alice, ALICE_PORT, portA, payload);
    }

    TestPackets bob(byte[] payload) {
        return send(family.bob, BOB_PORT, portB, payload);
    }

    TestPackets send(String from, int fromPort, int toPort, byte[] payload) {
        micros += PACKET_US;
        return receive(IpPacket.udp(from, fromPort, family.relay, toPort, payload));
    }

    /** At this moment. */
    TestPackets receive(byte[] packet) {
        TestPackets packets = node.packets().at(micros).add(packet);
        node.application().receive(packets);
        packets.verify();
        return packets;
    }

    void pass(long milliseconds) {
        micros += milliseconds * 1_000;
        tick();
    }

    /** The timer runs for a whole round of the sweeper. */
    void tick() {
        TestPackets sender = node.packets().at(micros);
        for (int k = 0; k <= 2 * IdleSweeper.TURNS; k++) {
            node.application().timer(sender);
        }
    }

    Answer request(String method, String path, String body) {
        return Objects.requireNonNull(node.control()).handle(method, path, body);
    }

    Map<String, @Nullable Object> session() {
        Answer answer = request("GET", "sessions/" + id, "");
        assertThat(answer.status()).isEqualTo(200);
        return json(answer);
    }

    Map<String, @Nullable Object> side(String name) {
        return object(session(), name);
    }

    Map<String, @Nullable Object> stream(String side) {
        return object(side(side), "stream");
    }

    static Map<String, @Nullable Object> json(Answer answer) {
        try {
            return JsonReader.object(answer.json());
        } catch (RequestException e) {
            throw new AssertionError(answer.json(), e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(Map<String, @Nullable Object> json, String name) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(json.get(name), () -> name + " in " + json);
    }

    static Double number(Map<String, @Nullable Object> json, String name) {
        return (Double) Objects.requireNonNull(json.get(name), () -> name + " in " + json);
    }

    static byte[] rtp(int sequence, int timestamp, int ssrc, byte[] payload) {
        return ByteBuffer.allocate(12 + payload.length)
                .put((byte) 0x80)
                .put((byte) 0)
                .putShort((short) sequence)
                .putInt(timestamp)
                .putInt(ssrc)
                .put(payload)
                .array();
    }

    /** A receiver's report without blocks, and a description with a name of three letters. */
    static byte[] rtcp(int ssrc) {
        return ByteBuffer.allocate(24)
                .put(new byte[] {(byte) 0x80, (byte) 201, 0, 1})
                .putInt(ssrc)
                .put(new byte[] {(byte) 0x81, (byte) 202, 0, 3})
                .putInt(ssrc)
                .put(new byte[] {1, 3, 'a', 'b', 'c', 0, 0, 0})
                .array();
    }
}
