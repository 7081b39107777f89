package io.weir.control.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.control.configuration.ApplicationConfiguration.Claim;
import io.weir.control.configuration.ApplicationConfiguration.Fallback;
import io.weir.control.configuration.ApplicationConfiguration.Place;
import io.weir.control.configuration.ServiceConfiguration.Protocol;
import io.weir.memory.configuration.ConfigurationImage;
import io.weir.memory.configuration.RawAddress;
import io.weir.wire.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code applications} and servers that are applications. */
class ApplicationConfigurationTest {
    private static final String REST = """
        interfaces:
          - {name: eth0, addresses: [198.51.100.1/24, "2001:db8::1/64"]}
          - {name: eth1, addresses: [10.1.0.1/24]}
        routes: [{to: default, via: 198.51.100.254}]
        servers:
          - {name: web1, addresses: [10.1.0.11]}
          - {name: sorry, application: page, tags: [apology]}
        services:
          - {name: web, addresses: [198.51.100.100, 203.0.113.5], protocol: tcp, port: 80, servers: [web1, {server: sorry, backup: true}]}
          - {name: any, addresses: [198.51.100.101], protocol: udp, port: 0, servers: [web1]}
        reports: {listen: [198.51.100.1], keys: [{id: 1, file: /etc/weir/key}]}
        """;

    private static final String GOOD = REST + """
        applications:
          - name: reflector
            type: echo
            jar: /opt/weir/my.jar
            budget: 250us
            fallback: reset
            listen:
              - {addresses: [198.51.100.10, "2001:db8::10"], protocol: both, ports: 7}
              - {addresses: 203.0.113.5, protocol: udp, ports: 16384-32767}
            settings:
              limit: 10
              names: {www.example.org: [192.0.2.1, 192.0.2.2], empty: }
          - {name: page, type: sorry-page}
        """;

