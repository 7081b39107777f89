package io.weir.control.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
    private static final String GOOD = """
        name: edge
        processors:
          control: [0]
          switching: [1, 2]
          idle: busy
        memory: {connections-ipv4: 1_000_000, buffers: 1024, buffer-size: 4096}
        interfaces:
          - {name: ext0, device: eth0, addresses: [10.0.0.1/24, "fd00::1/64"], processor: 1}
          - {name: int0, device: eth1, addresses: [10.1.0.1/24, "fd01::1/64"], mtu: 9000}
        routes:
          - {to: default, via: 10.0.0.254}
          - {to: "2001:db8::/32", via: "fd00::fe"}
        servers:
          - {name: s1, addresses: [10.1.0.11, "fd01::11"], weight: 3}
          - {name: s2, addresses: [10.1.0.12, "fd01::12"]}
        services:
          - name: web
            addresses: [10.0.0.100, "fd00::100"]
            protocol: tcp
            port: 80
            algorithm: least-connections
            servers:
              - s1
              - {server: s2, weight: 0, port: 8080}
        timeouts: {established: 2h, closed: 500ms}
        limits: {resets-per-second: 10, forwarding: false}
        """;

    @Test
    void reads_a_whole_configuration() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("weir.yaml", GOOD);

        assertThat(c.name()).isEqualTo("edge");
        assertThat(c.processors().switching()).containsExactly(1, 2);
        assertThat(c.processors().idle()).isEqualTo(ProcessorsConfiguration.Idle.BUSY);
        assertThat(c.memory().connections4()).isEqualTo(1_000_000);
        assertThat(c.memory().file()).isEqualTo(Path.of("/dev/shm/weir-edge"));
        assertThat(c.interfaces()).extracting(InterfaceConfiguration::device).containsExactly("eth0", "eth1");
        assertThat(c.interfaces()).extracting(InterfaceConfiguration::processor).containsExactly(1, -1);
        assertThat(c.routes()).hasSize(2);
        assertThat(c.servers()).extracting(ServerConfiguration::weight).containsExactly(3, 1);
        ServiceConfiguration web = c.services().getFirst();
        assertThat(web.addresses()).containsExactly(IpAddress.parse("10.0.0.100"), IpAddress.parse("fd00::100"));
        assertThat(web.members())
                .containsExactly(
                        new ServiceConfiguration.Member("s1", 3, 0), new ServiceConfiguration.Member("s2", 0, 8080));
        assertThat(c.timeouts().established()).isEqualTo(Duration.ofHours(2));
        assertThat(c.timeouts().closed()).isEqualTo(Duration.ofMillis(500));
        assertThat(c.timeouts().syn()).isEqualTo(Duration.ofSeconds(60));
        assertThat(c.limits().resetsPerSecond()).isEqualTo(10);
        assertThat(c.limits().forwarding()).isFalse();
    }

    /** One change to the good file, the message it must bring, with line and column. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: edge | nme: edge | f:1:1: nme: unknown key (did you mean name?)",
                "name: edge | name: 'a b' | f:1:7: name: 'a b' is not a name",
                "idle: busy | idle: bsy | f:5:9: idle: 'bsy' is not one of adaptive, busy (did you mean busy?)",
                "buffer-size: 4096 | buffer-size: 3000 | f:6:67: buffer-size: 3000 is not a power of two (try 4096)",
                "buffers: 1024 | buffers: many | f:6:48: buffers: 'many' is not a whole number (256..4194304)",
                "buffers: 1024 | buffers: 12 | f:6:48: buffers: 12 < 256 (256..4194304)",
                "10.0.0.1/24 | 10.0.0.1/33 | f:8:44:",
                "10.0.0.1/24 | 224.0.0.1/24 | is not a unicast address",
                "processor: 1 | processor: 2 | f:8:83: processor: 2 > 1 (0..1)",
                "via: 10.0.0.254 | via: 10.9.0.254 | 10.9.0.254 is in no interface's network (add interface: NAME)",
                "via: 10.0.0.254 | vai: 10.0.0.254 | f:11:19: vai: unknown key in routes (did you mean via?)",
                "2001:db8::/32 | 2001:db8::1/32 | has host bits set (write 2001:db8::/32)",
                "weight: 3 | weight: 70000 | f:14:60: weight: 70000 > 65535 (0..65535)",
                "{name: s2, | {name: s1, | server 's1' is there twice (the first is in line 14)",
                "protocol: tcp | protocol: sctp | f:19:15: protocol: 'sctp' is not one of tcp, udp",
                "port: 80 | port: 80000 | f:20:11: port: 80000 > 65535 (0..65535)",
                "- s1 | - s3 | f:23:9: servers: 's3' is no server of this node (did you mean s1?)",
                "algorithm: least-connections | algorithm: least-connection | did you mean least-connections?",
                "algorithm: least-connections | forwarding: direct | f:24:39: port: 8080 cannot be reached with forwarding: direct",
                "closed: 500ms | closed: 500 | f:25:37: closed: '500' is not a duration (try 500ms, 60s, 15m or 2h)",
                "forwarding: false | forwarding: maybe | f:26:45: forwarding: 'maybe' is neither true nor false",
                "{resets-per-second: 10 | {resets-per-second: 10, resets-per-second: 11 | f:26:33: resets-per-second: is there twice (the first is in line 26; keep one)",
                "limits: { | limits: [ | f:26:",
                "mtu: 9000 | driver: af_xpd | f:9:80: driver: 'af_xpd' is not one of auto, af_xdp, af_packet (did you mean af_xdp?)",
                "mtu: 9000 | mode: share | f:9:78: mode: 'share' is not one of exclusive, shared (did you mean shared?)",
                "mtu: 9000 | 'driver: af_packet, mode: shared' | f:9:97: mode: shared needs an XDP program, which driver: af_packet has not (use driver: af_xdp or mode: exclusive)",
                "mtu: 9000 | 'driver: af_packet, xdp: native' | xdp: has no meaning with driver: af_packet",
                "mtu: 9000 | 'queues: [0, 2]' | f:9:84: queues: processor of queue 1: 2 > 1 (0..1)",
                "mtu: 9000 | 'queues: []' | f:9:80: queues: names no processor (queues: [0], or leave it out)",
                "mtu: 9000 | 'queues: [0], processor: 0' | queues: contradicts processor",
                "mtu: 9000 | 'driver: af_packet, queues: [0, 1]' | queues: 2 elements > 1: driver: af_packet has one queue (use spread: true, or driver: af_xdp)",
                "mtu: 9000 | 'queues: [0, 1], spread: true' | spread: true contradicts queues with 2 elements",
                "mtu: 9000 | 'driver: af_packet, ring: 1024' | ring: has no meaning with driver: af_packet",
                "mtu: 9000 | ring: 1000 | f:9:78: ring: 1000 is not a power of two (try 1024)",
                "mtu: 9000 | 'queues: [0, 1], ring: 1024' | ring: 1024 frames of 2 queues make the rings so far take 2048 buffers > memory.buffers 1024 (set memory.buffers: 4096)",
                "mtu: 9000 | 'driver: af_xdp, mtu: 65535' | mtu: 65535 > 65262, what 17 buffers of 4096 bytes hold with af_xdp",
            })
    void names_the_place_the_value_and_the_fix(String from, String to, String message) {
        ConfigurationException e = refused(GOOD.replaceFirst(java.util.regex.Pattern.quote(from.strip()), to.strip()));

        assertThat(e.getMessage()).contains(message.strip());
    }

    @Test
    void reads_how_an_interface_is_reached() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse(
                "f", GOOD.replace("mtu: 9000", "driver: af_xdp, mode: shared, xdp: native, queues: [1, 0], ring: 512"));

        assertThat(c.interfaces().getFirst().driver()).isEqualTo(DriverConfiguration.DEFAULTS);
        assertThat(c.interfaces().getLast().driver())
                .isEqualTo(new DriverConfiguration(
                        DriverConfiguration.Driver.AF_XDP,
                        true,
                        DriverConfiguration.Attach.NATIVE,
                        List.of(1, 0),
                        false,
                        512));
        assertThat(ConfigurationLoader.parse("f", GOOD.replace("mtu: 9000", "spread: true"))
                        .interfaces()
                        .getLast()
                        .driver()
                        .spread())
                .isTrue();
    }

    @Test
    void one_processor_has_nobody_to_spread_to() {
        assertThat(refused("interfaces: [{name: eth0, spread: true}]").getMessage())
                .isEqualTo("f:1:35: spread: true needs a second switching processor to spread to"
                        + " (set processors.switching, or leave it out)");
    }

    @Test
    void af_xdp_takes_buffers_of_two_sizes_only() {
        assertThat(refused("memory: {buffer-size: 8192}\ninterfaces: [{name: eth0, driver: af_xdp}]")
                        .getMessage())
                .isEqualTo("f:2:35: driver: af_xdp takes packet buffers of 2048 or 4096 bytes,"
                        + " memory.buffer-size is 8192 (set memory.buffer-size: 4096)");
    }

    @Test
    void names_every_problem_in_the_order_of_the_file() {
        ConfigurationException e = refused(GOOD.replace("idle: busy", "idle: lazy")
                .replace("weight: 3", "weight: -1")
                .replace("port: 80\n", "port: x\n"));

        assertThat(e.problems())
                .extracting(ConfigurationException.Problem::line)
                .containsExactly(5, 14, 20);
    }

    @Test
    void a_server_without_the_family_of_its_service_is_refused() {
        ConfigurationException e = refused(GOOD.replace("[10.1.0.12, \"fd01::12\"]", "[10.1.0.12]"));

        assertThat(e.getMessage()).contains("s2 has no IPv6 address but the service has fd00::100");
    }

    @Test
    void two_services_on_one_endpoint_are_refused() {
        String second = "  - {name: other, addresses: [10.0.0.100], protocol: tcp, port: 80, servers: [s1]}\n";
        ConfigurationException e = refused(GOOD.replace("timeouts:", second + "timeouts:"));

        assertThat(e.getMessage()).contains("f:25:31: addresses: 10.0.0.100 with tcp port 80 already has a service");
    }

    @Test
    void an_empty_file_and_a_missing_file_are_refused(@TempDir Path folder) throws Exception {
        assertThat(refused("").getMessage()).isEqualTo("f:1:1: the file is empty (it needs at least interfaces)");
        Path file = folder.resolve("no.yaml");
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.load(file)))
                .hasMessageContaining("no such file");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.load(file)))
                .hasMessageContaining("is not UTF-8 text");
    }

    @Test
    void any_text_is_read_or_refused_and_nothing_else() {
        Random random = new Random(7);
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(6); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) " :-[]{},'\"&*!|>%@`\n\t#a0\\?".charAt(random.nextInt(25));
            }
            try {
                ConfigurationLoader.parse("f", new String(bytes, StandardCharsets.UTF_8));
            } catch (ConfigurationException e) {
                refused++;
                assertThat(e.problems()).isNotEmpty();
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void deep_nesting_and_alias_bombs_are_refused() {
        String deep = "[".repeat(100_000);
        assertThat(refused(deep).problems()).isNotEmpty();
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 60; i++) {
            String all = String.join(",", java.util.Collections.nCopies(9, "*a" + (i - 1)));
            bomb.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append(all)
                    .append("]\n");
        }
        assertThat(refused(bomb.toString()).problems()).isNotEmpty();
    }

    @Test
    void the_defaults_need_only_interfaces() throws ConfigurationException {
        NodeConfiguration c = ConfigurationLoader.parse("f", "interfaces: [{name: eth0}]");

        assertThat(c.name()).isEqualTo("weir");
        assertThat(c.processors().switching()).containsExactly(-1);
        assertThat(c.timeouts()).isEqualTo(TimeoutsConfiguration.DEFAULTS);
        assertThat(c.limits()).isEqualTo(LimitsConfiguration.DEFAULTS);
        assertThat(c.services()).isEqualTo(List.of());
    }

    private static ConfigurationException refused(String text) {
        return catchThrowableOfType(ConfigurationException.class, () -> ConfigurationLoader.parse("f", text));
    }
}
