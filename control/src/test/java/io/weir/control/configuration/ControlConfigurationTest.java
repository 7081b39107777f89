package io.weir.control.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.control.configuration.CheckConfiguration.CommandProbe;
import io.weir.control.configuration.CheckConfiguration.HttpProbe;
import io.weir.control.configuration.CheckConfiguration.IcmpProbe;
import io.weir.control.configuration.CheckConfiguration.TcpProbe;
import io.weir.control.configuration.CheckConfiguration.UdpProbe;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks, load, rules, reports and management as they are read from weir.yaml. */
class ControlConfigurationTest {
    private static final String GOOD = """
        interfaces: [{name: eth0, addresses: [10.1.0.1/24]}]
        checks:
          - {name: page, type: https, path: /health, host: shop, status: [200, 204], body: "^ok", interval: 1s, rise: 1, jitter: 25%}
          - {name: port, type: tcp, port: 22, interval: 500ms}
          - {name: ping, type: icmp}
          - {name: query, type: udp, port: 53, payload: "\\\\x01hi", expect: hello}
          - {name: script, type: command, command: [/bin/check, -v]}
        servers:
          - {name: s1, addresses: [10.1.0.11], tags: [ssd, gpu], check: page, load: {from: agent-check, port: 9777}}
          - {name: s2, addresses: [10.1.0.12], tags: [ssd], check: ping,
             load: {from: prometheus, port: 9100, cpu: busy, execution-sum: t_sum, execution-count: t_count}}
        services:
          - name: web
            addresses: [10.0.0.100]
            protocol: tcp
            port: 0
            algorithm: hot-cold
            weights: even-load
            require: [ssd]
            prefer: [gpu]
            spill-over: 70%
            on-down: reset
            slow-start: 30s
            panic: 0.5
            rules:
              - {source: [10.9.0.0/16], ports: 8000-8999, dscp: [ef, af21, cs1, 7], tcp-options: [mptcp, 8], server: s1}
              - {ports: 22, tag: ssd}
            servers: [s1, {server: s2, backup: true}]
        load: {interval: 2s, stale: 20s, step: 10%, floor: 0.05, ceiling: 3, index: {cpu: 0.5, clients: 2, full-clients: 50}}
        reports:
          listen: [10.1.0.1, 127.0.0.1]
          window: 1m
          keys: [{id: 7, file: /etc/weir/key, servers: [s1]}]
        management: {address: 127.0.0.1, port: 8080}
        """;

    @Test
    void reads_checks_and_sources_of_load() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("f", GOOD);

