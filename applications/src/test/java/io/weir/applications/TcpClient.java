package io.weir.applications;

import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The client's end of a TCP connection with an application, driven segment by segment. */
public final class TcpClient {
    private final TestNode node;
    private final TestPackets packets;
    private final Family family;
    private final int port;

    /** The next of its own, and what it has seen. */
    public int sequence;

    public int acknowledgment;
    public long nowMicros = 1_000_000;

    /** What became of the last segment: a drop reason or a verb. */
    public String fate = "";

    public TcpClient(TestNode node, Family family, int port, int initialSequence) {
        this(node, node.packets(), family, port, initialSequence);
    }

    /** With packets that others have used. */
    public TcpClient(TestNode node, TestPackets packets, Family family, int port, int initialSequence) {
        this.node = node;
        this.packets = packets;
        this.family = family;
        this.port = port;
        this.sequence = initialSequence;
    }

    /** A segment as it would leave now. */
    public byte[] segment(int flags, String payload) {
        return segment(flags, payload.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A segment as it would leave now. */
    public byte[] segment(int flags, byte[] payload) {
        boolean syn = (flags & IpPacket.SYN) != 0;
        byte[] options = syn ? new byte[] {2, 4, 5, (byte) 0xb4} : new byte[0];
        return IpPacket.tcp(family.client, port, family.own, 80, sequence, acknowledgment, flags, options, payload);
    }

    /** Sends a segment; returns the answer, which is no longer than the segment or has been asked for, or null. */
    public @Nullable IpPacket send(byte[] segment) {
        return receive(packets.clear().at(nowMicros).add(segment));
    }

    /** Has the application receive one packet. */
    public @Nullable IpPacket receive(TestPackets batch) {
        node.application().receive(batch);
        batch.verify();
        fate = batch.fate(0);
        return batch.verb(0) == Verb.ANSWERED ? Wire.checked(batch.answerBytes(0)) : null;
    }

    /** Sends a segment that must be answered. */
    public IpPacket ask(int flags, String payload) {
        return ask(segment(flags, payload));
    }

    /** Sends a segment that must be answered. */
    public IpPacket ask(byte[] segment) {
        IpPacket answer = send(segment);
        if (answer == null) {
            throw new AssertionError("no answer; the segment was " + fate);
        }
        return answer;
    }

    /** Shakes hands; the last segment of it is not sent. */
    public TcpClient connect() {
        IpPacket answer = ask(IpPacket.SYN, "");
        if (answer.flags() != (IpPacket.SYN | IpPacket.ACK) || answer.acknowledgment() != sequence + 1) {
            throw new AssertionError("no handshake: " + answer);
        }
        sequence++;
        acknowledgment = answer.sequence() + 1;
        return this;
    }
}
