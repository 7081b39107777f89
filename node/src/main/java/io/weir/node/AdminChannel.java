package io.weir.node;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The messages on the admin socket, both ways: one line, then a body.
 *
 * <pre>
 * request   weir/1 TOKEN VERB LENGTH\n BODY
 * response  weir/1 STATUS LENGTH\n BODY      STATUS is the exit status for the command line
 * </pre>
 *
 * TOKEN is the 64 hexadecimal digits in the file beside the socket; LENGTH counts bytes, at most {@link #MOST_BYTES}.
 */
final class AdminChannel {
    static final String VERSION = "weir/1";
    static final int MOST_BYTES = 16 << 20;
    private static final int LONGEST_LINE = 256;

    private AdminChannel() {}

    record Message(List<String> words, String body) {}

    static void write(SocketChannel channel, String line, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ByteBuffer head =
                ByteBuffer.wrap((VERSION + " " + line + " " + bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
        writeAll(channel, head);
        writeAll(channel, ByteBuffer.wrap(bytes));
    }

    private static void writeAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Reads a message whose first line has the given number of words; anything else is an {@link IOException}. */
    static Message read(SocketChannel channel, int words) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (true) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new EOFException("ended within the first line");
            }
            char c = (char) (one.get(0) & 0xff);
            if (c == '\n') {
                break;
            }
            if (line.length() == LONGEST_LINE || c < ' ' || c > '~') {
                throw new IOException("not a message of " + VERSION);
            }
            line.append(c);
        }
        String[] parts = line.toString().split(" ", -1);
        if (parts.length != words || !parts[0].equals(VERSION)) {
            throw new IOException("not a message of " + VERSION);
        }
        int length = length(parts[words - 1]);
        ByteBuffer body = ByteBuffer.allocate(length);
        while (body.hasRemaining()) {
            if (channel.read(body) < 0) {
                throw new EOFException("body ended after " + body.position() + " of " + length + " bytes");
            }
        }
        return new Message(List.of(parts), new String(body.array(), StandardCharsets.UTF_8));
    }

    private static int length(String text) throws IOException {
        if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) > MOST_BYTES) {
            throw new IOException("length '" + text + "' is not in 0.." + MOST_BYTES);
        }
        return Integer.parseInt(text);
    }
}
