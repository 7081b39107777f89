package io.weir.applications.rtp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session that is asked for, checked against the relay's addresses.
 *
 * @param label of at most {@value SessionTable#LABEL_BYTES} bytes in UTF-8
 * @param clockRate RTP clock in Hz
 * @param secure whether the media are SRTP
 */
record SessionRequest(String label, Codec codec, int clockRate, boolean secure, Side a, Side b) {
    private static final List<String> NAMES = List.of("label", "family", "codec", "clockRate", "secure", "a", "b");
    private static final List<String> SIDE_NAMES = List.of("relay", "address", "port");
    private static final List<String> CHANGE_NAMES = List.of("a", "b");
    private static final int LEAST_CLOCK_RATE = 1_000;
    private static final int GREATEST_CLOCK_RATE = 1_000_000;

    /**
     * A side.
     *
     * @param relay number of the relay's address for it
     * @param expected what it may latch to
     */
    record Side(int relay, Expected expected) {}

    /**
     * Where packets of a side must come from.
     *
     * @param address null is anywhere
     * @param port 0 is any port
     */
    record Expected(@Nullable InetAddress address, int port) {
        static final Expected ANY = new Expected(null, 0);

        /** The word of the session table. */
        int kind() {
            if (address == null) {
                return SessionTable.EXPECTS_ANY;
            }
            return port == 0 ? SessionTable.EXPECTS_ADDRESS : SessionTable.EXPECTS_PORT;
        }
    }

    /** Reads the body of a request for a new session. */
    static SessionRequest of(String body, RelayAddresses addresses) throws RequestException {
        Map<String, @Nullable Object> json = JsonReader.object(body);
        refuseOthers(json, "", NAMES);
        String label = text(json, "", "label");
        if (label.getBytes(StandardCharsets.UTF_8).length > SessionTable.LABEL_BYTES) {
            throw RequestException.wrong("label: longer than " + SessionTable.LABEL_BYTES + " bytes");
        }
        Codec codec = Codec.OTHER;
        String codecName = text(json, "", "codec");
        if (!codecName.isEmpty()) {
            codec = Codec.of(codecName)
                    .orElseThrow(() -> RequestException.wrong("codec: \"" + codecName + "\" is none of "
                            + String.join(
                                    ", ",
                                    java.util.Arrays.stream(Codec.values())
                                            .map(Codec::key)
                                            .toList())));
        }
        int clockRate = number(json, "", "clockRate", LEAST_CLOCK_RATE, GREATEST_CLOCK_RATE, codec.clockRate());
        boolean secure = flag(json, "secure");
        return sides(json, addresses, label, codec, clockRate, secure);
    }

    private static SessionRequest sides(
            Map<String, @Nullable Object> json,
            RelayAddresses addresses,
            String label,
            Codec codec,
            int clockRate,
            boolean secure)
            throws RequestException {
        Map<String, @Nullable Object> a = section(json, "a");
        Map<String, @Nullable Object> b = section(json, "b");
        Expected expectedA = expected(a, "a", addresses);
        Expected expectedB = expected(b, "b", addresses);
        int relayA = relay(a, "a", addresses);
        int relayB = relay(b, "b", addresses);
        Family family = new Family();
        family.require("family", text(json, "", "family"));
        family.require("a.relay", relayA, addresses);
        family.require("b.relay", relayB, addresses);
        family.require("a.address", expectedA.address());
        family.require("b.address", expectedB.address());
        int usual = family.isKnown() ? addresses.first(family.isIpv4()) : 0;
        if (usual < 0) {
            throw RequestException.wrong(
                    family.source() + ": the relay has no " + (family.isIpv4() ? "IPv4" : "IPv6") + " address");
        }
        return new SessionRequest(
                label,
                codec,
                clockRate,
                secure,
                new Side(relayA < 0 ? usual : relayA, expectedA),
                new Side(relayB < 0 ? usual : relayB, expectedB));
    }

    /** What is to be expected from now on; null is no change. */
    record Change(@Nullable Expected a, @Nullable Expected b) {
        static Change of(String body, RelayAddresses addresses, boolean ipv4) throws RequestException {
            Map<String, @Nullable Object> json = JsonReader.object(body);
            refuseOthers(json, "", CHANGE_NAMES);
            Change change = new Change(side(json, "a", addresses), side(json, "b", addresses));
            if (change.a == null && change.b == null) {
                throw RequestException.wrong("a, b: one of them is wanted");
            }
            Family family = new Family();
            family.require("session", ipv4 ? "ipv4" : "ipv6");
            family.require("a.address", change.a == null ? null : change.a.address());
            family.require("b.address", change.b == null ? null : change.b.address());
            return change;
        }

        private static @Nullable Expected side(
                Map<String, @Nullable Object> json, String name, RelayAddresses addresses) throws RequestException {
            if (!json.containsKey(name)) {
                return null;
            }
            Map<String, @Nullable Object> side = section(json, name);
            if (side.containsKey("relay")) {
                throw RequestException.wrong(name + ".relay: the relay's address stays as long as the session");
            }
            return expected(side, name, addresses);
        }
    }

    private static int relay(Map<String, @Nullable Object> side, String name, RelayAddresses addresses)
            throws RequestException {
        InetAddress address = address(side, name, "relay");
        if (address == null) {
            return -1;
        }
        int number = addresses.find(address);
        if (number < 0) {
            throw RequestException.wrong(
                    name + ".relay: " + address.getHostAddress() + " is no address the relay listens on");
        }
        return number;
    }

    private static Expected expected(Map<String, @Nullable Object> side, String name, RelayAddresses addresses)
            throws RequestException {
        refuseOthers(side, name + ".", SIDE_NAMES);
        InetAddress address = address(side, name, "address");
        int port = number(side, name + ".", "port", 1, 65_535, 0);
        if (address == null) {
            if (port != 0) {
                throw RequestException.wrong(name + ".port: without " + name + ".address it means nothing");
            }
            return Expected.ANY;
        }
        if (address.isMulticastAddress() || address.isAnyLocalAddress() || address.isLoopbackAddress()) {
            throw RequestException.wrong(
                    name + ".address: " + address.getHostAddress() + " is no address of a station");
        }
        if (addresses.find(address) >= 0) {
            throw RequestException.wrong(name + ".address: " + address.getHostAddress() + " is the relay's own");
        }
        return new Expected(address, port);
    }

    private static @Nullable InetAddress address(Map<String, @Nullable Object> side, String path, String name)
            throws RequestException {
        String text = text(side, path + ".", name);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw RequestException.wrong(path + "." + name + ": \"" + text + "\" is no IP address");
        }
    }

    /** Finds the one family that everything is of. */
    private static final class Family {
        private String source = "";
        private boolean ipv4;

        void require(String from, String name) throws RequestException {
            switch (name) {
                case "" -> {}
                case "ipv4" -> require(from, true);
                case "ipv6" -> require(from, false);
                default -> throw RequestException.wrong(from + ": \"" + name + "\" is neither ipv4 nor ipv6");
            }
        }

        void require(String from, int relay, RelayAddresses addresses) throws RequestException {
            if (relay >= 0) {
                require(from, addresses.isIpv4(relay));
            }
        }

        void require(String from, @Nullable InetAddress address) throws RequestException {
            if (address != null) {
                require(from, address instanceof Inet4Address);
            }
        }

        private void require(String from, boolean isIpv4) throws RequestException {
            if (isKnown() && ipv4 != isIpv4) {
                throw RequestException.wrong(from + ": both sides are of one address family, but this is "
                        + (isIpv4 ? "IPv4" : "IPv6") + " and " + source + " is " + (ipv4 ? "IPv4" : "IPv6"));
            }
            source = isKnown() ? source : from;
            ipv4 = isIpv4;
        }

        boolean isKnown() {
            return !source.isEmpty();
        }

        boolean isIpv4() {
            return ipv4;
        }

        String source() {
            return source;
        }
    }

    private static void refuseOthers(Map<String, @Nullable Object> json, String path, List<String> names)
            throws RequestException {
        for (String name : json.keySet()) {
            if (!names.contains(name)) {
                throw RequestException.wrong(
                        path + name + ": there is no such field; there are " + String.join(", ", names));
            }
        }
    }

    private static String text(Map<String, @Nullable Object> json, String path, String name) throws RequestException {
        Object value = json.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw RequestException.wrong(path + name + ": a string is wanted");
    }

    private static boolean flag(Map<String, @Nullable Object> json, String name) throws RequestException {
        Object value = json.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw RequestException.wrong(name + ": true or false is wanted");
    }

    private static int number(
            Map<String, @Nullable Object> json, String path, String name, int least, int greatest, int otherwise)
            throws RequestException {
        Object value = json.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Double number && number == Math.rint(number) && number >= least && number <= greatest) {
            return number.intValue();
        }
        throw RequestException.wrong(path + name + ": a whole number within " + least + ".." + greatest + " is wanted");
    }

    @SuppressWarnings("unchecked") // the reader makes maps of this type only
    private static Map<String, @Nullable Object> section(Map<String, @Nullable Object> json, String name)
            throws RequestException {
        Object value = json.get(name);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw RequestException.wrong(name + ": an object is wanted");
    }
}