    private static ConfigurationException.Problem problem(String text) {
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.parse("f", text));
        assertThat(refused).as("refused").isNotNull();
        assertThat(refused.problems()).hasSize(1);
        return refused.problems().getFirst();
    }

    @Test
    void reads_applications_with_their_claims_and_settings() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("f", GOOD);

        ApplicationConfiguration reflector = c.applications().getFirst();
        assertThat(reflector.type()).isEqualTo("echo");
        assertThat(reflector.jar()).isEqualTo(Path.of("/opt/weir/my.jar"));
        assertThat(reflector.budget()).isEqualTo(Duration.ofNanos(250_000));
        assertThat(reflector.fallback()).isEqualTo(Fallback.RESET);
        IpAddress v4 = IpAddress.parse("198.51.100.10");
        IpAddress v6 = IpAddress.parse("2001:db8::10");
        assertThat(reflector.claims())
                .containsExactly(
                        new Claim(v4, Protocol.TCP, 7, 7),
                        new Claim(v4, Protocol.UDP, 7, 7),
                        new Claim(v6, Protocol.TCP, 7, 7),
                        new Claim(v6, Protocol.UDP, 7, 7),
                        new Claim(IpAddress.parse("203.0.113.5"), Protocol.UDP, 16384, 32767));
        assertThat(reflector.settings())
                .isEqualTo(Map.of(
                        "limit",
                        "10",
                        "names",
                        Map.of("www.example.org", List.of("192.0.2.1", "192.0.2.2"), "empty", "")));
        ApplicationConfiguration page = c.applications().getLast();
        assertThat(page.jar()).isNull();
        assertThat(page.budget()).isEqualTo(Duration.ofNanos(500_000));
        assertThat(page.fallback()).isEqualTo(Fallback.DROP);
        assertThat(c.servers().getLast().application()).isEqualTo("page");
        assertThat(c.applicationId("reflector")).isEqualTo(5);
        assertThat(c.applicationId("page")).isEqualTo(6);
        assertThat(c.applicationId("nobody")).isZero();
    }

    @Test
    void remembers_where_settings_stand() throws ConfigurationException {
        ApplicationConfiguration reflector =
                ConfigurationLoader.parse("f", GOOD).applications().getFirst();

        assertThat(reflector.problem("settings.limit", "10 < 20", "try 20"))
                .hasToString("f:22:14: application reflector: 10 < 20 (try 20)");
        assertThat(reflector.places().at("settings.names.www.example.org")).isEqualTo(new Place(23, 32));
        assertThat(reflector.places().at("settings.names.no.where")).isEqualTo(new Place(23, 14));
        assertThat(reflector.places().at("jar")).isEqualTo(new Place(15, 10));
        assertThat(reflector.places().at("")).isEqualTo(new Place(13, 5));
    }

    /** One application more, in line 14. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{name: page, type: echo, listen: [LISTEN]} | 14:12 | application 'page' is there twice",
                "{name: a, type: Echo, listen: [LISTEN]} | 14:21 | type: 'Echo' is no type (lower case with hyphens",
                "{name: a, listen: [LISTEN]} | 14:5 | applications: type is missing",
                "{name: a, type: echo, listen: [LISTEN], jar: my.jar} | 14:97 | jar: 'my.jar' is not an absolute path",
                "{name: a, type: echo, listen: [LISTEN], budget: 5us} | 14:100 | budget: 5us is not in 10us..1s",
                "{name: a, type: echo, listen: [LISTEN], budget: 1m} | 14:100 | (try 500us or 2ms)",
                "{name: a, type: echo, listen: [LISTEN], fallback: rest} | 14:102 | did you mean reset?",
                "{name: a, type: echo, listen: [LISTEN], settings: 5} | 14:102 | settings: is not a mapping",
                "{name: a, type: echo, listen: [LISTEN], settings: {b: {c: 1, c: 2}}} | 14:113 | settings.b.c: is"
                        + " there twice",
                "{name: a, type: echo, listen: [LISTEN], budgets: 1ms} | 14:92 | budgets: unknown key in applications"
                        + " (did you mean budget?)",
                "{name: a, type: echo} | 14:5 | application a: it neither listens nor is it a server",
            })
    void an_application_with_a_mistake_is_refused_at_its_place(String line, String place, String message) {
        String listen = "{addresses: [198.51.100.10], protocol: udp, ports: 7}";
        assertThat(problem(REST + "applications:\n  - {name: page, type: sorry-page}\n  - "
                                + line.replace("LISTEN", listen) + "\n")
                        .toString())
                .startsWith("f:" + place + ": ")
                .contains(message);
    }

    /** What an application listens on, in line 14. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{addresses: [198.51.100.10], protocol: udp} | ports is missing",
                "{addresses: [198.51.100.10], ports: 7} | protocol is missing",
                "{protocol: udp, ports: 7} | addresses is missing",
                "{addresses: [198.51.100.10], protocol: icmp, ports: 7} | 'icmp' is not one of tcp, udp, both",
                "{addresses: [198.51.100.10], protocol: udp, ports: 0} | '0' is neither a port nor a range",
                "{addresses: [198.51.100.10], protocol: udp, ports: 9-7} | '9-7' is neither a port nor a range",
                "{addresses: [198.51.100.10], protocol: udp, ports: 7-65536} | is neither a port nor a range",
                "{addresses: [198.51.100], protocol: udp, ports: 7} | addresses: ",
                "{addresses: [224.0.0.1], protocol: both, ports: 7} | addresses: 224.0.0.1 is not a unicast address",
                "{addresses: [\"ff02::1\"], protocol: both, ports: 7} | addresses: ff02::1 is not a unicast address",
                "{addresses: [\"fe80::1\"], protocol: udp, ports: 7} | fe80::1 is of one link only",
                "{addresses: [\"::ffff:198.51.100.10\"], protocol: udp, ports: 7} | write 198.51.100.10",
                "{addresses: [198.51.100.255], protocol: both, ports: 7} | is the network or broadcast address of"
                        + " 198.51.100.0/24",
                "{addresses: [198.51.100.0], protocol: udp, ports: 7} | is the network or broadcast address of",
                "{addresses: [192.0.2.1], protocol: both, ports: 7} | addresses: 192.0.2.1 is not ours: neither an"
                        + " address of an interface, nor of a service",
                "{addresses: [\"2001:db9::1\"], protocol: tcp, ports: 7} | addresses: 2001:db9::1 is not ours",
                "{addresses: [10.1.0.11], protocol: udp, ports: 7} | 10.1.0.11 is the address of server web1",
                "{addresses: [198.51.100.254], protocol: udp, ports: 7} | 198.51.100.254 is the next hop to 0.0.0.0/0",
                "{addresses: [198.51.100.100], protocol: tcp, ports: 79-81} | 198.51.100.100 with tcp port 80 is"
                        + " service web's",
                "{addresses: [203.0.113.5], protocol: both, ports: 80} | 203.0.113.5 with tcp port 80 is service web's",
                "{addresses: [198.51.100.101], protocol: udp, ports: 7} | is service any's, which has all ports",
                "{addresses: [198.51.100.1], protocol: tcp, ports: 60000-61000} | tcp ports 60000-61000 of"
                        + " 198.51.100.1, an address of interface eth0, meet the ports 61000-64999",
                "{addresses: [198.51.100.1], protocol: udp, ports: 7400-7500} | 198.51.100.1 with udp port 7411 is"
                        + " where load reports arrive",
            })
    void a_claim_that_cannot_be_is_refused_at_its_place(String listen, String message) {
        ConfigurationException.Problem problem =
                problem(REST + "applications:\n  - {name: page, type: sorry-page}\n  - "
                        + "{name: a, type: echo, listen: [" + listen + "]}\n");

        assertThat(problem.line()).isEqualTo(14);
        assertThat(problem.column()).isGreaterThanOrEqualTo(36);
        assertThat(problem.toString()).contains(message);
    }

    @Test
    void ours_are_own_addresses_virtual_ones_and_others_of_our_networks() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("f", REST + """
            applications:
              - {name: page, type: sorry-page}
              - name: a
                type: echo
                listen:
                  - {addresses: [198.51.100.1, "2001:db8::1", 10.1.0.1], protocol: both, ports: 7}
                  - {addresses: [198.51.100.100, 203.0.113.5], protocol: udp, ports: 80}
                  - {addresses: [198.51.100.101], protocol: tcp, ports: 1-65535}
                  - {addresses: [198.51.100.10, "2001:db8::10"], protocol: udp, ports: 61000-64999}
                  - {addresses: [198.51.100.1], protocol: tcp, ports: 7411}
            """);

        assertThat(c.applications().getLast().claims()).hasSize(12);
    }

    @Test
    void an_application_cannot_claim_an_address_of_the_host() {
        String host = GOOD.replace("198.51.100.10", "198.51.100.20") + "host: {addresses: [198.51.100.20]}\n";

        assertThat(problem(host))
                .hasToString(
                        "f:19:22: addresses: 198.51.100.20 is an address of the host (give the application another)");
    }

    @Test
    void claims_that_collide_are_refused_with_the_line_of_the_other() {
        String both = REST + """
            applications:
              - {name: page, type: sorry-page, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 7-9}]}
              - {name: b, type: echo, listen: [{addresses: [198.51.100.10], protocol: both, ports: 9-11}]}
            """;

        assertThat(problem(both))
                .hasToString("f:14:88: listen: udp ports 9-11 of 198.51.100.10 are already claimed by application page"
                        + " (see line 13)");
    }

    @Test
    void there_are_at_most_16_applications_and_256_claims() {
        StringBuilder many = new StringBuilder(REST + "applications:\n  - {name: page, type: sorry-page}\n");
        for (int k = 0; k < 16; k++) {
            many.append("  - {name: a" + k
                    + ", type: echo, listen: [{addresses: [198.51.100.10], protocol: udp, ports: " + (k + 1) + "}]}\n");
        }
        assertThat(problem(many.toString().replace(", application: page", ", addresses: [10.1.0.12]"))
                        .message())
                .isEqualTo("applications: 17 elements > 16");

        StringBuilder claims =
                new StringBuilder(REST + "applications:\n  - name: page\n    type: sorry-page\n    listen:\n");
        for (int k = 0; k < 3; k++) {
            claims.append("      - {protocol: both, ports: " + (k + 1) + ", addresses: [");
            for (int j = 0; j < 50; j++) {
                claims.append("198.51.100." + (10 + j) + ",");
            }
            claims.append("]}\n");
        }
        assertThat(problem(claims.toString()).message())
                .isEqualTo("listen: 300 combinations of address and protocol > 256");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "application: pag | 7:32 | application: 'pag' is no application of this node (did you mean page?)",
                "application: x12 | 7:32 | (add it to applications)",
                "application: page, addresses: [10.1.0.9] | 7:49 | addresses: has no meaning for an application",
                "application: page, check: c | 7:45 | check: has no meaning for an application",
                "application: page, load: {from: agent-check, port: 1} | 7:44 | load: has no meaning for an"
                        + " application",
            })
    void a_server_that_is_an_application_has_no_more_than_that(String server, String place, String message) {
        String text = GOOD.replace("application: page, tags: [apology]", server)
                        .replace("reports:", "checks: [{name: c, type: icmp}]\nreports:")
                + "  - {name: other, type: echo, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 99}]}\n";
        ConfigurationException refused =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.parse("f", text));

        assertThat(refused.problems().getFirst().toString())
                .startsWith("f:" + place + ": ")
                .contains(message);
    }

    @Test
    void a_member_that_is_an_application_keeps_the_packets_port() {
        assertThat(problem(GOOD.replace("{server: sorry, backup: true}", "{server: sorry, port: 81}"))
                        .message())
                .isEqualTo("port: 81 has no meaning for an application, which sees the packet's own port");
    }

    @Test
    void settings_without_end_are_refused() {
        StringBuilder bomb = new StringBuilder("{x0: &a0 {v: 1}");
        for (int k = 1; k < 12; k++) {
            bomb.append(", x" + k + ": &a" + k + " {");
            for (int j = 0; j < 4; j++) {
                bomb.append("k" + j + ": *a" + (k - 1) + ", ");
            }
            bomb.append("}");
        }
        assertThat(problem(GOOD.replace("limit: 10", "limit: " + bomb + "}")).message())
                .contains("too many settings");
    }

    @Test
    void claims_and_markers_stand_in_the_image() throws Exception {
        NodeConfiguration c = ConfigurationLoader.parse("f", GOOD);

        CompiledConfiguration compiled = ConfigurationCompiler.compile(
                c,
                Decisions.NONE,
                NodeExample.FACTS,
                null,
                null,
                new ConfigurationCompiler.Mark(1, "", 0),
                null,
                new StableNumbers(),
                new StableNumbers());

        ConfigurationImage image = compiled.image();
        assertThat(image.applicationBase()).isEqualTo(5);
        assertThat(image.claims()).hasSize(5);
        assertThat(image.claims().getFirst())
                .isEqualTo(new ConfigurationImage.Claim(
                        ConfigurationCompiler.raw(IpAddress.parse("198.51.100.10")), 6, 7, 7, 5));
        assertThat(image.services().getFirst().ipv4().members())
                .extracting(ConfigurationImage.Member::address)
                .containsExactly(ConfigurationCompiler.raw(IpAddress.parse("10.1.0.11")), RawAddress.ofApplication4(6));
    }

    @Test
    void a_service_may_have_an_application_alone_in_both_families() throws Exception {
        NodeConfiguration c = ConfigurationLoader.parse("f", """
            interfaces: [{name: eth0, addresses: [198.51.100.1/24, "2001:db8::1/64"]}]
            servers: [{name: sorry, application: page}]
            services:
              - {name: web, addresses: [198.51.100.100, "2001:db8::100"], protocol: tcp, port: 80, servers: [sorry]}
            applications: [{name: page, type: sorry-page}]
            """);
        ConfigurationImage image = ConfigurationCompiler.compile(
                        c,
                        Decisions.NONE,
                        NodeExample.FACTS,
                        null,
                        null,
                        new ConfigurationCompiler.Mark(1, "", 0),
                        null,
                        new StableNumbers(),
                        new StableNumbers())
                .image();

        assertThat(image.services().getFirst().ipv4().members().getFirst().address())
                .isEqualTo(RawAddress.ofApplication4(4));
        assertThat(image.services().getFirst().ipv6().members().getFirst().address())
                .isEqualTo(RawAddress.ofApplication6(4));
        assertThat(image.services().getFirst().ipv6().slots().size()).isPositive();
    }

    @Test
    void applications_change_with_a_restart_only() throws ConfigurationException {
        NodeConfiguration running = ConfigurationLoader.parse("f", GOOD);

        assertThat(RestartCheck.problems(running, ConfigurationLoader.parse("g", "\n" + GOOD)))
                .isEmpty();
        assertThat(RestartCheck.problems(
                        running, ConfigurationLoader.parse("f", GOOD.replace("limit: 10", "limit: 9"))))
                .singleElement()
                .asString()
                .startsWith("applications.reflector.settings: ");
        assertThat(RestartCheck.problems(
                        running, ConfigurationLoader.parse("f", GOOD.replace("ports: 7}", "ports: 8}"))))
                .singleElement()
                .asString()
                .startsWith("applications.reflector.listen: ");
        assertThat(RestartCheck.problems(
                        running, ConfigurationLoader.parse("f", GOOD.replace("name: reflector", "name: mirror"))))
                .containsExactly(
                        "applications: [mirror, page] differs from [reflector, page], which cannot change while"
                                + " the node runs; restart it or change it back");
    }
}
