package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views allocate nothing once their code is loaded, interpreted or compiled. */
class ViewAllocationTest {
    private final EthernetView ethernet = new EthernetView();
    private final Ipv4View ipv4 = new Ipv4View();
    private final Ipv6View ipv6 = new Ipv6View();
    private final Ipv6ExtensionWalk extensions = new Ipv6ExtensionWalk();
    private final TcpView tcp = new TcpView();
    private final UdpView udp = new UdpView();
    private final IcmpView icmp = new IcmpView();
    private final NdpView ndp = new NdpView();
    private final ArpView arp = new ArpView();
    private final OptionWalk options = new OptionWalk();

    @Test
    void looking_at_frames_and_changing_them_allocates_nothing() {
        RandomHeaders headers = new RandomHeaders(new Random(9));
        byte[][] frames = new byte[200][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = headers.frame();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(frames.length * 512L);
            for (int i = 0; i < frames.length; i++) {
                MemorySegment.copy(MemorySegment.ofArray(frames[i]), 0, memory, i * 512L, frames[i].length);
            }
            long seen = 0;
            for (int round = 0; round < 200; round++) {
                seen += lookAtAll(memory, frames);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            long own = threads.getCurrentThreadAllocatedBytes() - before;
            before = threads.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < 200; round++) {
                seen += lookAtAll(memory, frames);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before - own;

            assertThat(seen).isNotZero();
            // 40,000 frames: a single object per frame would be 640,000 bytes.
            assertThat(allocated).isLessThan(1_000);
        }
    }

    private long lookAtAll(MemorySegment memory, byte[][] frames) {
        long seen = 0;
        for (int i = 0; i < frames.length; i++) {
            seen += lookAt(memory, i * 512L, frames[i].length);
        }
        return seen;
    }

    private long lookAt(MemorySegment memory, long at, int length) {
        ethernet.wrap(memory, at, length);
        long seen = ethernet.destination() ^ ethernet.source();
        ethernet.source(seen >>> 16);
        long network = at + 14;
        int rest = length - 14;
        if (ipv4.wrap(memory, network, rest).isValid()) {
            ipv4.fillChecksum();
            if (ipv4.timeToLive() > 0) {
                ipv4.decrementTimeToLive();
            }
            ipv4.options(options);
            while (options.next()) {
                seen += options.kind();
            }
            seen += transport(memory, ipv4.payloadOffset(), ipv4.payloadLength(), ipv4.protocol(), ipv4.pseudoHeader());
        } else if (ipv6.wrap(memory, network, rest).isValid()) {
            ipv6.extensions(extensions);
            seen += transport(
                    memory,
                    extensions.transportOffset(),
                    extensions.transportLength(),
                    extensions.protocol(),
                    ipv6.pseudoHeader(extensions.protocol(), extensions.transportLength()));
        } else if (arp.wrap(memory, network, rest).isValid()) {
            seen += arp.senderMac() + arp.targetAddress();
        }
        return seen;
    }

    private long transport(MemorySegment memory, long at, int length, int protocol, long pseudoHeader) {
        long seen = 0;
        if (protocol == IpProtocol.TCP && tcp.wrap(memory, at, length).isValid()) {
            tcp.options(options);
            while (options.next()) {
                seen += options.kind();
            }
            long difference = Checksum.difference32(tcp.rawPorts(), 0x1234_5678);
            tcp.rawPorts(0x1234_5678);
            tcp.rawChecksum(Checksum.update(tcp.rawChecksum(), difference));
            return tcp.isChecksumCorrect(pseudoHeader) ? seen + 1 : seen;
        }
        if (protocol == IpProtocol.UDP && udp.wrap(memory, at, length).isValid()) {
            udp.fillChecksum(pseudoHeader);
            return seen + udp.rawPorts();
        }
        if (ndp.wrap(memory, at, length).isValid()) {
            return seen + ndp.linkLayerAddress(NdpView.TARGET_LINK_LAYER_ADDRESS);
        }
        return icmp.wrap(memory, at, length).isValid() && icmp.isChecksumCorrect() ? seen + 2 : seen;
    }
}
