package io.weir.applications.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Makes DNS queries, right and wrong ones. */
final class Queries {
    static final int A = 1;
    static final int AAAA = 28;
    static final int ANY = 255;
    static final int SOA = 6;
    static final int MX = 15;

    private Queries() {}

    /** A query with recursion desired, as a stub resolver sends. */
    static byte[] query(String name, int type) {
        return message(0x0100, 1, 0, 0, 0, question(name, type, 1));
    }

    /** The same with an OPT record. */
    static byte[] edns(String name, int type, int size) {
        return message(0x0100, 1, 0, 0, 1, question(name, type, 1), opt(size, 0, 0));
    }

    static byte[] message(int flags, int questions, int answers, int authorities, int additionals, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int word : new int[] {0x1234, flags, questions, answers, authorities, additionals}) {
            put16(out, word);
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] question(String name, int type, int questionClass) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(name(name));
        put16(out, type);
        put16(out, questionClass);
        return out.toByteArray();
    }

    /** Any labels; the empty name is the root. */
    static byte[] name(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.isEmpty() ? new String[0] : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write(0);
        return out.toByteArray();
    }

    static byte[] opt(int size, int version, int flags, int... data) {
        return record(new byte[1], 41, size, version << 16 | flags, data);
    }

    static byte[] record(byte[] owner, int type, int recordClass, int ttl, int... data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(owner);
        put16(out, type);
        put16(out, recordClass);
        put16(out, ttl >>> 16);
        put16(out, ttl);
        put16(out, data.length);
        for (int octet : data) {
            out.write(octet);
        }
        return out.toByteArray();
    }

    private static void put16(ByteArrayOutputStream out, int word) {
        out.write(word >>> 8);
        out.write(word);
    }
}
