package io.weir.memory.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.memory.configuration.ConfigurationImage.Host;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.Member;
import io.weir.memory.configuration.ConfigurationImage.Members;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import io.weir.memory.configuration.ConfigurationImage.PortRange;
import io.weir.memory.configuration.ConfigurationImage.ReservedSource;
import io.weir.memory.configuration.ConfigurationImage.Rule;
import io.weir.memory.configuration.ConfigurationImage.Server;
import io.weir.memory.configuration.ConfigurationImage.Service;
import io.weir.memory.configuration.ConfigurationImage.Settings;
import io.weir.memory.connection.ConnectionState;
import io.weir.memory.map.Sides;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Writer, reader and snapshot against each other; the bytes of the layout are an agreement among these three only. */
class ConfigurationTableTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int VIP = raw(10, 0, 0, 100);
    private static final RawAddress VIP6 = RawAddress.ofBits6(0x2001_0db8_0000_0000L, 0x100);
    private static final RawAddress SERVER_A = RawAddress.of4(raw(192, 168, 1, 1));
    private static final RawAddress SERVER_B = RawAddress.of4(raw(192, 168, 1, 2));
    private static final RawAddress SERVER_B6 = RawAddress.ofBits6(0xfd00_0000_0000_0000L, 2);

    private final MemorySegment a = Arena.ofAuto().allocate(1 << 16);
    private final MemorySegment b = Arena.ofAuto().allocate(1 << 16);
    private final Sides sides = new Sides(Arena.ofAuto().allocate(Sides.bytes(1), 64));
    private final ConfigurationReader reader = new ConfigurationReader(sides, a, b, 0);

    @Test
    void before_anything_is_written_everything_is_absent() {
        assertThat(reader.refresh()).isZero();

        assertThat(reader.addressKind4(VIP)).isEqualTo(ConfigurationReader.NOT_LOCAL);
        assertThat(reader.addressKind6(0, 1)).isEqualTo(ConfigurationReader.NOT_LOCAL);
        assertThat(reader.service4(VIP, TCP, 80)).isEqualTo(ConfigurationReader.ABSENT);
        assertThat(reader.interfaceCount()).isZero();
        assertThat(reader.addresses().virtualCount4() + reader.addresses().virtualCount6())
                .isZero();
        assertThat(ConfigurationSnapshot.read(sides, a, b).generation()).isZero();
    }

    @Test
    void a_service_is_found_by_address_protocol_and_port() {
        activate(image());

        int web = reader.service4(VIP, TCP, 80);
        assertThat(reader.serviceNumber(web)).isEqualTo(7);
        assertThat(reader.forwarding(web)).isEqualTo(ConfigurationReader.NAT);
        assertThat(reader.algorithm(web)).isEqualTo(ConfigurationReader.MAGLEV);
        assertThat(reader.service4(VIP, UDP, 80)).isEqualTo(ConfigurationReader.ABSENT);
        assertThat(reader.service4(VIP, TCP, 81)).isEqualTo(ConfigurationReader.ABSENT);
        assertThat(reader.service4(VIP + 1, TCP, 80)).isEqualTo(ConfigurationReader.ABSENT);
    }

    @Test
    void port_0_takes_every_port_that_no_other_service_has() {
        activate(image());
        int any = raw(10, 0, 0, 101);

        assertThat(reader.serviceNumber(reader.service4(any, UDP, 12345))).isEqualTo(8);
        assertThat(reader.serviceNumber(reader.service4(any, UDP, 53))).isEqualTo(9);
        assertThat(reader.serviceNumber(reader.service4(any, UDP, 0))).isEqualTo(8);
        assertThat(reader.service4(any, TCP, 53)).isEqualTo(ConfigurationReader.ABSENT);
    }

    @Test
    void each_family_has_members_of_its_own() {
        activate(image());

        int web4 = reader.service4(VIP, TCP, 80);
        assertThat(reader.selectionSize(web4)).isEqualTo(3);
        int first = reader.selection(web4, 0);
        int last = reader.selection(web4, 2);
        assertThat(reader.serverNumber(first)).isEqualTo(1);
        assertThat(reader.memberAddress4(first)).isEqualTo(SERVER_A.raw4());
        assertThat(reader.memberPort(first)).isEqualTo(8080);
        assertThat(reader.weight(first)).isEqualTo(2);
        assertThat(reader.serverNumber(last)).isEqualTo(2);
        assertThat(reader.memberPort(last)).isZero();

        int web6 = reader.service6(VIP6.address0(), VIP6.address1(), TCP, 80);
        assertThat(reader.serviceNumber(web6)).isEqualTo(7);
        assertThat(reader.selectionSize(web6)).isEqualTo(1);
        int only = reader.selection(web6, 0);
        assertThat(reader.memberAddress0(only)).isEqualTo(SERVER_B6.address0());
        assertThat(reader.memberAddress1(only)).isEqualTo(SERVER_B6.address1());
    }

    @Test
    void a_service_without_slots_still_has_its_members() {
        activate(image());
        int draining = reader.service4(raw(10, 0, 0, 101), UDP, 53);

        assertThat(reader.selectionSize(draining)).isZero();
        assertThat(reader.memberCount(draining)).isEqualTo(1);
        assertThat(reader.weight(reader.member(draining, 0))).isZero();
    }

    @Test
    void addresses_are_own_virtual_or_neither() {
        activate(image());

        assertThat(reader.addressKind4(raw(10, 0, 0, 1))).isEqualTo(ConfigurationReader.OWN);
        assertThat(reader.ownInterface4(raw(10, 0, 0, 1))).isEqualTo(1);
        assertThat(reader.addressKind4(VIP)).isEqualTo(ConfigurationReader.VIRTUAL);
        assertThat(reader.ownInterface4(VIP)).isZero();
        assertThat(reader.addressKind4(raw(10, 0, 0, 2))).isEqualTo(ConfigurationReader.NOT_LOCAL);
        assertThat(reader.addressKind6(VIP6.address0(), VIP6.address1())).isEqualTo(ConfigurationReader.VIRTUAL);
    }

    @Test
    void a_service_on_an_own_address_makes_it_virtual() {
        RawAddress own = RawAddress.of4(raw(10, 0, 0, 1));
        activate(ConfigurationImage.builder()
                .add(new Interface("ext0", 1, 1500, List.of(new OwnAddress(own, 24))))
                .add(service(1, UDP, 53, List.of(own), Members.NONE, Members.NONE))
                .build());

        assertThat(reader.addressKind4(own.raw4())).isEqualTo(ConfigurationReader.VIRTUAL);
        assertThat(reader.ownInterface4(own.raw4())).isEqualTo(1);
    }

    @Test
    void an_ipv6_packet_cannot_reach_an_ipv4_service_by_its_mapped_address() {
        activate(image());
        RawAddress mapped = RawAddress.of4(VIP);

        assertThat(reader.service6(mapped.address0(), mapped.address1(), TCP, 80))
                .isEqualTo(ConfigurationReader.ABSENT);
        assertThat(reader.addressKind6(mapped.address0(), mapped.address1())).isEqualTo(ConfigurationReader.NOT_LOCAL);
    }

    @Test
    void interfaces_have_link_address_mtu_and_own_addresses() {
        activate(image());

        assertThat(reader.interfaceCount()).isEqualTo(2);
        assertThat(reader.linkAddress(2)).isEqualTo(0x0200_0000_0002L);
        assertThat(reader.mtu(2)).isEqualTo(9000);
        assertThat(reader.addresses().ownCount4(1)).isEqualTo(2);
        assertThat(reader.addresses().ownAddress4(1, 1)).isEqualTo(raw(172, 16, 0, 1));
        assertThat(reader.addresses().ownPrefix4(1, 1)).isEqualTo(12);
        assertThat(reader.addresses().ownCount4(2)).isEqualTo(1);
        assertThat(reader.addresses().ownAddress4(2, 0)).isEqualTo(raw(192, 168, 1, 254));
        assertThat(reader.addresses().ownCount6(2)).isZero();
        assertThat(reader.addresses().ownAddress0(1, 0)).isEqualTo(Long.reverseBytes(0xfe80_0000_0000_0000L));
        assertThat(reader.addresses().ownPrefix6(1, 1)).isEqualTo(64);
    }

    @Test
    void a_source_address_is_of_the_same_network_if_there_is_one() {
        activate(image());

        assertThat(reader.addresses().sourceAddress4(1, raw(172, 31, 9, 9))).isEqualTo(raw(172, 16, 0, 1));
        assertThat(reader.addresses().sourceAddress4(1, raw(172, 32, 0, 1))).isEqualTo(raw(10, 0, 0, 1));
        RawAddress neighbour = RawAddress.ofBits6(0x2001_0db8_0000_0000L, 9);
        assertThat(reader.addresses().sourceAddress6(1, neighbour.address0(), neighbour.address1()))
                .isEqualTo(1);
        RawAddress distant = RawAddress.ofBits6(0x2a00_0000_0000_0000L, 9);
        assertThat(reader.addresses().sourceAddress6(1, distant.address0(), distant.address1()))
                .isEqualTo(1);
        RawAddress linkLocal = RawAddress.ofBits6(0xfe80_0000_0000_0000L, 77);
        assertThat(reader.addresses().sourceAddress6(1, linkLocal.address0(), linkLocal.address1()))
                .isZero();
        assertThat(reader.addresses().sourceAddress6(2, distant.address0(), distant.address1()))
                .isEqualTo(ConfigurationReader.NONE);
    }

    @Test
    void virtual_addresses_are_listed_once_with_the_interface_of_their_network() {
        activate(image());

        assertThat(reader.addresses().virtualCount4()).isEqualTo(2);
        assertThat(reader.addresses().virtualAddress4(0)).isEqualTo(VIP);
        assertThat(reader.addresses().virtualInterface4(0)).isEqualTo(1);
        assertThat(reader.addresses().virtualCount6()).isEqualTo(1);
        assertThat(reader.addresses().virtualAddress1(0)).isEqualTo(VIP6.address1());
        assertThat(reader.addresses().virtualInterface6(0)).isEqualTo(1);
    }

    @Test
    void settings_are_read_as_written() {
        activate(image());

        assertThat(reader.timeoutMs(ConnectionState.ESTABLISHED)).isEqualTo(900_000);
        assertThat(reader.timeoutMs(ConnectionState.CLOSED)).isEqualTo(10_000);
        assertThat(reader.resetsPerSecond()).isEqualTo(1000);
        assertThat(reader.pendingPackets()).isEqualTo(256);
        assertThat(reader.forwardingEnabled()).isTrue();
    }

    @Test
    void a_reader_sees_the_new_side_only_after_refresh() {
        activate(image());
        int before = reader.service4(VIP, TCP, 80);

        ConfigurationWriter.write(
                backup(), ConfigurationImage.builder().generation(2).build());
        sides.flip();

        assertThat(reader.serviceNumber(before)).isEqualTo(7);
        assertThat(sides.isQuiescent()).isFalse();
        assertThat(reader.refresh()).isEqualTo(2);
        assertThat(sides.isQuiescent()).isTrue();
        assertThat(reader.service4(VIP, TCP, 80)).isEqualTo(ConfigurationReader.ABSENT);
    }

    @Test
    void a_retired_reader_is_not_waited_for() {
        activate(image());
        reader.retire();
        sides.flip();

        assertThat(sides.isQuiescent()).isTrue();
    }

    @Test
    void a_configuration_that_does_not_fit_is_refused_before_the_first_store() {
        MemorySegment small = MemorySegment.ofArray(new byte[2048]);
        long needed = ConfigurationWriter.bytesNeeded(image());

        assertThatThrownBy(() -> ConfigurationWriter.write(small, image()))
                .isInstanceOf(ConfigurationCapacityException.class)
                .hasMessageContaining(needed + " bytes, more than the 2048");
        assertThat(small.toArray(ConfigurationLayout.U8)).containsOnly(0);
    }

    @Test
    void a_configuration_that_fits_exactly_is_written() {
        int needed = (int) ConfigurationWriter.bytesNeeded(image());

        ConfigurationWriter.write(MemorySegment.ofArray(new byte[needed]), image());

        assertThatThrownBy(() -> ConfigurationWriter.write(MemorySegment.ofArray(new byte[needed - 1]), image()))
                .isInstanceOf(ConfigurationCapacityException.class);
    }

    @Test
    void two_services_on_one_address_and_port_are_refused() {
        RawAddress vip = RawAddress.of4(VIP);
        ConfigurationImage image = ConfigurationImage.builder()
                .add(service(1, TCP, 80, List.of(vip), Members.NONE, Members.NONE))
                .add(service(2, TCP, 80, List.of(vip), Members.NONE, Members.NONE))
                .build();

        assertThatThrownBy(() -> ConfigurationWriter.write(a, image)).hasMessageContaining("already belong");
    }

    @Test
    void a_slot_must_name_a_member() {
        Members broken = new Members(List.of(new Member(1, 1, SERVER_A, 0)), SelectionSlots.of((char) 1));
        ConfigurationImage image = ConfigurationImage.builder()
                .add(service(1, TCP, 80, List.of(RawAddress.of4(VIP)), broken, Members.NONE))
                .build();

        assertThatThrownBy(() -> ConfigurationWriter.write(a, image)).hasMessageContaining("names member 1 of 1");
    }

    @Test
    void a_snapshot_holds_what_was_written_and_names_by_number() {
        activate(image());

        ConfigurationSnapshot snapshot = ConfigurationSnapshot.read(sides, a, b);

        assertThat(snapshot.image()).isEqualTo(image());
        assertThat(snapshot.serviceName(7)).isEqualTo("service number 7");
        assertThat(snapshot.serviceName(70)).isEqualTo("service-70");
        assertThat(snapshot.serverName(2)).isEqualTo("b");
        assertThat(snapshot.interfaceName(2)).isEqualTo("int0");
    }

    @Test
    void every_one_of_many_services_is_found_and_no_other() {
        Random random = new Random(1);
        MemorySegment large = Arena.ofAuto().allocate(1 << 22);
        ConfigurationImage.Builder builder = ConfigurationImage.builder();
        for (int number = 1; number <= 5000; number++) {
            builder.add(service(
                    number, number % 2 == 0 ? TCP : UDP, number % 7, addressFor(number), Members.NONE, Members.NONE));
        }
        ConfigurationWriter.write(large, builder.build());
        Sides other = new Sides(Arena.ofAuto().allocate(Sides.bytes(1), 64));
        ConfigurationReader many = new ConfigurationReader(other, large, large, 0);
        many.refresh();

        for (int number = 1; number <= 5000; number++) {
            int protocol = number % 2 == 0 ? TCP : UDP;
            int found = many.service4(number * 7919, protocol, number % 7);
            assertThat(many.serviceNumber(found)).isEqualTo(number);
            assertThat(many.service4(number * 7919, protocol ^ TCP ^ UDP, 80)).isEqualTo(ConfigurationReader.ABSENT);
            assertThat(many.addressKind4(random.nextInt() | 1 << 31)).isEqualTo(ConfigurationReader.NOT_LOCAL);
        }
    }

    @Test
    void a_configuration_with_rules_tags_and_control_comes_back_whole() {
        ConfigurationImage written = adorned(rule(0, 0, 0xffff, -1, 0, 1), rule(104, 80, 80, 1L << 46, 1L << 8, 0));
        activate(written);

        ConfigurationImage read = ConfigurationSnapshot.read(sides, a, b).image();

        assertThat(read).isEqualTo(written);
        assertThat(read.servers().getFirst().tags()).containsExactly("gpu", "eu-west");
        assertThat(read.services().getFirst().ipv4().members().getFirst().configuredWeight())
                .isEqualTo(5);
    }

    @Test
    void the_first_rule_that_holds_and_has_slots_chooses() {
        Rule empty = rule(0, 0, 0xffff, -1, 0);
        activate(adorned(
                empty,
                rule(120, 0, 0xffff, -1, 0, 1), // 10.9.8.0/24
                rule(0, 8000, 8010, -1, 0, 0),
                rule(0, 0, 0xffff, 1L << 46, 0, 1),
                rule(0, 0, 0xffff, -1, 1L << 8 | 1L << 4, 1)));
        int service = reader.service4(VIP, TCP, 0);
        int own = reader.table(service);

        assertThat(reader.ruleCount(service)).isEqualTo(5);
        assertThat(reader.tableSize(own)).isEqualTo(reader.selectionSize(service));
        assertThat(table(service, raw(10, 9, 7, 1), 80, 0, 0)).isEqualTo(own);
        int network = table(service, raw(10, 9, 8, 1), 80, 0, 0);
        assertThat(network).isNotEqualTo(own);
        assertThat(reader.tableSize(network)).isEqualTo(1);
        assertThat(reader.serverNumber(reader.selection(service, network, 0))).isEqualTo(2);
        int port = table(service, raw(10, 9, 7, 1), 8010, 0, 0);
        assertThat(reader.serverNumber(reader.selection(service, port, 0))).isEqualTo(1);
        assertThat(table(service, raw(10, 9, 7, 1), 8011, 0, 0)).isEqualTo(own);
        assertThat(table(service, raw(10, 9, 7, 1), 80, 46, 0)).isNotEqualTo(own);
        assertThat(table(service, raw(10, 9, 7, 1), 80, 45, 0)).isEqualTo(own);
        assertThat(table(service, raw(10, 9, 7, 1), 80, 0, 1L << 8 | 1L << 4 | 2))
                .isNotEqualTo(own);
        assertThat(table(service, raw(10, 9, 7, 1), 80, 0, 1L << 8)).isEqualTo(own);
    }

    @Test
    void resetting_servers_and_control_ports_are_named() {
        activate(adorned());

        assertThat(reader.hasResettingServers()).isTrue();
        assertThat(reader.isResetting(2)).isTrue();
        assertThat(reader.isResetting(1)).isFalse();
        assertThat(reader.isResetting(66)).isFalse();
        assertThat(reader.resettingWord(0)).isEqualTo(4);
        assertThat(reader.control().interfaceId()).isEqualTo(1);
        assertThat(reader.control().linkAddress()).isEqualTo(0x0200_0000_00ffL);
        assertThat(reader.control().packetsPerSecond()).isEqualTo(500);
        assertThat(reader.control().isPort(7001)).isTrue();
        assertThat(reader.control().isPort(64_999)).isTrue();
        assertThat(reader.control().isPort(65_000)).isFalse();
        assertThat(reader.control().isPort(7002)).isFalse();

        ConfigurationWriter.write(backup(), image());
        sides.flip();
        reader.refresh();
        assertThat(reader.hasResettingServers()).isFalse();
        assertThat(reader.isResetting(2)).isFalse();
        assertThat(reader.control().interfaceId()).isZero();
    }

    private static ConfigurationImage withHost(Host host) {
        return ConfigurationImage.builder()
                .add(new Interface(
                        "int0", 0x0200_0000_0001L, 1500, List.of(new OwnAddress(RawAddress.of4(raw(10, 1, 0, 1)), 24))))
                .add(new Interface("host", 0x0200_0000_0002L, 1500, List.of()))
                .host(host)
                .build();
    }

    private static Host host(RawAddress... addresses) {
        return new Host(
                2,
                0x0200_0000_00aaL,
                List.of(addresses),
                1000,
                100,
                250,
                List.of(
                        new ReservedSource(RawAddress.of4(raw(10, 7, 0, 0)), 96 + 16),
                        new ReservedSource(RawAddress.ofBits6(0x2001_0db8_0007_0000L, 0), 48),
                        new ReservedSource(new RawAddress(0, 0), 0)),
                List.of(new PortRange(22, 22), new PortRange(5000, 5999)));
    }

    @Test
    void the_host_has_addresses_limits_and_reserved_packets() {
        RawAddress address4 = RawAddress.of4(raw(10, 1, 0, 20));
        RawAddress address6 = RawAddress.ofBits6(0x2001_0db8_0000_0000L, 0x20);
        ConfigurationImage image = withHost(host(address4, address6));
        activate(image);

        assertThat(ConfigurationSnapshot.read(sides, a, b).image()).isEqualTo(image);
        assertThat(reader.addressKind4(raw(10, 1, 0, 20))).isEqualTo(ConfigurationReader.HOST);
        assertThat(reader.addressKind6(address6.address0(), address6.address1()))
                .isEqualTo(ConfigurationReader.HOST);
        assertThat(reader.ownInterface4(raw(10, 1, 0, 20))).isZero();
        assertThat(reader.addresses().virtualCount4()).isEqualTo(1);
        assertThat(reader.addresses().virtualInterface4(0)).isEqualTo(1);
        assertThat(reader.addresses().virtualCount6()).isEqualTo(1);
        assertThat(reader.addresses().virtualInterface6(0)).isZero();
        HostView host = reader.host();
        assertThat(host.interfaceId()).isEqualTo(2);
        assertThat(host.linkAddress()).isEqualTo(0x0200_0000_00aaL);
        assertThat(host.packetsPerSecond()).isEqualTo(1000);
        assertThat(host.perSource()).isEqualTo(100);
        assertThat(host.reservedPerSecond()).isEqualTo(250);
        assertThat(host.isReservedPort(22)).isTrue();
        assertThat(host.isReservedPort(5500)).isTrue();
        assertThat(host.isReservedPort(23)).isFalse();
        assertThat(host.isReservedSource(0, ConfigurationReader.mapped1(raw(10, 7, 9, 9))))
                .isTrue();
        assertThat(host.isReservedSource(0, ConfigurationReader.mapped1(raw(10, 8, 9, 9))))
                .as("::/0 is not for IPv4")
                .isFalse();
        assertThat(host.isReservedSource(address6.address0(), 7)).isTrue();

        ConfigurationWriter.write(backup(), image());
        sides.flip();
        reader.refresh();
        assertThat(reader.host().interfaceId()).isZero();
        assertThat(reader.host().isReservedPort(22)).isFalse();
        assertThat(reader.addressKind4(raw(10, 1, 0, 20))).isNotEqualTo(ConfigurationReader.HOST);
    }

    @Test
    void an_impossible_host_is_refused() {
        RawAddress address = RawAddress.of4(raw(10, 1, 0, 20));
        Host host = host(address);

        assertThatThrownBy(() -> ConfigurationWriter.write(a, withHost(host(address, address))))
                .hasMessageContaining("given twice");
        assertThatThrownBy(() -> ConfigurationWriter.write(
                        a, withHost(new Host(3, 1, List.of(address), 1, 1, 1, List.of(), List.of()))))
                .hasMessageContaining("host interface");
        assertThatThrownBy(() -> ConfigurationWriter.write(
                        a, withHost(new Host(2, 1, List.of(), 1, 1, 1, List.of(), List.of(new PortRange(9, 8))))))
                .hasMessageContaining("reserved port");
        assertThatThrownBy(() -> ConfigurationWriter.write(
                        a,
                        withHost(new Host(
                                2,
                                1,
                                List.of(),
                                1,
                                1,
                                1,
                                java.util.Collections.nCopies(
                                        33, host.reservedSources().getFirst()),
                                List.of()))))
                .hasMessageContaining("reserved sources");
    }

    @Test
    void impossible_rules_and_control_settings_are_refused() {
        assertThatThrownBy(() -> ConfigurationWriter.write(a, adorned(rule(129, 0, 1, -1, 0, 0))))
                .hasMessageContaining("prefix length of a rule");
        assertThatThrownBy(() -> ConfigurationWriter.write(a, adorned(rule(0, 2, 1, -1, 0, 0))))
                .hasMessageContaining("least port of a rule");
        assertThatThrownBy(() -> ConfigurationWriter.write(a, adorned(rule(0, 0, 1, -1, 0, 2))))
                .hasMessageContaining("a slot names member 2 of 2");
        assertThatThrownBy(() -> ConfigurationWriter.write(a, control(3, new PortRange(1, 2))))
                .hasMessageContaining("control interface: 3");
        assertThatThrownBy(() -> ConfigurationWriter.write(a, control(1, new PortRange(0, 2))))
                .hasMessageContaining("control port: 0");
        assertThatThrownBy(() -> ConfigurationWriter.write(a, control(1, new PortRange(7, 65_536))))
                .hasMessageContaining("control port: 65536");
    }

    private int table(int service, int client, int port, int dscp, long tcpOptions) {
        return reader.tableFor(service, 0, ConfigurationReader.mapped1(client), port, dscp, tcpOptions);
    }

    private static Rule rule(int prefix, int least, int greatest, long dscp, long tcpOptions, int... slots) {
        char[] members = new char[slots.length];
        for (int k = 0; k < slots.length; k++) {
            members[k] = (char) slots[k];
        }
        RawAddress network = RawAddress.of4(raw(10, 9, 8, 0));
        return new Rule(network, prefix, least, greatest, dscp, tcpOptions, SelectionSlots.of(members));
    }

    /** Everything that {@link #image} has not. */
    private static ConfigurationImage adorned(Rule... rules) {
        List<Member> members = List.of(new Member(1, 3, 5, SERVER_A, 8080), new Member(2, 0, 4, SERVER_B, 0));
        Members ipv4 = new Members(members, SelectionSlots.of((char) 0, (char) 0), List.of(rules));
        return ConfigurationImage.builder()
                .settings(control(1, new PortRange(7001, 7001), new PortRange(61_000, 64_999))
                        .settings())
                .add(new Interface("control0", 0x0200_0000_0001L, 1500, List.of()))
                .add(new Server(1, "a", 2, List.of(SERVER_A), List.of("gpu", "eu-west"), false))
                .add(new Server(2, "b", 1, List.of(SERVER_B), List.of(), true))
                .add(new Service(
                        7,
                        "web",
                        TCP,
                        0,
                        ConfigurationReader.NAT,
                        ConfigurationReader.HOT_COLD,
                        List.of(RawAddress.of4(VIP)),
                        ipv4,
                        Members.NONE,
                        ConfigurationReader.EVEN_LOAD))
                .build();
    }

    private static ConfigurationImage control(int id, PortRange... ports) {
        return ConfigurationImage.builder()
                .settings(Settings.DEFAULTS.withControl(id, 0x0200_0000_00ffL, List.of(ports), 500))
                .add(new Interface("control0", 0x0200_0000_0001L, 1500, List.of()))
                .build();
    }

    private static List<RawAddress> addressFor(int number) {
        return List.of(RawAddress.of4(number * 7919));
    }

    private void activate(ConfigurationImage image) {
        ConfigurationWriter.write(backup(), image);
        sides.flip();
        assertThat(reader.refresh()).isEqualTo(1);
    }

    private MemorySegment backup() {
        return Sides.side(sides.active()) == Sides.A ? b : a;
    }

    private static ConfigurationImage image() {
        Member a = new Member(1, 2, SERVER_A, 8080);
        Member b = new Member(2, 1, SERVER_B, 0);
        Member b6 = new Member(2, 1, SERVER_B6, 0);
        RawAddress vip = RawAddress.of4(VIP);
        RawAddress vip2 = RawAddress.of4(raw(10, 0, 0, 101));
        return ConfigurationImage.builder()
                .cause("test")
                .createdAtEpochMs(1_700_000_000_000L)
                .add(new Interface(
                        "ext0",
                        0x0200_0000_0001L,
                        1500,
                        List.of(
                                new OwnAddress(RawAddress.of4(raw(10, 0, 0, 1)), 24),
                                new OwnAddress(RawAddress.of4(raw(172, 16, 0, 1)), 12),
                                new OwnAddress(RawAddress.ofBits6(0xfe80_0000_0000_0000L, 1), 64),
                                new OwnAddress(RawAddress.ofBits6(0x2001_0db8_0000_0000L, 1), 64))))
                .add(new Interface(
                        "int0",
                        0x0200_0000_0002L,
                        9000,
                        List.of(new OwnAddress(RawAddress.of4(raw(192, 168, 1, 254)), 24))))
                .add(new Server(1, "a", 2, List.of(SERVER_A)))
                .add(new Server(2, "b", 1, List.of(SERVER_B, SERVER_B6)))
                .add(service(
                        7, TCP, 80, List.of(vip, VIP6), Members.inOrder(List.of(a, b)), Members.inOrder(List.of(b6))))
                .add(service(8, UDP, 0, List.of(vip2), Members.inOrder(List.of(a)), Members.NONE))
                .add(service(
                        9,
                        UDP,
                        53,
                        List.of(vip2),
                        Members.inOrder(List.of(new Member(1, 0, SERVER_A, 0))),
                        Members.NONE))
                .build();
    }

    private static Service service(
            int number, int protocol, int port, List<RawAddress> addresses, Members ipv4, Members ipv6) {
        return new Service(
                number,
                "service number " + number,
                protocol,
                port,
                ConfigurationReader.NAT,
                ConfigurationReader.MAGLEV,
                addresses,
                ipv4,
                ipv6);
    }

    private static int raw(int a, int b, int c, int d) {
        return d << 24 | c << 16 | b << 8 | a;
    }
}
