package io.weir.applications.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.weir.application.Claim;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestPackets;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any bytes to the relay's ports, and any text to its API. */
class RtpFuzzTest {
    private static final RelayAddresses ADDRESSES = RelayAddresses.checked(List.of(
            new Claim(InetAddress.ofLiteral("198.51.100.10"), Claim.UDP, 16_384, 16_399),
            new Claim(InetAddress.ofLiteral("2001:db8:1::10"), Claim.UDP, 16_384, 16_399)));

    /**
     * The bytes are packets, one after the other: where from and where to, a length, a payload. Whatever they are, each has
     * one fate, none is read or written beyond its end, and what leaves comes from the relay.
     */
    @FuzzTest(maxDuration = "20s")
    void any_packets_are_survived(byte[] data) throws Exception {
        run(data);
    }

    @FuzzTest(maxDuration = "20s")
    void any_request_is_read_or_refused(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            SessionRequest request = SessionRequest.of(text, ADDRESSES);
            assertThat(ADDRESSES.isIpv4(request.a().relay()))
                    .isEqualTo(ADDRESSES.isIpv4(request.b().relay()));
            assertThat(request.clockRate()).isBetween(1_000, 1_000_000);
        } catch (RequestException e) {
            assertThat(e.status()).isEqualTo(400);
        }
        try {
            SessionRequest.Change.of(text, ADDRESSES, true);
        } catch (RequestException e) {
            assertThat(e.status()).isEqualTo(400);
        }
    }

    private static void run(byte[] data) throws Exception {
        Call.Family family = data.length > 0 && (data[0] & 1) != 0 ? Call.Family.IPV6 : Call.Family.IPV4;
        Call call = new Call(family, Map.of("sessions", "4"));
        call.begin("{\"family\":\"" + family.key() + "\",\"secure\":" + (data.length > 0 && (data[0] & 2) != 0) + "}");
        String[] stations = {family.alice, family.bob, family.mallory, family.relay};
        for (int at = 1; at + 2 <= data.length; ) {
            int way = data[at] & 0xff;
            int length = Math.min(data[at + 1] & 0xff, data.length - at - 2);
            byte[] payload = Arrays.copyOfRange(data, at + 2, at + 2 + length);
            at += 2 + length;
            if ((way & 0xe0) == 0xe0) {
                call.pass(1L << (way & 0x1f) % 17);
                continue;
            }
            int toPort = ((way & 4) == 0 ? call.portA : call.portB) + (way >> 3 & 1);
            byte[] packet = IpPacket.udp(stations[way & 3], 4_000 + (way >> 4 & 3), family.relay, toPort, payload);
            call.micros += 1_000;
            TestPackets packets = call.node.packets().at(call.micros);
            if ((way & 0x40) != 0) {
                packets.addInPieces(packet, length / 2);
            } else {
                packets.add(packet);
            }
            call.node.application().receive(packets);
            packets.verify();
        }
        assertThat(Call.json(call.request("GET", "sessions/" + call.id, ""))).containsKeys("a", "b");
    }

    private static void ask(String body) throws Exception {
        Call call = new Call(Call.Family.IPV4, Map.of("sessions", "2"));
        int status = call.request("POST", "sessions", body).status();
        assertThat(status).isIn(201, 400);
        if (status == 201) {
            assertThat(Call.json(call.request("GET", "sessions/1", ""))).containsKey("label");
            assertThat(call.request("POST", "sessions/1", body).status()).isIn(200, 400);
        } else {
            assertThat(Call.json(call.request("POST", "sessions", body))).containsKey("error");
        }
    }

    @Test
    void mutated_calls_are_survived() throws Exception {
        Random random = new Random(0x3550);
        byte[][] payloads = {
            Call.rtp(1, 160, 1, new byte[20]),
            Call.rtp(2, 320, 1, new byte[20]),
            Call.rtp(3, 480, 2, new byte[20]),
            Call.rtp(4, 640, 2, new byte[20]),
            Call.rtcp(1)
        };
        for (int run = 0; run < 60; run++) {
            byte[] data = new byte[1 + 30 * (2 + 32)];
            random.nextBytes(data);
            for (int k = 0; k < 30; k++) {
                byte[] payload = payloads[random.nextInt(payloads.length)].clone();
                if (random.nextInt(3) == 0) {
                    payload[random.nextInt(payload.length)] = (byte) random.nextInt();
                }
                int at = 1 + k * 34;
                data[at + 1] = 32;
                System.arraycopy(payload, 0, data, at + 2, payload.length);
            }
            run(data);
        }
    }

    @Test
    void mutated_requests_are_answered() throws Exception {
        Random random = new Random(0x8259);
        String whole =
                "{\"label\":\"x\\u00fc\",\"family\":\"ipv4\",\"codec\":\"pcma\",\"clockRate\":8000,\"secure\":false,"
                        + "\"a\":{\"address\":\"192.0.2.1\",\"port\":4000},\"b\":{\"relay\":\"198.51.100.10\"}}";
        String marks = "{}[]\":,\\0-e.n\u00fcx\u0001";
        for (int run = 0; run < 1_000; run++) {
            StringBuilder body = new StringBuilder(whole);
            for (int k = random.nextInt(3); k > 0; k--) {
                body.setCharAt(random.nextInt(body.length()), marks.charAt(random.nextInt(marks.length())));
            }
            body.setLength(random.nextInt(4) == 0 ? random.nextInt(body.length()) : body.length());
            ask(body.toString());
        }
    }
}
