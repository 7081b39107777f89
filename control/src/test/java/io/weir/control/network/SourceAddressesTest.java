package io.weir.control.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.wire.IpAddress;
import org.junit.jupiter.api.Test;

class SourceAddressesTest {
    private final SourceAddresses addresses = new SourceAddresses(ConfigurationLoader.parse("f", """
        interfaces:
          - name: ext0
            addresses: [192.0.2.1/24, 2001:db8:1::1/64]
          - name: int0
            addresses: [10.0.0.1/16, 10.0.9.1/24, 2001:db8:2::1/64]
        routes:
          - {to: 0.0.0.0/0, via: 192.0.2.254}
          - {to: 172.16.0.0/12, via: 10.0.9.7}
          - {to: 198.51.100.0/24, interface: int0}
          - {to: 192.0.2.128/25, via: 10.0.0.9}
        """));

    SourceAddressesTest() throws ConfigurationException {}

    private String towards(String target) {
        return addresses.towards(IpAddress.parse(target)).map(Object::toString).orElse("none");
    }

    @Test
    void a_target_in_an_own_network_is_spoken_to_from_there() {
        assertThat(towards("192.0.2.9")).isEqualTo("192.0.2.1");
        assertThat(towards("10.0.5.5")).isEqualTo("10.0.0.1");
        assertThat(towards("10.0.9.5")).isEqualTo("10.0.9.1");
        assertThat(towards("2001:db8:2::9")).isEqualTo("2001:db8:2::1");
    }

    @Test
    void any_other_from_the_interface_of_the_longest_route() {
        assertThat(towards("203.0.113.1")).isEqualTo("192.0.2.1");
        assertThat(towards("172.16.5.5")).isEqualTo("10.0.9.1");
        assertThat(towards("198.51.100.5")).isEqualTo("10.0.0.1");
        assertThat(towards("192.0.2.200")).isEqualTo("10.0.0.1");
    }

    @Test
    void without_a_route_from_the_first_of_the_family() {
        assertThat(towards("2001:db8:ffff::1")).isEqualTo("2001:db8:1::1");
    }

    @Test
    void an_address_of_a_family_that_no_interface_has_cannot_be_spoken_to() throws ConfigurationException {
        SourceAddresses only4 = new SourceAddresses(
                ConfigurationLoader.parse("f", "interfaces: [{name: a, addresses: [10.0.0.1/24]}]"));
        assertThat(only4.towards(IpAddress.parse("2001:db8::1"))).isEmpty();
    }

    @Test
    void the_server_local_is_asked_from_an_own_address_and_never_from_its_own() throws ConfigurationException {
        SourceAddresses hosted = new SourceAddresses(ConfigurationLoader.parse("f", """
                interfaces:
                  - {name: ext0, addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
                  - {name: int0, addresses: [10.0.0.1/16]}
                host: {addresses: [192.0.2.20, "2001:db8:ffff::20"]}
                """));

        assertThat(hosted.own()).doesNotContain(IpAddress.parse("192.0.2.20"));
        assertThat(hosted.towards(IpAddress.parse("192.0.2.20"))).hasValue(IpAddress.parse("192.0.2.1"));
        assertThat(hosted.towards(IpAddress.parse("2001:db8:ffff::20"))).hasValue(IpAddress.parse("2001:db8:1::1"));
    }
}
