package io.weir.applications.dns;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The settings.
 *
 * @param table what is known
 * @param ttl seconds that others may remember it
 * @param responsesPerSecond to each prefix of clients, by each processor; 0 is no limit
 */
record DnsSettings(DnsTable table, int ttl, int responsesPerSecond) {
    private static final long MOST_TTL = Integer.MAX_VALUE; // RFC 2181 section 8
    private static final int DEFAULT_TTL = 300;
    private static final int DEFAULT_RATE = 1000;
    private static final int MOST_RATE = 1_000_000;
    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    static DnsSettings of(Settings settings) throws SettingsException {
        DnsTable.Builder table = new DnsTable.Builder();
        List<String> zones = settings.list("zone");
        if (zones.isEmpty()) {
            throw new SettingsException("zone", "zone: name at least one zone, such as example.org");
        }
        for (String zone : zones) {
            try {
                table.addZone(DnsName.parse(zone));
            } catch (IllegalArgumentException e) {
                throw new SettingsException("zone", "zone: " + e.getMessage());
            }
        }
        Settings names = settings.section("names");
        for (String name : names.names()) {
            List<byte[]> addresses4 = new ArrayList<>();
            List<byte[]> addresses6 = new ArrayList<>();
            for (String text : names.list(name)) {
                InetAddress address = address(name, text);
                (address instanceof Inet4Address ? addresses4 : addresses6).add(address.getAddress());
            }
            try {
                byte[] wire = DnsName.parse(name);
                checkFit(wire.length, addresses4, DnsResponse.ADDRESS4_BYTES);
                checkFit(wire.length, addresses6, DnsResponse.ADDRESS6_BYTES);
                table.addName(wire, addresses4, addresses6);
            } catch (IllegalArgumentException e) {
                throw wrong(name, String.valueOf(e.getMessage()));
            }
        }
        int ttl = (int) settings.number("ttl", 0, MOST_TTL, DEFAULT_TTL);
        int rate = (int) settings.number("responses-per-second", 0, MOST_RATE, DEFAULT_RATE);
        settings.refuseOthers();
        return new DnsSettings(table.build(), ttl, rate);
    }

    /** Nobody could ask for more over TCP. */
    private static void checkFit(int nameLength, List<byte[]> addresses, int recordBytes) {
        int room = DnsResponse.MOST_BYTES - DnsQuery.HEADER_BYTES - nameLength - 4 - DnsResponse.OPT_BYTES;
        if (addresses.size() * recordBytes > room) {
            throw new IllegalArgumentException(
                    addresses.size() + " addresses of one family do not fit into a response of "
                            + DnsResponse.MOST_BYTES + " bytes; at most " + room / recordBytes + " do");
        }
    }

    private static SettingsException wrong(String name, String message) {
        return new SettingsException("names." + name, "names." + name + ": " + message);
    }

    private static InetAddress address(String name, String text) throws SettingsException {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            // No short forms, zones (%eth0), nor IPv4 in the clothes of IPv6.
            if (address instanceof Inet4Address ? DOTTED.matcher(text).matches() : text.indexOf('%') < 0) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw wrong(name, "\"" + text + "\" is no IPv4 or IPv6 address");
    }
}
