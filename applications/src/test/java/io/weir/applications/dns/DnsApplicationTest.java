package io.weir.applications.dns;

import static io.weir.applications.dns.Queries.A;
import static io.weir.applications.dns.Queries.AAAA;
import static io.weir.applications.dns.Queries.ANY;
import static io.weir.applications.dns.Queries.MX;
import static io.weir.applications.dns.Queries.SOA;
import static io.weir.applications.dns.Queries.edns;
import static io.weir.applications.dns.Queries.message;
import static io.weir.applications.dns.Queries.name;
import static io.weir.applications.dns.Queries.opt;
import static io.weir.applications.dns.Queries.query;
import static io.weir.applications.dns.Queries.question;
import static io.weir.applications.dns.Queries.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.application.testing.IpPacket;
import io.weir.application.testing.TestNode;
import io.weir.application.testing.TestPackets;
import io.weir.application.testing.Verb;
import io.weir.applications.Family;
import io.weir.applications.TcpClient;
import io.weir.applications.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcap4j.packet.DnsPacket;
import org.pcap4j.packet.DnsPacket.DnsHeader;
import org.pcap4j.packet.DnsRDataA;
import org.pcap4j.packet.DnsRDataAaaa;
import org.pcap4j.packet.DnsRDataSoa;
import org.pcap4j.packet.DnsResourceRecord;
import org.pcap4j.packet.IllegalRawDataException;

class DnsApplicationTest {
    private static final int FORMERR = 1;
    private static final int NXDOMAIN = 3;
    private static final int NOTIMP = 4;
    private static final int REFUSED = 5;

    private final TestNode node;
    private final TestPackets packets;

    DnsApplicationTest() throws SettingsException {
        node = TestNode.of(new DnsProvider(), settings("0"));
        packets = node.packets();
    }

