package io.weir.switching.filter;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.weir.application.NetworkApplication;
import io.weir.application.Packets;
import io.weir.memory.application.ApplicationBlock;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.switching.application.ApplicationClock;
import io.weir.switching.application.ApplicationSlot;
import io.weir.switching.application.Fallback;
import java.nio.ByteBuffer;
import java.util.List;

/** An application that does one thing with every packet, by its destination port. */
final class PlainApplication implements NetworkApplication {
    static final int ID = 7;
    static final int REFLECT = 7;
    static final int ANSWER = 8;
    static final int REDIRECT = 9;
    static final int SEND = 10;
    static final int DROP = 11;

    private static final int HEADERS_4 = 28;
    private static final int HEADERS_6 = 48;

    private final int relay4 = ByteBuffer.wrap(TestFrame.address("10.0.1.1")).getInt();
    private final int target4 = ByteBuffer.wrap(TestFrame.address("10.0.2.1")).getInt();
    private final ByteBuffer relay6 = ByteBuffer.wrap(TestFrame.address("fd01::1"));
    private final ByteBuffer target6 = ByteBuffer.wrap(TestFrame.address("fd02::1"));

    /** Gives a node this application, with a claim of ports 7 to 11 of the virtual addresses. */
    static void addTo(TestNode.Builder node) {
        ConfigurationImage.Builder image = node.image.applicationBase(ID);
        for (int protocol : new int[] {TestFrame.TCP, TestFrame.UDP}) {
            image.add(new Claim(TestNode.of(TestNode.VIP), protocol, REFLECT, DROP, ID));
            image.add(new Claim(TestNode.of(TestNode.VIP6), protocol, REFLECT, DROP, ID));
        }
        node.applications = List.of(new ApplicationSlot(
                "plain",
                ID,
                new PlainApplication(),
                10,
                1L << 40,
                Fallback.DROP,
                ApplicationBlock.standalone(),
                new ApplicationClock() {
                    @Override
                    public long wallNanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public long processorNanos() {
                        return System.nanoTime();
                    }
                }));
    }

    @Override
    public void receive(Packets packets) {
        for (int row = 0; row < packets.size(); row++) {
            switch (packets.destinationPort(row)) {
                case ANSWER -> answer(packets, row);
                case REDIRECT -> redirect(packets, row);
                case SEND -> send(packets, row);
                case DROP -> packets.drop(row, 0);
                default -> packets.reflect(row);
            }
        }
    }

    private static void answer(Packets packets, int row) {
        if (packets.protocol(row) == TestFrame.UDP) {
            packets.memory().set(JAVA_LONG_UNALIGNED, packets.payload(row), 77L);
            packets.answerUdp(row, 8);
        } else {
            packets.answerTcp(row, 1, 2, Protocol.ACK, 3, 0);
        }
    }

    private void redirect(Packets packets, int row) {
        if (packets.version(row) == 4) {
            packets.redirect4(row, relay4, 1, target4, 2);
        } else {
            packets.redirect6(row, relay6.getLong(0), relay6.getLong(8), 1, target6.getLong(0), target6.getLong(8), 2);
        }
    }

    /** Its own copy of the packet, sent to where a redirected one would go, before the packet itself is done with. */
    private void send(Packets packets, int row) {
        int length = (packets.version(row) == 4 ? HEADERS_4 : HEADERS_6) + packets.payloadLength(row);
        long copy = packets.allocate();
        java.lang.foreign.MemorySegment.copy(packets.memory(), packets.network(row), packets.memory(), copy, length);
        if (packets.version(row) == 4) {
            Raw.setNumber32(packets.memory(), copy + 12, relay4);
            Raw.setNumber32(packets.memory(), copy + 16, target4);
        } else {
            for (int k = 0; k < 16; k++) {
                packets.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, copy + 8 + k, relay6.get(k));
                packets.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, copy + 24 + k, target6.get(k));
            }
        }
        packets.send(copy, length);
        packets.consume(row);
    }
}
