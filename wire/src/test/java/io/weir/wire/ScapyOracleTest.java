package io.weir.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole frames against scapy: it reads the fields we wrote and computes the same lengths and checksums, and we read its. */
class ScapyOracleTest {
    private static final int FRAMES = 400;

    @TempDir
    static Path directory;

    private static String python = "";

    @BeforeAll
    static void findScapy() throws IOException, InterruptedException {
        // The distribution's python has the distribution's scapy, also where another python comes first on the path.
        for (String candidate : List.of("/usr/bin/python3", "python3")) {
            if (hasScapy(candidate)) {
                python = candidate;
                return;
            }
        }
        abort("scapy is not installed (Debian: python3-scapy)");
    }

    private static boolean hasScapy(String candidate) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(candidate, "-c", "import scapy.packet")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> scapy(List<String> input, String... arguments)
            throws IOException, InterruptedException {
        Path script = directory.resolve("scapy_oracle.py");
        try (InputStream resource = ScapyOracleTest.class.getResourceAsStream("scapy_oracle.py")) {
            assertThat(resource).isNotNull();
            Files.write(script, resource.readAllBytes());
        }
        Path in = Files.write(directory.resolve("in"), input, UTF_8);
        Path out = directory.resolve("out");
        Path errors = directory.resolve("errors");
        List<String> command = new ArrayList<>(List.of(python, script.toString()));
        command.addAll(List.of(arguments));
        int status = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(errors)).isZero();
        return Files.readAllLines(out);
    }

    @Test
    void scapy_reads_our_frames_and_builds_the_same() throws IOException, InterruptedException {
        RandomHeaders headers = new RandomHeaders(new Random(2_5_0));
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            frames.add(headers.frame());
        }

        List<String> lines =
                scapy(frames.stream().map(HexFormat.of()::formatHex).toList(), "read");

        assertThat(lines).hasSize(FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = frames.get(i);
            assertThat(lines.get(i))
                    .as(() -> FrameDescription.describe(frame))
                    .isEqualTo(HexFormat.of().formatHex(frame) + " " + fields(frame));
            assertThat(FrameDescription.describe(frame)).doesNotContain("WRONG").doesNotContain("not a");
        }
    }

    @Test
    void we_read_the_frames_of_scapy_and_find_their_checksums_right() throws IOException, InterruptedException {
        List<String> lines = scapy(List.of(), "make", Integer.toString(FRAMES));

        assertThat(lines).hasSize(FRAMES);
        for (String line : lines) {
            int space = line.indexOf(' ');
            byte[] frame = HexFormat.of().parseHex(line.substring(0, space));
            assertThat(fields(frame)).isEqualTo(line.substring(space + 1));
            assertThat(FrameDescription.describe(frame)).doesNotContain("WRONG").doesNotContain("not a");
        }
    }

    /** The fields of a frame in the words of the script, read by our views. */
    private static String fields(byte[] frame) {
        MemorySegment memory = MemorySegment.ofArray(frame);
        EthernetView ethernet = new EthernetView().wrap(memory, 0, frame.length);
        List<String> out = new ArrayList<>();
        out.add(new MacAddress(ethernet.source()).toString());
        out.add(new MacAddress(ethernet.destination()).toString());
        int at = EthernetView.HEADER_LENGTH;
        int type = ethernet.etherType();
        if (ethernet.isTagged()) {
            VlanView vlan = new VlanView().wrap(memory, at, frame.length - at);
            out.add("vlan " + vlan.priority() + " " + (vlan.isDropEligible() ? 1 : 0) + " " + vlan.identifier());
            type = vlan.etherType();
            at += VlanView.HEADER_LENGTH;
        }
        int length = frame.length - at;
        if (type == EtherType.ARP) {
            Arp arp = Arp.parse(new ArpView().wrap(memory, at, length));
            out.add("arp " + arp.operation() + " " + arp.senderMac() + " " + arp.senderAddress() + " " + arp.targetMac()
                    + " " + arp.targetAddress());
        } else if (type == EtherType.IPV4) {
            Ipv4 ipv4 = Ipv4.parse(new Ipv4View().wrap(memory, at, length));
            out.add("ipv4 " + ipv4.source() + " " + ipv4.destination() + " " + ipv4.trafficClass() + " "
                    + ipv4.identification() + " " + ipv4.timeToLive() + " " + ipv4.protocol());
            out.add(transport(memory, at + ipv4.headerLength(), ipv4.payloadLength(), ipv4.protocol()));
        } else {
            Ipv6View view = new Ipv6View().wrap(memory, at, length);
            Ipv6 ipv6 = Ipv6.parse(view);
            out.add("ipv6 " + scapyText(ipv6.source()) + " " + scapyText(ipv6.destination()) + " " + ipv6.trafficClass()
                    + " " + ipv6.flowLabel() + " " + ipv6.hopLimit());
            Ipv6ExtensionWalk walk = view.extensions(new Ipv6ExtensionWalk());
            assertThat(walk.outcome()).isEqualTo(Ipv6ExtensionWalk.REACHED);
            out.add(transport(memory, walk.transportOffset(), walk.transportLength(), walk.protocol()));
        }
        return String.join(" | ", out);
    }

    /** inet_ntop also writes IPv4-compatible addresses dotted, which RFC 5952 §5 leaves open. */
    private static String scapyText(Ipv6Address address) {
        boolean compatible = address.high() == 0 && address.low() >>> 32 == 0 && address.low() >>> 16 != 0;
        return compatible ? "::" + new Ipv4Address((int) address.low()) : address.toString();
    }

    private static String transport(MemorySegment memory, long at, int length, int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> {
                Tcp tcp = Tcp.parse(new TcpView().wrap(memory, at, length));
                yield "tcp " + tcp.sourcePort() + " " + tcp.destinationPort() + " "
                        + Integer.toUnsignedString(tcp.sequence()) + " "
                        + Integer.toUnsignedString(tcp.acknowledgment()) + " " + tcp.flags() + " " + tcp.window();
            }
            case IpProtocol.UDP -> {
                Udp udp = Udp.parse(new UdpView().wrap(memory, at, length));
                yield "udp " + udp.sourcePort() + " " + udp.destinationPort() + " " + (udp.payloadLength() + 8);
            }
            case IpProtocol.ICMP -> {
                Icmp icmp = Icmp.parse(new IcmpView().wrap(memory, at, length));
                yield "icmp " + icmp.type() + " " + (icmp.rest() >>> 16) + " " + (icmp.rest() & 0xffff);
            }
            default -> icmpv6(memory, at, length);
        };
    }

    private static String icmpv6(MemorySegment memory, long at, int length) {
        NdpView ndp = new NdpView().wrap(memory, at, length);
        if (ndp.isValid()) {
            return switch (Ndp.parse(ndp)) {
                case Ndp.NeighbourSolicitation solicitation -> "ns " + solicitation.target();
                case Ndp.NeighbourAdvertisement na ->
                    "na " + na.target() + " " + (na.router() ? 1 : 0) + (na.solicited() ? 1 : 0)
                            + (na.override() ? 1 : 0);
                case Ndp.RouterSolicitation other -> "rs " + other;
            };
        }
        Icmpv6 icmp = Icmpv6.parse(new Icmpv6View().wrap(memory, at, length));
        return "icmpv6 " + icmp.type() + " " + (icmp.rest() >>> 16) + " " + (icmp.rest() & 0xffff);
    }
}