    private static Settings settings(String rate) {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add("2001:db8::" + Integer.toHexString(i));
        }
        return Settings.of(Map.of(
                "zone",
                List.of("example.org", "deep.in.example.net", "example.net"),
                "names",
                Map.of(
                        "www.example.org",
                        List.of("198.51.100.10", "2001:db8::10"),
                        "Example.org.",
                        List.of("198.51.100.11", "198.51.100.12"),
                        "host.below.example.org",
                        "2001:db8::11",
                        "many.example.org",
                        many),
                "ttl",
                "60",
                "responses-per-second",
                rate));
    }

    /** The response to a query over UDP, checked as a packet. */
    private byte[] ask(byte[] query) {
        packets.clear().add(IpPacket.udp(Family.IPV4.client, 4000, Family.IPV4.own, 53, query));
        node.application().receive(packets);
        packets.verify();
        assertThat(packets.verb(0)).as(packets.fate(0)).isEqualTo(Verb.ANSWERED);
        IpPacket answer = Wire.checked(packets.answerBytes(0));
        assertThat(answer.sourcePort()).isEqualTo(53);
        assertThat(answer.destinationPort()).isEqualTo(4000);
        return answer.payload();
    }

    private static DnsHeader header(byte[] response) {
        try {
            DnsHeader header = DnsPacket.newPacket(response, 0, response.length).getHeader();
            assertThat(header.length()).as("all of it is read").isEqualTo(response.length);
            assertThat(header.getId()).isEqualTo((short) 0x1234);
            assertThat(header.isResponse()).isTrue();
            assertThat(header.isRecursionAvailable()).isFalse();
            return header;
        } catch (IllegalRawDataException e) {
            throw new AssertionError(HexFormat.of().formatHex(response), e);
        }
    }

    private static int code(byte[] response) {
        return response[3] & 0xf;
    }

    private static List<String> addresses(DnsHeader header) {
        return header.getAnswers().stream()
                .map(record -> switch (record.getRData()) {
                    case DnsRDataA a -> a.getAddress().getHostAddress();
                    case DnsRDataAaaa aaaa -> aaaa.getAddress().getHostAddress();
                    default -> "other";
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void a_name_is_answered_over_both_families(Family family) {
        packets.add(IpPacket.udp(family.client, 4000, family.own, 53, query("www.example.org", A)))
                .add(IpPacket.udp(family.client, 4001, family.own, 53, query("www.example.org", AAAA)));
        node.application().receive(packets);
        packets.verify();
        DnsHeader a = header(Wire.checked(packets.answerBytes(0)).payload());
        assertThat(a.isAuthoritativeAnswer()).isTrue();
        assertThat(a.isRecursionDesired()).isTrue();
        assertThat(a.isTruncated()).isFalse();
        assertThat(addresses(a)).containsExactly("198.51.100.10");
        DnsResourceRecord record = a.getAnswers().getFirst();
        assertThat(record.getTtl()).isEqualTo(60);
        assertThat(a.getQuestions().getFirst().getQName().getName()).isEqualTo("www.example.org");
        assertThat(a.getArCountAsInt()).isZero();
        assertThat(addresses(header(Wire.checked(packets.answerBytes(1)).payload())))
                .containsExactly("2001:db8:0:0:0:0:0:10");
        assertThat(node.counters()).hasToString("queries=2 answered=2");
    }

    @Test
    void the_name_of_a_zone_has_addresses_too() {
        assertThat(addresses(header(ask(query("example.org", A))))).containsExactly("198.51.100.11", "198.51.100.12");
    }

    @Test
    void letters_have_no_case_and_come_back_as_they_were() {
        DnsHeader header = header(ask(query("wWw.eXaMpLe.OrG", A)));
        assertThat(addresses(header)).containsExactly("198.51.100.10");
        assertThat(header.getQuestions().getFirst().getQName().getName()).isEqualTo("wWw.eXaMpLe.OrG");
    }

    @Test
    void another_type_of_a_known_name_has_no_data() {
        for (byte[] query : List.of(
                query("www.example.org", MX),
                query("host.below.example.org", A),
                query("below.example.org", ANY),
                query("deep.in.example.net", A),
                query("in.example.net", A))) {
            DnsHeader header = header(ask(query));
            assertThat(header.getrCode().value()).isEqualTo((byte) 0);
            assertThat(header.getAnswers()).isEmpty();
            assertThat(header.isAuthoritativeAnswer()).isTrue();
            DnsRDataSoa soa = (DnsRDataSoa) header.getAuthorities().getFirst().getRData();
            assertThat(soa.getMinimum()).isEqualTo(60);
        }
        assertThat(node.counters().value("no-data")).isEqualTo(5);
    }

    @Test
    void an_unknown_name_in_a_zone_does_not_exist() {
        for (String name : List.of("mail.example.org", "x.www.example.org", "a.b.c.d.example.org", "ww.example.org")) {
            DnsHeader header = header(ask(query(name, A)));
            assertThat(header.getrCode().value()).as(name).isEqualTo((byte) NXDOMAIN);
            assertThat(header.isAuthoritativeAnswer()).isTrue();
            assertThat(header.getAuthorities()).hasSize(1);
        }
    }

    @Test
    void the_authority_is_that_of_the_closest_zone() {
        byte[] response = ask(query("x.deep.in.example.net", A));
        header(response);
        int record = 12 + name("x.deep.in.example.net").length + 4;
        // The owner is a pointer to "deep", behind the header and "x".
        assertThat(response).startsWith(Arrays.copyOf(response, record));
        assertThat(Arrays.copyOfRange(response, record, record + 2)).containsExactly(0xc0, 12 + 2);
        assertThat(header(ask(query("example.net", SOA))).getAnswers()).hasSize(1);
    }

    @Test
    void a_name_elsewhere_is_refused() {
        for (String name : List.of("www.example.com", "org", "", "xexample.org", "example.org.uk")) {
            DnsHeader header = header(ask(query(name, A)));
            assertThat(header.getrCode().value()).as(name).isEqualTo((byte) REFUSED);
            assertThat(header.isAuthoritativeAnswer()).isFalse();
            assertThat(header.getNsCountAsInt() + header.getAnCountAsInt()).isZero();
        }
        assertThat(code(ask(message(0, 1, 0, 0, 0, question("version.bind", 16, 3)))))
                .isEqualTo(REFUSED);
    }

    @Test
    void any_is_answered_by_next_to_nothing() {
        DnsHeader header = header(ask(query("www.example.org", ANY)));
        assertThat(header.getAnswers()).hasSize(1);
        assertThat(header.getAnswers().getFirst().getDataType().value()).isEqualTo((short) 13);
        assertThat(header.getAnswers().getFirst().getRData().toString()).contains("RFC8482");
    }

    @Test
    void edns_is_answered_by_edns() {
        byte[] response = ask(edns("www.example.org", A, 4096));
        DnsHeader header = header(response);
        assertThat(addresses(header)).containsExactly("198.51.100.10");
        assertThat(header.getArCountAsInt()).isEqualTo(1);
        byte[] record = Arrays.copyOfRange(response, response.length - 11, response.length);
        assertThat(record).containsExactly(0, 0, 41, 1232 >>> 8, 1232 & 0xff, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void the_wish_for_dnssec_comes_back_and_options_do_not() {
        byte[] cookie = opt(1232, 0, 0x8000, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8);
        byte[] response = ask(message(0x0110, 1, 0, 0, 1, question("mail.example.org", A, 1), cookie));
        assertThat(code(response)).isEqualTo(NXDOMAIN);
        byte[] record = Arrays.copyOfRange(response, response.length - 11, response.length);
        assertThat(record).containsExactly(0, 0, 41, 1232 >>> 8, 1232 & 0xff, 0, 0, 0x80, 0, 0, 0);
        assertThat(response[3] & 0x10).as("checking disabled").isEqualTo(0x10);
    }

    @Test
    void an_edns_version_that_is_unknown_is_refused_with_ours() {
        byte[] response = ask(message(0, 1, 0, 0, 1, question("www.example.org", A, 1), opt(1232, 1, 0)));
        assertThat(code(response)).isZero();
        byte[] record = Arrays.copyOfRange(response, response.length - 11, response.length);
        assertThat(record).containsExactly(0, 0, 41, 1232 >>> 8, 1232 & 0xff, 1, 0, 0, 0, 0, 0);
    }

    @Test
    void what_does_not_fit_is_left_out_whole_and_said() {
        for (byte[] query : List.of(query("many.example.org", AAAA), edns("many.example.org", AAAA, 1000))) {
            DnsHeader header = header(ask(query));
            assertThat(header.isTruncated()).isTrue();
            assertThat(header.getAnswers()).isEmpty();
        }
        byte[] whole = ask(edns("many.example.org", AAAA, 65535));
        assertThat(header(whole).getAnswers()).hasSize(40);
        assertThat(whole.length).isLessThanOrEqualTo(1232);
        // A size below 512 is 512 (RFC 6891 section 6.2.3).
        assertThat(header(ask(edns("example.org", A, 1))).getAnswers()).hasSize(2);
        assertThat(node.counters().value("truncated")).isEqualTo(2);
    }

    @Test
    void a_narrow_link_counts_like_a_small_buffer() {
        packets.clear()
                .mtu(600)
                .add(IpPacket.udp(Family.IPV6.client, 4000, Family.IPV6.own, 53, edns("many.example.org", AAAA, 4096)));
        node.application().receive(packets);
        assertThat(header(packets.answer(0).payload()).isTruncated()).isTrue();
        packets.clear()
                .mtu(68)
                .add(IpPacket.udp(Family.IPV4.client, 4000, Family.IPV4.own, 53, query("www.example.org", A)));
        node.application().receive(packets);
        assertThat(packets.dropReason(0)).isEqualTo("no-room");
    }

    @Test
    void responses_are_never_answered() {
        byte[] response = ask(query("www.example.org", A));
        for (byte[] each : List.of(response, message(0x8000, 0, 0, 0, 0), message(0xffff, 9, 9, 9, 9))) {
            assertThat(fate(each)).isEqualTo("response-received");
        }
    }

    /** What became of a message that is not answered. */
    private String fate(byte[] message) {
        packets.clear().add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 53, message));
        node.application().receive(packets);
        packets.verify();
        return packets.fate(0);
    }

    @Test
    void a_message_without_a_whole_header_is_dropped() {
        for (int length = 0; length < 12; length++) {
            assertThat(fate(new byte[length])).isEqualTo("header-cut-off");
        }
    }

    @Test
    void whatever_is_cut_off_is_a_format_error() {
        byte[] whole = message(0x0100, 1, 0, 0, 1, question("www.example.org", A, 1), opt(1232, 0, 0, 1, 2, 3, 4));
        for (int length = 12; length < whole.length; length++) {
            byte[] response = ask(Arrays.copyOf(whole, length));
            assertThat(code(response)).as("%d bytes", length).isEqualTo(FORMERR);
            assertThat(response).hasSize(12);
            assertThat(header(response).getQdCountAsInt()).isZero();
        }
        assertThat(addresses(header(ask(Arrays.copyOf(whole, whole.length + 3)))))
                .hasSize(1);
    }

    @Test
    void malformed_queries_are_format_errors() {
        byte[] right = question("www.example.org", A, 1);
        String label = "x".repeat(63) + ".";
        List<byte[]> wrong = List.of(
                message(0, 0, 0, 0, 0),
                message(0, 2, 0, 0, 0, right, right),
                message(0, 1, 1, 0, 0, right),
                message(0, 1, 0, 1, 0, right),
                message(0, 1, 0, 0, 1, right),
                message(0, 1, 0, 0, 65535, right, opt(512, 0, 0)),
                // two OPT records; one whose owner is not the root; one as question
                message(0, 1, 0, 0, 2, right, opt(512, 0, 0), opt(512, 0, 0)),
                message(0, 1, 0, 0, 1, right, record(name("x"), 41, 512, 0)),
                message(0, 1, 0, 0, 1, right, record(new byte[] {(byte) 0xc0, 12}, 41, 512, 0)),
                message(0, 1, 0, 0, 0, question("www.example.org", 41, 1)),
                // an additional record with a bad label, or data beyond the end
                message(0, 1, 0, 0, 1, right, record(new byte[] {0x40, 0}, 1, 1, 0)),
                message(0, 1, 0, 0, 1, right, new byte[] {0, 0, 1, 0, 1, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff}),
                // names: a pointer to itself and back, extended labels, one without an end, one too long
                message(0, 1, 0, 0, 0, new byte[] {(byte) 0xc0, 12, 0, 1, 0, 1}),
                message(0, 1, 0, 0, 0, new byte[] {1, 'x', (byte) 0xc0, 0, 0, 1, 0, 1}),
                message(0, 1, 0, 0, 0, new byte[] {0x41, 0, 0, 0, 1, 0, 1}),
                message(0, 1, 0, 0, 0, new byte[] {(byte) 0x80, 0, 0, 0, 1, 0, 1}),
                message(0, 1, 0, 0, 0, new byte[] {63, 'x', 0, 0, 1, 0, 1}),
                message(0, 1, 0, 0, 0, question(label + label + label + "x".repeat(62), A, 1)));
        for (byte[] query : wrong) {
            byte[] response = ask(query);
            assertThat(code(response)).as(HexFormat.of().formatHex(query)).isEqualTo(FORMERR);
            assertThat(response).hasSize(12);
        }
        assertThat(node.counters().value("format-errors")).isEqualTo(wrong.size());
    }

    @Test
    void the_longest_name_is_no_error() {
        String label = "x".repeat(63) + ".";
        assertThat(code(ask(query(label + label + label + "x".repeat(61), A)))).isEqualTo(REFUSED);
        assertThat(code(ask(query("x.".repeat(121) + "example.org", A)))).isEqualTo(NXDOMAIN);
        assertThat(code(ask(query("x.".repeat(126) + "x", A)))).isEqualTo(REFUSED);
    }

    @Test
    void other_operations_and_transfers_are_not_implemented() {
        for (int opcode = 1; opcode < 16; opcode++) {
            byte[] response = ask(message(opcode << 11 | 0x0100, 1, 0, 0, 0, question("example.org", SOA, 1)));
            assertThat(code(response)).isEqualTo(NOTIMP);
            assertThat(response[2] >>> 3 & 0xf).isEqualTo(opcode);
        }
        for (int type = 249; type < 255; type++) {
            assertThat(code(ask(query("example.org", type)))).isEqualTo(NOTIMP);
        }
    }

    @Test
    void names_of_any_octets_are_answered_or_refused() {
        // Not read by pcap4j, which takes names for text.
        packets.add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 53, query("\u00e4\u0000\u00ff.example.org", A)));
        // A dot within a label is no dot between labels.
        byte[] first = {11, 'w', 'w', 'w', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'};
        byte[] dotted = message(0, 1, 0, 0, 0, first, new byte[] {3, 'o', 'r', 'g', 0, 0, 1, 0, 1});
        packets.add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 53, dotted));
        node.application().receive(packets);
        packets.verify();
        assertThat(code(packets.answer(0).payload())).isEqualTo(NXDOMAIN);
        assertThat(code(packets.answer(1).payload())).isEqualTo(REFUSED);
    }

    @Test
    void a_query_in_pieces_is_a_format_error() {
        packets.addInPieces(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 53, query("www.example.org", A)), 20);
        node.application().receive(packets);
        assertThat(code(packets.answer(0).payload())).isEqualTo(FORMERR);
    }

    @Test
    void damaged_queries_and_those_without_a_port_are_dropped() {
        byte[] query = IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 53, query("www.example.org", A));
        query[45] ^= 1;
        packets.add(query).add(IpPacket.udp("192.0.2.1", 0, "198.51.100.10", 53, query("www.example.org", A)));
        node.application().receive(packets);
        assertThat(packets.fate(0)).isEqualTo("DAMAGED");
        assertThat(packets.dropReason(1)).isEqualTo("source-port-invalid");
    }

    @Test
    void tcp_is_refused_at_once() {
        TcpClient client = new TcpClient(node, Family.IPV6, 40000, 9);
        IpPacket reset = client.ask(IpPacket.SYN, "");
        assertThat(reset.flags()).isEqualTo(IpPacket.RST | IpPacket.ACK);
        assertThat(reset.acknowledgment()).isEqualTo(10);
        assertThat(client.ask(IpPacket.ACK, "").flags()).isEqualTo(IpPacket.RST);
        assertThat(client.send(client.segment(IpPacket.RST, ""))).isNull();
        assertThat(client.send(client.segment(0, ""))).isNull();
        assertThat(client.fate).isEqualTo("segment-unexpected");
    }

    @Test
    void each_prefix_of_clients_gets_so_many_responses_in_a_second() throws SettingsException {
        TestNode limited = TestNode.of(new DnsProvider(), settings("10"));
        assertThat(answered(limited, "192.0.2.%d", 50, 5_000_000)).isEqualTo(10);
        assertThat(answered(limited, "192.0.3.%d", 50, 5_000_000)).isEqualTo(10);
        assertThat(answered(limited, "2001:db8:0:0:%d::", 50, 5_000_000)).isEqualTo(10);
        assertThat(answered(limited, "192.0.2.%d", 50, 5_500_000)).isEqualTo(5);
        assertThat(answered(limited, "192.0.2.%d", 50, 900_000_000)).isEqualTo(10);
        assertThat(limited.counters().value("queries")).isEqualTo(45);
    }

    private static int answered(TestNode node, String clients, int count, long micros) {
        TestPackets packets = node.packets().at(micros);
        for (int i = 0; i < count; i++) {
            String client = String.format(clients, i);
            String own = client.contains(":") ? Family.IPV6.own : Family.IPV4.own;
            packets.add(IpPacket.udp(client, 4000, own, 53, query("www.example.org", A)));
        }
        node.application().receive(packets);
        packets.verify();
        int answered = 0;
        for (int i = 0; i < count; i++) {
            answered += packets.verb(i) == Verb.ANSWERED ? 1 : 0;
            assertThat(packets.dropReason(i)).isIn(null, "rate-limited");
        }
        return answered;
    }

    @Test
    void more_prefixes_than_the_table_holds_are_limited_still() throws SettingsException {
        TestNode limited = TestNode.of(new DnsProvider(), settings("1"));
        int answered = 0;
        for (int i = 0; i < 300; i++) {
            answered += answered(limited, "10." + i % 250 + ".%d.1", 64, 5_000_000);
        }
        // 250 times 64 prefixes and 4096 slots; those that share a slot share its responses.
        assertThat(answered).isBetween(4000, 4096);
    }
}
