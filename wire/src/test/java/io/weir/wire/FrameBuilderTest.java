package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameBuilderTest {
    private static final String FROM = "02:00:00:00:00:01";
    private static final String TO = "02:00:00:00:00:02";

    @Test
    void a_described_frame_shows_every_header_and_its_checksums() {
        byte[] frame = FrameBuilder.ethernet(FROM, TO)
                .vlan(7)
                .ip("10.0.0.1", "10.0.0.2")
                .tcp(Tcp.of(40000, 80, TcpFlags.SYN, 1, 0).withOptions(new TcpOption.MaximumSegmentSize(1460)))
                .payload("hello, weir")
                .build();

        assertThat(FrameDescription.describe(frame)).isEqualTo("""
                frame of 73 bytes
                Ethernet
                  destination       02:00:00:00:00:02
                  source            02:00:00:00:00:01
                  type              0x8100 802.1Q
                802.1Q
                  priority          0
                  VLAN              7
                  type              0x0800 IPv4
                IPv4
                  source            10.0.0.1
                  destination       10.0.0.2
                  header length     20
                  total length      55
                  traffic class     DSCP 0, ECN 0
                  identification    0x0000
                  fragment          don't fragment, offset 0
                  time to live      64
                  protocol          6 TCP
                  checksum          0x26bf correct
                TCP
                  source port       40000
                  destination port  80
                  sequence          1
                  acknowledgment    0
                  header length     24
                  flags             SYN
                  window            65535
                  checksum          0xaba8 correct
                  urgent pointer    0
                  option            2 maximum segment size 05b4
                payload, 11 bytes
                  0000  68 65 6c 6c 6f 2c 20 77 65 69 72                 hello, weir
                """);
    }

    @Test
    void wrong_partial_and_missing_checksums_are_told_apart() {
        FrameBuilder tcp =
                FrameBuilder.ethernet(FROM, TO).ip("10.0.0.1", "10.0.0.2").tcp(1, 2, TcpFlags.ACK, 3, 4);
        byte[] wrong = tcp.build();
        wrong[wrong.length - 1] ^= 1;

        assertThat(FrameDescription.describe(wrong)).contains("WRONG");
        assertThat(FrameDescription.describe(tcp.withPartialChecksum().build()))
                .contains(" partial\n")
                .doesNotContain("WRONG");
        byte[] without = FrameBuilder.ethernet(FROM, TO)
                .ip("10.0.0.1", "10.0.0.2")
                .udp(1, 2)
                .withoutChecksum()
                .build();
        assertThat(FrameDescription.describe(without)).contains("0x0000 none").doesNotContain("WRONG");
    }

    @Test
    void an_error_message_shows_the_packet_it_is_about() {
        byte[] inner = FrameBuilder.ethernet(FROM, TO)
                .ip("2001:db8::1", "2001:db8::2")
                .udp(5000, 53)
                .payload(new byte[100])
                .build();
        byte[] error = FrameBuilder.ethernet(TO, FROM)
                .ip("2001:db8::ff", "2001:db8::1")
                .icmpv6(new Icmpv6(Icmpv6View.PACKET_TOO_BIG, 0, 1280))
                .payload(Arrays.copyOfRange(inner, 14, 14 + 56))
                .build();

        assertThat(FrameDescription.describe(error))
                .contains("type              2 packet too big")
                .contains("about the packet\n  IPv6\n")
                .contains("    payload length    108, of which 16 are here")
                .contains("    destination port  53")
                .contains("not verifiable here");
    }

    @Test
    void fragments_put_together_are_the_packet() {
        byte[] payload = new RandomHeaders(new Random(815)).bytes(3001);
        for (String[] addresses :
                List.of(new String[] {"10.0.0.1", "10.0.0.2"}, new String[] {"2001:db8::1", "2001:db8::2"})) {
            FrameBuilder builder = FrameBuilder.ethernet(FROM, TO)
                    .ip(addresses[0], addresses[1])
                    .udp(5000, 53)
                    .payload(payload);
            byte[] whole = builder.build();

            List<byte[]> fragments = builder.buildFragments(1300, 0xabcd);

            assertThat(fragments).hasSize(3);
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            for (int i = 0; i < 3; i++) {
                assertThat(fragments.get(i).length - 14).isLessThanOrEqualTo(1300);
                together.writeBytes(fragmentData(fragments.get(i), together.size(), i == 2));
            }
            int headers = addresses[0].contains(":") ? 54 : 34;
            assertThat(together.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, headers, whole.length));
            assertThat(builder.buildFragments(9000, 1)).hasSize(1);
        }
    }

    private static byte[] fragmentData(byte[] frame, int expectedOffset, boolean last) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        Ipv4View ipv4 = new Ipv4View().wrap(memory, 14, frame.length - 14);
        if (ipv4.isValid()) {
            assertThat(ipv4.isChecksumCorrect()).isTrue();
            assertThat(ipv4.identification()).isEqualTo(0xabcd);
            assertThat(ipv4.fragmentOffset()).isEqualTo(expectedOffset);
            assertThat(ipv4.isMoreFragments()).isEqualTo(!last);
            return Arrays.copyOfRange(frame, 34, frame.length);
        }
        Ipv6View ipv6 = new Ipv6View().wrap(memory, 14, frame.length - 14);
        assertThat(ipv6.isValid()).isTrue();
        Ipv6ExtensionWalk walk = ipv6.extensions(new Ipv6ExtensionWalk());
        assertThat(walk.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(walk.fragmentIdentification()).isEqualTo(0xabcd);
        assertThat(walk.fragmentOffset()).isEqualTo(expectedOffset);
        assertThat(walk.isMoreFragments()).isEqualTo(!last);
        return Arrays.copyOfRange(frame, (int) walk.transportOffset(), frame.length);
    }

    @Test
    void neighbour_discovery_goes_out_with_255_hops() {
        byte[] frame = FrameBuilder.ethernet(FROM, "33:33:ff:00:00:02")
                .ip("fe80::1", "ff02::1:ff00:2")
                .ndp(new Ndp.NeighbourSolicitation(Ipv6Address.parse("fe80::2"), Optional.of(MacAddress.parse(FROM))))
                .build();

        assertThat(FrameDescription.describe(frame))
                .contains("hop limit         255")
                .contains("target            fe80::2")
                .contains("link-layer        02:00:00:00:00:01")
                .doesNotContain("WRONG");
    }
}
