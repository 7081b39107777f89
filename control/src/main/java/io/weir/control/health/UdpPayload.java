package io.weir.control.health;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of datagrams as text: UTF-8, with {@code \n}, {@code \r}, {@code \t}, {@code \\} and {@code \xHH}. */
public final class UdpPayload {
    private UdpPayload() {}

    /**
     * The bytes that a text stands for.
     *
     * @throws IllegalArgumentException naming the escape that is none
     */
    public static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            if (codePoint != '\\') {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                at += Character.charCount(codePoint);
                continue;
            }
            char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            switch (kind) {
                case 'n' -> bytes.write('\n');
                case 'r' -> bytes.write('\r');
                case 't' -> bytes.write('\t');
                case '\\' -> bytes.write('\\');
                case 'x' -> bytes.write(octet(text, at));
                default -> throw unknown(text, at);
            }
            at += kind == 'x' ? 4 : 2;
        }
        return bytes.toByteArray();
    }

    private static int octet(String text, int at) {
        if (at + 4 > text.length()) {
            throw unknown(text, at);
        }
        int high = Character.digit(text.charAt(at + 2), 16);
        int low = Character.digit(text.charAt(at + 3), 16);
        if (high < 0 || low < 0) {
            throw unknown(text, at);
        }
        return high << 4 | low;
    }

    private static IllegalArgumentException unknown(String text, int at) {
        return new IllegalArgumentException("payload: \"" + text.substring(at, Math.min(text.length(), at + 4))
                + "\" is no escape (\\n, \\r, \\t, \\\\ and \\xHH are)");
    }

    /** Received bytes as text to look at: UTF-8 when they are, else a character for each. */
    static String text(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        }
    }
}
