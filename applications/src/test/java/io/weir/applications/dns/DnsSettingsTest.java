package io.weir.applications.dns;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DnsSettingsTest {
    private static Map<String, ?> with(String name, Object addresses) {
        return Map.of("zone", "example.org", "names", Map.of(name, addresses));
    }

    private static void refused(Map<String, ?> settings, String message) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new DnsProvider().plan(Settings.of(settings), List.of()))
                .withMessageContaining(message);
    }

    @Test
    void wrong_settings_are_refused_with_what_would_be_right() {
        refused(Map.of(), "zone: name at least one zone, such as example.org");
        refused(Map.of("zone", "exa mple.org"), "zone: \"exa mple.org\" is no domain name: its label \"exa mple\"");
        refused(Map.of("zone", "a..b"), "its label \"\"");
        refused(Map.of("zone", "."), "its label \"\"");
        refused(with("www.example.com", "192.0.2.1"), "names.www.example.com: the name is in none of the zones");
        refused(with("*.example.org", "192.0.2.1"), "there are no wildcards");
        refused(with("x".repeat(64) + ".example.org", "192.0.2.1"), "1 to 63 letters");
        refused(with("x.".repeat(125) + "example.org", "192.0.2.1"), "255 octets");
        refused(with("w.example.org", Collections.nCopies(76, "192.0.2.1")), "at most 74 do");
        for (String wrong : List.of("192.0.2", "192.0.2.256", "fe80::1%eth0", "::ffff:192.0.2.1", "www", "")) {
            refused(with("w.example.org", wrong), "names.w.example.org: \"" + wrong + "\" is no IPv4 or IPv6 address");
        }
        refused(
                Map.of(
                        "zone",
                        "example.org",
                        "names",
                        Map.of("w.example.org", "192.0.2.1", "W.example.org.", "192.0.2.1")),
                "the name stands there twice");
        refused(Map.of("zone", "example.org", "ttl", "-1"), "ttl: \"-1\"");
        refused(Map.of("zone", "example.org", "tll", "1"), "there are: names, responses-per-second, ttl, zone");
    }
}
