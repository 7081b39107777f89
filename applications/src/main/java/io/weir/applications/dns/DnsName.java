package io.weir.applications.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Domain names of a configuration in wire form (RFC 1035 section 3.1), in lower case. */
final class DnsName {
    /** With the root's length octet. */
    static final int MOST_BYTES = 255;

    static final int MOST_LABEL_BYTES = 63;

    private DnsName() {}

    /**
     * The wire form of a name.
     *
     * @param text such as {@code www.example.org}, with or without a last dot
     * @throws IllegalArgumentException when it is no name of hosts or services
     */
    static byte[] parse(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (String label : name.toLowerCase(Locale.ROOT).split("\\.", -1)) {
            if (!label.matches("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?") || label.length() > MOST_LABEL_BYTES) {
                String hint = label.equals("*") ? "; there are no wildcards" : "";
                throw new IllegalArgumentException("\"" + text + "\" is no domain name: its label \"" + label
                        + "\" is not 1 to 63 letters, digits, hyphens or underscores" + hint);
            }
            wire.write(label.length());
            wire.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        wire.write(0);
        if (wire.size() > MOST_BYTES) {
            throw new IllegalArgumentException("\"" + text + "\" is longer than a domain name may be, 255 octets");
        }
        return wire.toByteArray();
    }

    /** The rest of a name without its first label. */
    static byte[] parent(byte[] wire) {
        return Arrays.copyOfRange(wire, 1 + wire[0], wire.length);
    }
}
