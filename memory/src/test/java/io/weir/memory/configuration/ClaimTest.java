package io.weir.memory.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.map.Sides;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final RawAddress OWN = RawAddress.ofBits4(0x0a000001);
    private static final RawAddress VIRTUAL = RawAddress.ofBits4(0x0a000064);
    private static final RawAddress ALONE = RawAddress.ofBits4(0x0a000065);
    private static final RawAddress ALONE6 = RawAddress.ofBits6(0x2001_0db8_0000_0000L, 0x65);

    private final MemorySegment side = Arena.ofAuto().allocate(1 << 16);
    private final Sides sides = new Sides(Arena.ofAuto().allocate(Sides.bytes(1), 64));
    private final ConfigurationReader reader = new ConfigurationReader(sides, side, side, 0);

    private static ConfigurationImage image(List<Claim> claims) {
        return new ConfigurationImage(
                1,
                "",
                0,
                ConfigurationImage.Settings.DEFAULTS,
                List.of(new Interface("ext0", 1, 1500, List.of(new OwnAddress(OWN, 24)))),
                List.of(),
                List.of(new Service(
                        1,
                        "web",
                        TCP,
                        80,
                        ConfigurationReader.NAT,
                        ConfigurationReader.MAGLEV,
                        List.of(VIRTUAL),
                        Members.NONE,
                        Members.NONE)),
                4,
                claims,
                ConfigurationImage.Host.NONE);
    }

    private void activate(ConfigurationImage image) {
        ConfigurationWriter.write(side, image);
        sides.flip();
        reader.refresh();
    }

    private int claimed(RawAddress address, int protocol, int port) {
        return address.isIpv4()
                ? reader.claim4(address.raw4(), protocol, port)
                : reader.claim6(address.address0(), address.address1(), protocol, port);
    }

    private int kind(RawAddress address) {
        return address.isIpv4()
                ? reader.addressKind4(address.raw4())
                : reader.addressKind6(address.address0(), address.address1());
    }

    @Test
    void a_claim_is_found_by_address_protocol_and_port() {
        activate(image(List.of(
                new Claim(ALONE, UDP, 7, 7, 4),
                new Claim(ALONE6, UDP, 16384, 32767, 5),
                new Claim(ALONE, TCP, 7, 9, 5),
                new Claim(OWN, UDP, 53, 53, 6),
                new Claim(VIRTUAL, UDP, 80, 80, 6))));

        assertThat(claimed(ALONE, UDP, 7)).isEqualTo(4);
        assertThat(claimed(ALONE, TCP, 7)).isEqualTo(5);
        assertThat(claimed(ALONE, TCP, 9)).isEqualTo(5);
        assertThat(claimed(ALONE6, UDP, 16384)).isEqualTo(5);
        assertThat(claimed(ALONE6, UDP, 32767)).isEqualTo(5);
        assertThat(claimed(OWN, UDP, 53)).isEqualTo(6);
        assertThat(claimed(VIRTUAL, UDP, 80)).isEqualTo(6);
        assertThat(reader.firstApplication()).isEqualTo(4);

        assertThat(claimed(ALONE, UDP, 8)).isZero();
        assertThat(claimed(ALONE, TCP, 10)).isZero();
        assertThat(claimed(ALONE, TCP, 6)).isZero();
        assertThat(claimed(ALONE6, TCP, 16384)).isZero();
        assertThat(claimed(ALONE6, UDP, 32768)).isZero();
        assertThat(claimed(VIRTUAL, TCP, 80)).isZero();
        assertThat(reader.claim6(ALONE.address0(), ALONE.address1(), UDP, 7)).isZero();
    }

    @Test
    void a_claimed_address_is_the_applications_unless_it_is_an_interfaces_or_a_services() {
        activate(image(List.of(
                new Claim(ALONE, UDP, 7, 7, 4),
                new Claim(ALONE6, UDP, 7, 7, 4),
                new Claim(OWN, UDP, 7, 7, 4),
                new Claim(VIRTUAL, UDP, 7, 7, 4))));

        assertThat(kind(ALONE)).isEqualTo(ConfigurationReader.APPLICATION);
        assertThat(kind(ALONE6)).isEqualTo(ConfigurationReader.APPLICATION);
        assertThat(kind(OWN)).isEqualTo(ConfigurationReader.OWN);
        assertThat(kind(VIRTUAL)).isEqualTo(ConfigurationReader.VIRTUAL);
        // ARP, NDP and announcements.
        assertThat(reader.addresses().virtualCount4()).isEqualTo(2);
        assertThat(reader.addresses().virtualAddress4(0)).isEqualTo(VIRTUAL.raw4());
        assertThat(reader.addresses().virtualAddress4(1)).isEqualTo(ALONE.raw4());
        assertThat(reader.addresses().virtualInterface4(1)).isEqualTo(1);
        assertThat(reader.addresses().virtualCount6()).isEqualTo(1);
    }

    @Test
    void without_claims_nothing_is_claimed() {
        assertThat(claimed(ALONE, UDP, 7)).isZero();
        activate(image(List.of()));
        assertThat(claimed(ALONE, UDP, 7)).isZero();
        assertThat(claimed(VIRTUAL, UDP, 80)).isZero();
        assertThat(reader.claim6(0, 0, UDP, 7)).isZero();
    }

    @Test
    void every_one_of_many_claims_is_found_and_no_other() {
        Random random = new Random(5);
        List<Claim> claims = new ArrayList<>();
        for (int k = 0; k < ConfigurationLayout.MAX_CLAIMS; k++) {
            RawAddress address = k % 2 == 0 ? RawAddress.ofBits4(0x0a010000 + k / 8) : RawAddress.ofBits6(1, k / 8);
            claims.add(new Claim(address, k % 4 < 2 ? TCP : UDP, 100 * k + 1, 100 * k + 50, 4 + k % 16));
        }
        activate(image(claims));

        for (Claim each : claims) {
            int within = each.leastPort() + random.nextInt(50);
            assertThat(claimed(each.address(), each.protocol(), within)).isEqualTo(each.application());
            assertThat(claimed(each.address(), each.protocol(), within + 50)).isZero();
            assertThat(claimed(each.address(), TCP + UDP - each.protocol(), within))
                    .isZero();
        }
        for (int k = 0; k < 1000; k++) {
            assertThat(claimed(RawAddress.ofBits4(0x0b000000 + k), UDP, random.nextInt(65536)))
                    .isZero();
        }
    }

    @Test
    void claims_come_back_in_a_snapshot() {
        ConfigurationImage image = image(List.of(
                new Claim(ALONE, UDP, 7, 7, 4), new Claim(ALONE, TCP, 7, 9, 5), new Claim(ALONE6, UDP, 7, 65535, 5)));
        activate(image);

        assertThat(ConfigurationSnapshot.read(sides, side, side).image()).isEqualTo(image);
    }

    @Test
    void impossible_claims_are_refused() {
        for (Claim each : List.of(
                new Claim(ALONE, UDP, 0, 7, 4),
                new Claim(ALONE, UDP, 8, 7, 4),
                new Claim(ALONE, UDP, 7, 65536, 4),
                new Claim(ALONE, UDP, 7, 7, 3),
                new Claim(ALONE, UDP, 7, 7, 256))) {
            ConfigurationImage image = image(List.of(each));
            assertThatThrownBy(() -> ConfigurationWriter.write(side, image))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("of a claim of an application");
        }
    }

    @Test
    void a_marker_names_an_application_and_no_address_is_one() {
        assertThat(ConfigurationReader.application4(
                        RawAddress.ofApplication4(81).raw4()))
                .isEqualTo(81);
        RawAddress marker = RawAddress.ofApplication6(81);
        assertThat(ConfigurationReader.application6(marker.address0(), marker.address1()))
                .isEqualTo(81);
        assertThat(ConfigurationReader.application4(ALONE.raw4())).isZero();
        assertThat(ConfigurationReader.application6(ALONE6.address0(), ALONE6.address1()))
                .isZero();
    }
}
