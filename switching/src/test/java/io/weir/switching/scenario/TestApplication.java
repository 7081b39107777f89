package io.weir.switching.scenario;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Does with a packet what its destination port says. */
public final class TestApplication implements NetworkApplication {
    static final int REFLECT = 7;
    static final int ANSWER = 9;
    static final int REDIRECT = 10;
    static final int DROP = 11;
    static final int CONSUME = 12;
    static final int SEND = 13;
    static final int THROW = 14;
    static final int FORGET = 15;
    static final int KEEP_BUFFER = 16;
    static final int REDIRECT_TO_US = 17;
    static final int DECIDE_TWICE = 18;
    static final int DAMAGED = 19;
    static final int FORGE = 20;
    static final int FAIL = 21;

    static final int REASON = 3;
    static final String REPLY = "an answer that is longer than the question was";

    /** From where and whither {@link #REDIRECT} sends. */
    private final Endpoint relay4;

    private final Endpoint target4;
    private final Endpoint relay6;
    private final Endpoint target6;

    /** For both families. */
    TestApplication() {
        relay4 = Family.IPV4.internal;
        target4 = Family.IPV4.server1;
        relay6 = Family.IPV6.internal;
        target6 = Family.IPV6.server1;
    }

    @Override
    public void receive(Packets packets) {
        for (int row = 0; row < packets.size(); row++) {
            decide(packets, row);
        }
    }

    private void decide(Packets packets, int row) {
        switch (packets.destinationPort(row)) {
            case REFLECT -> packets.reflect(row);
            case ANSWER -> answer(packets, row);
            case REDIRECT -> redirect(packets, row, target4, target6);
            case REDIRECT_TO_US -> redirect(packets, row, Family.IPV4.service, Family.IPV6.service);
            case DROP -> packets.drop(row, REASON);
            case CONSUME -> packets.consume(row);
            case SEND -> send(packets, row, false);
            case FORGE -> send(packets, row, true);
            case THROW -> throw new IllegalStateException("on purpose");
            case FAIL -> throw new StackOverflowError();
            case FORGET -> Objects.requireNonNull(packets);
            case KEEP_BUFFER -> {
                packets.consume(row);
                long _ = packets.allocate();
            }
            case DECIDE_TWICE -> {
                packets.consume(row);
                packets.reflect(row);
            }
            case DAMAGED -> {
                if (packets.isIntact(row)) {
                    packets.reflect(row);
                } else {
                    packets.dropDamaged(row);
                }
            }
            default -> packets.reflect(row);
        }
    }

    private static void answer(Packets packets, int row) {
        byte[] reply = packets.protocol(row) == Packet.UDP
                ? REPLY.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                : new byte[0];
        if (packets.protocol(row) == Packet.UDP) {
            for (int k = 0; k < reply.length; k++) {
                packets.memory().set(JAVA_BYTE, packets.payload(row) + k, reply[k]);
            }
            packets.answerUdp(row, reply.length);
        } else {
            packets.answerTcp(row, 1_000, 1, Packet.SYN | Packet.ACK, 500, 0);
        }
    }

    private void redirect(Packets packets, int row, Endpoint to4, Endpoint to6) {
        if (packets.version(row) == 4) {
            packets.redirect4(row, number4(relay4), 2_000, number4(to4), 3_000);
        } else {
            packets.redirect6(row, half(relay6, 0), half(relay6, 1), 2_000, half(to6, 0), half(to6, 1), 3_000);
        }
    }

    private static void send(Packets packets, int row, boolean forged) {
        boolean isIpv4 = packets.version(row) == 4;
        Family family = isIpv4 ? Family.IPV4 : Family.IPV6;
        byte[] packet = own(family, forged).packet();
        long at = packets.allocate();
        for (int k = 0; k < packet.length; k++) {
            packets.memory().set(JAVA_BYTE, at + k, packet[k]);
        }
        packets.send(at, packet.length);
        packets.consume(row);
    }

    /** The packet of its own that {@link #SEND} sends. */
    static Packet own(Family family, boolean forged) {
        return Packet.udp(forged ? family.stranger : family.internal, 2_000, family.server1, 3_000)
                .payload("of my own");
    }

    private static int number4(Endpoint endpoint) {
        return ByteBuffer.wrap(endpoint.address()).getInt();
    }

    private static long half(Endpoint endpoint, int half) {
        return ByteBuffer.wrap(endpoint.address()).getLong(8 * half);
    }
}
