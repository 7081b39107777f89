package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:10.1.2.3, ::ffff:10.1.2.3",
        "::ffff:a01:203, ::ffff:10.1.2.3",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "fe80::, fe80::",
        "1:0:0:2::, 1:0:0:2::",
        "1:0:0:0:2:0:0:0, 1::2:0:0:0"
    })
    void an_ipv6_address_is_written_in_the_canonical_form_of_rfc_5952(String text, String canonical) {
        assertThat(Ipv6Address.parse(text)).hasToString(canonical);
        assertThat(Ipv6Address.parse(canonical)).isEqualTo(Ipv6Address.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::1:",
                ":1::",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1.2.3.4::",
                "::1.2.3",
                "::1.2.3.256",
                "1:2:3:4:5:6:7:1.2.3.4",
                "fe80::1%eth0",
                " ::1",
                "::1 ",
                "-1::",
                "1:2:3:4:5:6:7:8:",
                "::1.2.3.4:5"
            })
    void a_malformed_ipv6_address_is_refused_with_its_text(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv6Address.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "256.1.1.1",
                "1.2.3.4 ",
                " 1.2.3.4",
                "01.2.3.4",
                "1.2.3.00",
                "1..2.3",
                "-1.2.3.4",
                "1.2.3.4/24",
                "99999999999.1.1.1",
                "a.b.c.d"
            })
    void a_malformed_ipv4_address_is_refused_with_its_text(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4Address.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @Test
    void errors_say_what_is_wrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse("10.0.0.256"))
                .withMessage("IPv4 address \"10.0.0.256\" has the octet 256, which is greater than 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse("fe80::1%eth0"))
                .withMessage("IPv6 address \"fe80::1%eth0\" has a zone, which cannot be used here");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpPrefix.parse("10.0.0.1"))
                .withMessage("prefix \"10.0.0.1\" has no length (10.0.0.1/24)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpPrefix.parse("10.0.0.1/33"))
                .withMessage("prefix \"10.0.0.1/33\" has the length \"33\", which is not a number 0..32");
    }

    @Test
    void random_addresses_survive_text_octets_and_raw_and_agree_with_the_jdk() throws UnknownHostException {
        Random random = new Random(5952);
        for (int i = 0; i < 20_000; i++) {
            Ipv4Address ipv4 = new Ipv4Address(random.nextInt());
            assertThat(Ipv4Address.parse(ipv4.toString())).isEqualTo(ipv4);
            assertThat(IpAddress.ofOctets(ipv4.octets())).isEqualTo(ipv4);
            assertThat(Ipv4Address.ofRaw(ipv4.raw())).isEqualTo(ipv4);
            assertThat(ipv4.mapped().unmapped()).isEqualTo(ipv4);
            assertThat(InetAddress.getByAddress(ipv4.octets()).getHostAddress()).isEqualTo(ipv4.toString());

            Ipv6Address ipv6 = new Ipv6Address(sparse(random), sparse(random));
            assertThat(Ipv6Address.parse(ipv6.toString())).isEqualTo(ipv6);
            assertThat(IpAddress.ofOctets(ipv6.octets())).isEqualTo(ipv6);
            assertThat(Ipv6Address.ofRaw(ipv6.raw0(), ipv6.raw1())).isEqualTo(ipv6);
            if (!ipv6.isMapped()) {
                assertThat(InetAddress.getByName(ipv6.toString()).getAddress()).isEqualTo(ipv6.octets());
                assertThat(Ipv6Address.parse(
                                InetAddress.getByAddress(ipv6.octets()).getHostAddress()))
                        .isEqualTo(ipv6);
            }
            MacAddress mac = new MacAddress(random.nextLong() >>> 16);
            assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
            assertThat(MacAddress.ofOctets(mac.octets())).isEqualTo(mac);
        }
    }

    /** Groups that are often zero, so that runs of zeros of every length occur. */
    private static long sparse(Random random) {
        long bits = 0;
        for (int group = 0; group < 4; group++) {
            bits = bits << 16 | (random.nextBoolean() ? 0 : random.nextInt(0x10000));
        }
        return bits;
    }

    @Test
    void kinds_of_addresses_are_told_apart_like_the_jdk_does() throws UnknownHostException {
        for (String text : new String[] {
            "0.0.0.0",
            "127.0.0.1",
            "127.255.0.1",
            "128.0.0.1",
            "169.254.1.1",
            "169.253.1.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "223.255.255.255",
            "255.255.255.255",
            "10.0.0.1",
            "::",
            "::1",
            "::2",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "fe7f::1",
            "2001:db8::1",
            "1::",
            "8000::1"
        }) {
            IpAddress address = IpAddress.parse(text);
            InetAddress jdk = InetAddress.getByName(text);
            assertThat(address.isMulticast()).as(text).isEqualTo(jdk.isMulticastAddress());
            assertThat(address.isLoopback()).as(text).isEqualTo(jdk.isLoopbackAddress());
            assertThat(address.isUnspecified()).as(text).isEqualTo(jdk.isAnyLocalAddress());
            assertThat(address.isLinkLocal()).as(text).isEqualTo(jdk.isLinkLocalAddress());
        }
    }

    @Test
    void derived_addresses_follow_the_rfcs() {
        assertThat(Ipv6Address.parse("4037::01:800:200e:8c6c").solicitedNode()).hasToString("ff02::1:ff0e:8c6c");
        assertThat(Ipv6Address.parse("ff02::1:ff0e:8c6c").multicastMac()).hasToString("33:33:ff:0e:8c:6c");
        assertThat(Ipv4Address.parse("224.129.2.3").multicastMac()).hasToString("01:00:5e:01:02:03");
        assertThat(MacAddress.parse("34:56:78:9A:BC:DE").linkLocal()).hasToString("fe80::3656:78ff:fe9a:bcde");
        assertThat(Ipv4Address.parse("10.1.2.3").raw()).isEqualTo(0x0302010a);
        assertThat(Ipv4Address.parse("10.1.2.3").mapped()).hasToString("::ffff:10.1.2.3");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/24, 10.0.0.255, true",
        "10.0.0.1/24, 10.0.1.0, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "10.0.0.1/32, 10.0.0.1, true",
        "10.0.0.1/32, 10.0.0.2, false",
        "0.0.0.0/0, ::, false",
        "::/0, 10.0.0.1, false",
        "::/0, ffff::1, true",
        "2001:db8::/63, 2001:db8:0:1::, true",
        "2001:db8::/64, 2001:db8::ffff:0:0:1, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
        "2001:db8::/65, 2001:db8::8000:0:0:1, false",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::2, false"
    })
    void a_prefix_contains_the_addresses_of_its_network_part(String prefix, String address, boolean contained) {
        assertThat(IpPrefix.parse(prefix).contains(IpAddress.parse(address))).isEqualTo(contained);
        assertThat(IpPrefix.parse(prefix).contains(IpPrefix.host(IpAddress.parse(address))))
                .isEqualTo(contained);
    }

    @Test
    void the_network_of_a_prefix_has_no_host_bits() {
        assertThat(IpPrefix.parse("10.1.2.3/20").network()).hasToString("10.1.0.0/20");
        assertThat(IpPrefix.parse("2001:db8::5/126").network()).hasToString("2001:db8::4/126");
        assertThat(IpPrefix.parse("1::1/0").network()).hasToString("::/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/", "10.0.0.1/a", "10.0.0.1/-1", "10.0.0.1/0032", "::/129", "::/1e1", "x/3"})
    void a_malformed_prefix_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:00:00:00:00",
                "02:00:00:00:00:00:00",
                "02:00:00:00:00:0g",
                "02-00:00:00:00:00",
                "020000000000",
                "2:0:0:0:0:1",
                "02:00:00:00:00:01 "
            })
    void a_malformed_link_layer_address_is_refused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MacAddress.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @Test
    void link_layer_addresses_know_their_kind() {
        assertThat(MacAddress.parse("01-00-5E-00-00-01").isMulticast()).isTrue();
        assertThat(MacAddress.parse("02:00:00:00:00:01").isLocal()).isTrue();
        assertThat(MacAddress.parse("02:00:00:00:00:01").isMulticast()).isFalse();
        assertThat(MacAddress.BROADCAST.isBroadcast()).isTrue();
        assertThat(MacAddress.ZERO.isZero()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(1L << 48));
    }
}
