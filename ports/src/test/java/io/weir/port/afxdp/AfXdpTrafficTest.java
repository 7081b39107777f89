package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.linux.Namespaces;
import io.weir.memory.counters.DropReason;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.packet.BufferPool;
import io.weir.port.RawStation;
import io.weir.port.TestNetwork;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels at both ends, with their checksum offload on: left (l0) - w0 - weir as a bridge - w1 - right (r0). */
class AfXdpTrafficTest {
    private final TestNetwork network = new TestNetwork();
    private String left = "";
    private String right = "";
    private String middle = "";
    private XdpSwitch node = new XdpSwitch("");
    private int unfinished;

    @BeforeAll
    static void needs_network_namespaces() {
        TestNetwork.assumeAvailable();
    }

    @BeforeEach
    void build() {
        node.close();
        left = network.namespace("left");
        middle = network.namespace("middle");
        right = network.namespace("right");
        network.link(middle, "w0", left, "l0");
        network.link(middle, "w1", right, "r0");
        network.ip(left, "address add 10.0.0.1/24 dev l0");
        network.ip(right, "address add 10.0.0.2/24 dev r0");
        network.ip(left, "address add fd00::1/64 dev l0 nodad");
        network.ip(right, "address add fd00::2/64 dev r0 nodad");
        node = new XdpSwitch(middle, 4096, 2048);
    }

    @AfterEach
    void remove() {
        node.close();
        network.close();
    }

    private int pass(AfXdpPort from, AfXdpPort to) {
        node.batch.clear();
        int received = from.receive(node.batch, 64);
        if (received > 0) {
            unfinished += PartialChecksums.resolve(node.batch);
            node.releaseFrom(to.transmit(node.batch));
        }
        return received;
    }

    /** Bridges until the task is done. */
    private <T> T bridge(AfXdpPort w0, AfXdpPort w1, FutureTask<T> task) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!task.isDone() && System.nanoTime() < end) {
            if (pass(w0, w1) + pass(w1, w0) == 0) {
                node.waitFor(10, w0, w1);
            }
        }
        return task.get(1, TimeUnit.MILLISECONDS);
    }

    private static <T> FutureTask<T> start(String namespace, java.util.concurrent.Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(() -> {
            Namespaces.enter(namespace);
            return action.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "fd00::2"})
    void kernels_exchange_tcp_and_udp_with_checksum_offload_on(String server) throws Exception {
        AfXdpPort w0 = node.open(1, "w0", Attach.NATIVE);
        AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
        assertThat(w0.capabilities().checksumOffload()).isTrue();
        assertThat(TestNetwork.run("ip", "netns", "exec", left, "ethtool", "-k", "l0"))
                .contains("tx-checksumming: on");
        InetAddress address = InetAddress.ofLiteral(server);
        byte[] data = new byte[4 << 20];
        new Random(1).nextBytes(data);
        CountDownLatch listening = new CountDownLatch(1);
        FutureTask<byte[]> received = start(right, () -> {
            try (ServerSocket listener = new ServerSocket();
                    DatagramSocket echo = new DatagramSocket(new InetSocketAddress(address, 7001))) {
                listener.bind(new InetSocketAddress(address, 7000));
                listening.countDown();
                DatagramPacket datagram = new DatagramPacket(new byte[2000], 2000);
                echo.receive(datagram);
                echo.send(datagram);
                try (Socket connection = listener.accept()) {
                    return connection.getInputStream().readAllBytes();
                }
            }
        });
        FutureTask<Integer> sent = start(left, () -> {
            listening.await();
            int answered;
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(10_000);
                socket.send(new DatagramPacket(data, 1000, new InetSocketAddress(address, 7001)));
                DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
                socket.receive(answer);
                answered = answer.getLength();
            }
            try (Socket connection = new Socket(address, 7000)) {
                connection.getOutputStream().write(data);
            }
            return answered;
        });

        assertThat(bridge(w0, w1, received)).isEqualTo(data);
        assertThat(bridge(w0, w1, sent)).isEqualTo(1000);

        // the checksums were left to us, and we left them to the kernel
        assertThat(unfinished).isGreaterThan(1000);
        node.keepHouse();
        assertThat(w1.kernelInvalidDescriptors()).isZero();
        assertThat(node.counters.dropped(DropReason.TRANSMIT_FAILED)).isZero();
        assertThat(node.counters.value(InterfaceCounter.TRANSMIT_ERRORS, 2)).isZero();
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }

    /** Sends frames as fast as it can until it is interrupted, through whatever happens to the link. */
    private void flood() {
        byte[] small = AfXdpPortTest.frame(60, 1);
        byte[] large = AfXdpPortTest.frame(1514, 2);
        while (!Thread.currentThread().isInterrupted()) {
            try (RawStation station = new RawStation(left, "l0")) {
                while (!Thread.currentThread().isInterrupted()) {
                    for (int i = 0; i < 15; i++) {
                        station.send(small);
                    }
                    station.send(large);
                }
            } catch (Exception e) {
                // the link is down or gone for the moment
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_million_frames_with_faults_do_not_cost_a_buffer() throws Exception {
        AfXdpPort w0 = node.open(1, "w0", Attach.NATIVE);
        AfXdpPort w1 = node.open(2, "w1", Attach.NATIVE);
        network.ip(left, "address flush dev l0");
        network.ip(right, "address flush dev r0");
        Thread flood = Thread.ofPlatform().daemon().start(this::flood);
        List<Long> hoard = new ArrayList<>();
        Random random = new Random(1);
        try {
            long passed = 0;
            long nextFault = 50_000;
            int fault = 0;
            long end = System.nanoTime() + 120_000_000_000L;
            while (passed < 1_000_000) {
                assertThat(System.nanoTime())
                        .as("%d frames in two minutes", passed)
                        .isLessThan(end);
                int received = pass(w0, w1);
                passed += received;
                if (received == 0 || random.nextInt(1000) == 0) {
                    node.keepHouse();
                }
                if (passed >= nextFault) {
                    nextFault += 50_000;
                    inject(fault++, hoard);
                }
            }
        } finally {
            flood.interrupt();
            flood.join();
        }
        node.await(() -> w0.isUp() && w1.isUp());
        assertThat(node.counters.value(InterfaceCounter.DOWN_EVENTS, 1)).isGreaterThanOrEqualTo(4);
        assertThat(w0.kernelDropped()).isPositive();
        hoard.forEach(node.storage::release);
        node.closePorts();
        assertThat(node.packets.free()).isEqualTo(node.packets.buffers());
    }

    private void inject(int fault, List<Long> hoard) {
        switch (fault % 7) {
            case 0 -> {
                // the pool is empty for a while
                for (long one = node.storage.acquire(); one != BufferPool.ABSENT; one = node.storage.acquire()) {
                    hoard.add(one);
                }
            }
            case 1 -> {
                hoard.forEach(node.storage::release);
                hoard.clear();
            }
            case 2 -> network.ip(middle, "link set dev w1 down");
            case 3 -> network.ip(middle, "link set dev w1 up");
            case 4 -> {
                network.ip(middle, "link del w0");
                node.keepHouse();
                network.link(middle, "w0", left, "l0");
            }
            case 5 -> {
                network.ip(middle, "link del w1");
                network.link(middle, "w1", right, "r0");
            }
            default -> {
                network.ip(left, "link set dev l0 down");
                node.keepHouse();
                network.ip(left, "link set dev l0 up");
            }
        }
    }
}
