package io.weir.agent.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A secret that sender and receiver of reports share, and its number on the wire. Safe for any number of threads.
 *
 * @param id 1..65535
 * @param secret 32..1024 bytes; never part of {@link #toString}
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record ReportKey(int id, byte[] secret) {
    public static final int MAX_ID = 0xffff;
    /** As long as the code it makes (RFC 2104 §3 discourages shorter ones). */
    public static final int MIN_SECRET_BYTES = 32;

    public static final int MAX_SECRET_BYTES = 1024;
    /** Length of the authentication code of {@link #sign}. */
    public static final int CODE_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_FILE_BYTES = 4 * MAX_SECRET_BYTES;

    public ReportKey {
        if (id < 1 || id > MAX_ID) {
            throw new IllegalArgumentException("key id " + id + " is not within 1.." + MAX_ID);
        }
        if (secret.length < MIN_SECRET_BYTES || secret.length > MAX_SECRET_BYTES) {
            throw new IllegalArgumentException("key " + id + " has " + secret.length + " bytes, not within "
                    + MIN_SECRET_BYTES + ".." + MAX_SECRET_BYTES + " (make one: openssl rand -hex 32)");
        }
        secret = secret.clone();
    }

    /** A new random key of 32 bytes. */
    public static ReportKey random(int id) {
        byte[] secret = new byte[MIN_SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return new ReportKey(id, secret);
    }

    /**
     * Reads a key file: hexadecimal digits, at least 64 of them; white space is of no account.
     *
     * @throws IllegalArgumentException when the file cannot be read, is no key, is too short, or when others may read or
     *     write it; the message names the file and the fix
     */
    public static ReportKey read(int id, Path file) {
        try {
            refuseOpenFile(file);
            byte[] text;
            try (InputStream in = Files.newInputStream(file)) {
                text = in.readNBytes(MAX_FILE_BYTES + 1);
            }
            if (text.length > MAX_FILE_BYTES) {
                throw new IllegalArgumentException(file + ": has more than " + MAX_FILE_BYTES
                        + " bytes, which no key has (make one: openssl rand" + " -hex 32 > " + file + ")");
            }
            String digits = new String(text, StandardCharsets.ISO_8859_1).replaceAll("[ \\t\\r\\n]", "");
            return new ReportKey(id, parse(file, digits));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + ": key " + id + " cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(),
                    e);
        }
    }

    private static byte[] parse(Path file, String digits) {
        if (digits.length() < 2 * MIN_SECRET_BYTES || digits.length() > 2 * MAX_SECRET_BYTES) {
            throw new IllegalArgumentException(file + ": a key of " + digits.length()
                    + " hexadecimal digits, not within "
                    + 2 * MIN_SECRET_BYTES + ".." + 2 * MAX_SECRET_BYTES + " (make one: openssl rand -hex 32 > " + file
                    + ")");
        }
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            // Not the cause: its message shows digits of the secret.
            throw new IllegalArgumentException(
                    file + ": is not pairs of hexadecimal digits (make one: openssl rand -hex 32 > " + file + ")");
        }
    }

    private static void refuseOpenFile(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return; // no such permissions on this file system
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IllegalArgumentException(
                    file + ": everybody may read or write this key (chmod 600 " + file + ")");
        }
    }

    /** A copy. */
    @Override
    public byte[] secret() {
        return secret.clone();
    }

    /** HMAC-SHA256 (RFC 2104, FIPS 180-4) of some bytes: {@value #CODE_BYTES} bytes. */
    public byte[] sign(byte[] bytes, int offset, int length) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.update(bytes, offset, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every Java platform, but not of this one", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReportKey key && id == key.id && Arrays.equals(secret, key.secret);
    }

    @Override
    public int hashCode() {
        return 31 * id + Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
        return "ReportKey[id=" + id + ", " + secret.length + " bytes]";
    }
}