        assertThat(c.checks())
                .extracting(CheckConfiguration::probe)
                .containsExactly(
                        new HttpProbe(443, true, true, "/health", "shop", List.of(200, 204), "^ok"),
                        new TcpProbe(22),
                        new IcmpProbe(),
                        new UdpProbe(53, "\\x01hi", "hello"),
                        new CommandProbe(List.of("/bin/check", "-v")));
        CheckConfiguration page = c.checks().getFirst();
        assertThat(page.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(page.timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(page.rise()).isEqualTo(1);
        assertThat(page.fall()).isEqualTo(3);
        assertThat(page.jitter()).isEqualTo(0.25);
        assertThat(c.checks().get(1).timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(c.servers()).extracting(ServerConfiguration::check).containsExactly("page", "ping");
        assertThat(c.servers().getFirst().tags()).containsExactly("ssd", "gpu");
        assertThat(c.servers())
                .extracting(ServerConfiguration::load)
                .containsExactly(
                        new LoadSourceConfiguration.AgentCheck(9777, Duration.ofSeconds(1)),
                        new LoadSourceConfiguration.Prometheus(
                                9100, "/metrics", Duration.ofSeconds(1), "busy", "", "", "t_sum", "t_count"));
    }

    @Test
    void reads_how_weights_are_made() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("f", GOOD);

        ServiceConfiguration web = c.services().getFirst();
        assertThat(web.algorithm()).isEqualTo(ServiceConfiguration.Algorithm.HOT_COLD);
        assertThat(web.balance())
                .isEqualTo(new BalanceConfiguration(
                        BalanceConfiguration.Weights.EVEN_LOAD,
                        List.of("ssd"),
                        List.of("gpu"),
                        0.7,
                        BalanceConfiguration.OnDown.RESET,
                        Duration.ofSeconds(30),
                        0.5));
        assertThat(web.members())
                .extracting(ServiceConfiguration.Member::backup)
                .containsExactly(false, true);
        assertThat(web.rules())
                .containsExactly(
                        new RuleConfiguration(
                                List.of(IpPrefix.parse("10.9.0.0/16")),
                                8000,
                                8999,
                                List.of(46, 18, 8, 7),
                                List.of(30, 8),
                                "s1",
                                null),
                        new RuleConfiguration(List.of(), 22, 22, List.of(), List.of(), null, "ssd"));
        assertThat(c.load())
                .isEqualTo(new LoadConfiguration(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(20),
                        new LoadConfiguration.Index(2, 0.5, 0, 0, 0, 50, Duration.ofSeconds(1), 1000),
                        0.1,
                        0.05,
                        3));
        assertThat(c.reports().listen()).containsExactly(IpAddress.parse("10.1.0.1"), IpAddress.parse("127.0.0.1"));
        assertThat(c.reports().keys())
                .containsExactly(new ReportsConfiguration.Key(7, Path.of("/etc/weir/key"), List.of("s1")));
        assertThat(c.management().address()).isEqualTo(IpAddress.parse("127.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: icmp | type: icmq | f:5:24: type: 'icmq' is not one of tcp, http, https, udp, icmp, command"
                        + " (did you mean icmp?)",
                "type: icmp | 'type: icmp, port: 7' | port: has no meaning with type: icmp (leave it out)",
                "'type: tcp, port: 22' | type: tcp | f:4:5: checks: port is missing",
                "interval: 500ms | 'interval: 500ms, timeout: 1s' | timeout: 1000ms > interval 500ms (a check must end"
                        + " before the next begins)",
                "body: \"^ok\" | 'body: \"[\"' | body: '[' is no regular expression: Unclosed character class",
                "path: /health | path: health | path: 'health' is no path",
                "jitter: 25% | jitter: 60% | jitter: 60% > 0.5 (0.0..0.5)",
                "jitter: 25% | jitter: much | jitter: 'much' is not a number (try 0.8 or 80%)",
                "\\\\x01hi | \\\\q | payload: '\\q' has an unknown escape",
                "[/bin/check, -v] | [check] | command: 'check' is not an absolute path",
                "check: page | check: pages | f:9:65: check: 'pages' is no check of this node (did you mean page?)",
                "tags: [ssd] | tags: [s d] | tags: 's d' is not a name",
                "from: agent-check | from: agent | from: 'agent' is not one of agent-check, prometheus",
                "'from: agent-check, port: 9777' | 'from: agent-check, port: 9777, cpu: x' | cpu: has no meaning with"
                        + " from: agent-check",
                "', execution-count: t_count' | '' | execution-sum: execution-sum and execution-count go together"
                        + " (give both)",
                "require: [ssd] | require: [sdd] | require: no server of the service has the tag 'sdd' (did you mean"
                        + " ssd?)",
                "server: s1} | server: s9} | server: 's9' is no server of the service (did you mean s1?)",
                "tag: ssd} | tag: hdd} | tag: no server of the service has the tag 'hdd'",
                "'ports: 22, tag: ssd' | 'tag: ssd' | rules: a rule without a condition",
                "'ports: 22, tag: ssd' | 'ports: 22, tag: ssd, server: s1' | rules: a rule names either server or tag",
                "8000-8999 | 9000-8999 | ports: 9000-8999 is no range within 0..65535",
                "'port: 0' | 'port: 80' | ports: 8000-8999 never applies: the service has port 80",
                "af21 | af29 | dscp: 'af29' is no code point (0..63, cs0..cs7, af11..af43 or ef)",
                "mptcp | mtcp | tcp-options: 'mtcp' is no TCP option (did you mean mptcp?)",
                "protocol: tcp | protocol: udp | tcp-options: never applies: the service is UDP",
                "10.9.0.0/16 | 10.9.0.1/16 | source: 10.9.0.1/16 has host bits set (write 10.9.0.0/16)",
                "'cpu: 0.5, clients: 2,' | 'cpu: 0,' | cpu: all parts of the index have weight 0",
                "stale: 20s | stale: 1s | stale: 1000ms < interval 2000ms",
                "ceiling: 3 | ceiling: 0.5 | ceiling: 0.5 < 1.0",
                "'servers: [s1]}]' | 'servers: [s7]}]' | servers: 's7' is no server of this node",
                "/etc/weir/key | key | file: 'key' is not an absolute path",
                "'{id: 7, file: /etc/weir/key, servers: [s1]}' | '' | listen: without keys no report is taken",
                "address: 127.0.0.1 | address: 10.1.0.1 | address: 10.1.0.1 is not loopback, so it needs TLS (give"
                        + " certificate and key, or use 127.0.0.1)",
                "port: 8080 | 'port: 8080, key: /k' | key: certificate and key go together",
            })
    void names_the_place_the_value_and_the_fix(String from, String to, String message) {
        String text =
                GOOD.replaceFirst(Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to == null ? "" : to));
        assertThat(text).isNotEqualTo(GOOD);

        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.parse("f", text));

        assertThat(e).isNotNull();
        assertThat(e.getMessage()).contains(message);
    }

    @Test
    void two_checks_of_one_name_and_two_keys_of_one_number_are_refused() {
        String text = GOOD.replace("name: port,", "name: page,")
                .replace("keys: [{id: 7, file: /etc/weir/key,", "keys: [{id: 7, file: /k}, {id: 7, file: /k2,");

        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.parse("f", text));

        assertThat(e.getMessage()).contains("check 'page' is there twice", "key '7' is there twice");
    }
}
