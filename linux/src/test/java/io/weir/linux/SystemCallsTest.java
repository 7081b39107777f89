package io.weir.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCallsTest {
    @Test
    void a_failed_call_names_itself_its_errno_and_its_arguments() {
        assertThatThrownBy(() -> Descriptors.open("/nowhere/at all", Descriptors.READ_ONLY))
                .isInstanceOfSatisfying(LinuxException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                    assertThat(e.call()).isEqualTo("open(\"/nowhere/at all\", 0)");
                    assertThat(e).hasMessageContaining("ENOENT");
                });
    }

    @Test
    void a_packet_socket_without_permission_says_which_capability_is_missing() {
        assertThat(LinuxException.of("socket(AF_PACKET, SOCK_RAW, 3)", Errno.EPERM))
                .hasMessageContaining("EPERM")
                .hasMessageContaining("CAP_NET_RAW")
                .hasMessageContaining("unshare -Urn");
    }

    @Test
    void an_errno_without_a_name_is_shown_as_a_number() {
        assertThat(Errno.name(4095)).isEqualTo("errno 4095");
        assertThat(Errno.name(-1)).isEqualTo("errno -1");
        assertThat(Errno.name(Errno.ENOBUFS)).isEqualTo("ENOBUFS");
    }

    @Test
    void errnos_of_two_threads_do_not_mix() throws InterruptedException {
        int[] wrong = new int[1];
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                if (SystemCalls.munmap(1, 1) != -Errno.EINVAL) {
                    wrong[0]++;
                }
            }
        });
        for (int i = 0; i < 20_000; i++) {
            assertThat(SystemCalls.close(1_000_000)).isEqualTo(-Errno.EBADF);
        }
        other.join();
        assertThat(wrong[0]).isZero();
    }

    @Test
    void a_shared_mapping_is_the_file(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("map");
        Files.write(file, new byte[8192]);
        int descriptor = Descriptors.open(file.toString(), Descriptors.READ_WRITE);
        long address = Mappings.mapShared(descriptor, 4096, 4096);
        Descriptors.close(descriptor);

        NativeMemory.segment(address, 4096).set(JAVA_BYTE, 7, (byte) 42);
        NativeMemory.all().set(JAVA_BYTE, address + 8, (byte) 43);
        Mappings.unmap(address, 4096);

        assertThat(Files.readAllBytes(file)[4096 + 7]).isEqualTo((byte) 42);
        assertThat(Files.readAllBytes(file)[4096 + 8]).isEqualTo((byte) 43);
    }

    @Test
    void an_impossible_mapping_is_refused_with_its_length() {
        assertThatThrownBy(() -> Mappings.mapAnonymous(Long.MAX_VALUE))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("mmap(9223372036854775807 bytes")
                .hasMessageContaining("ENOMEM");
    }

    @Test
    void an_event_wakes_a_poll_until_it_is_drained() {
        try (EventDescriptor event = new EventDescriptor();
                Polling polling = new Polling(2)) {
            int index = polling.add(event.descriptor(), Polling.READABLE);
            polling.add(-1, Polling.READABLE);
            assertThat(polling.await(0)).isZero();

            event.signal();
            event.signal();

            assertThat(polling.await(-1)).isEqualTo(1);
            assertThat(polling.ready(index)).isEqualTo(Polling.READABLE);
            assertThat(event.drain()).isEqualTo(2);
            assertThat(event.drain()).isZero();
            assertThat(polling.await(0)).isZero();
        }
    }

    @Test
    void a_full_poll_set_refuses() {
        try (Polling polling = new Polling(1)) {
            polling.add(-1, Polling.READABLE);
            assertThatThrownBy(() -> polling.add(-1, Polling.READABLE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("capacity 1");
        }
    }

    @Test
    void a_pinned_thread_may_run_on_its_processor_only() throws InterruptedException {
        BitSet before = Affinity.allowed();
        int cpu = before.nextSetBit(0);
        BitSet[] seen = new BitSet[1];
        Thread thread = Thread.ofPlatform().start(() -> {
            Affinity.pin(cpu);
            seen[0] = Affinity.allowed();
        });
        thread.join();
        assertThat(seen[0].cardinality()).isEqualTo(1);
        assertThat(seen[0].get(cpu)).isTrue();
        assertThat(Affinity.allowed()).isEqualTo(before);
    }

    @Test
    void pinning_to_a_processor_that_does_not_exist_says_which_ones_do() {
        assertThatThrownBy(() -> Affinity.pin(4000))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("EINVAL")
                .hasMessageContaining("may use cpus " + Affinity.allowed());
    }

    @Test
    void a_virtual_thread_neither_pins_nor_changes_its_namespace() throws InterruptedException {
        Throwable[] thrown = new Throwable[2];
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Affinity.pin(0);
                    } catch (IllegalStateException e) {
                        thrown[0] = e;
                    }
                    try {
                        Namespaces.enter(ProcessHandle.current().pid());
                    } catch (IllegalStateException e) {
                        thrown[1] = e;
                    }
                })
                .join();
        assertThat(thrown[0]).hasMessageContaining("virtual thread");
        assertThat(thrown[1]).hasMessageContaining("virtual thread");
    }

    @Test
    void an_unknown_namespace_is_named() {
        assertThatThrownBy(() -> Namespaces.call("weir-none", () -> 1))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("/run/netns/weir-none")
                .hasMessageContaining("ip netns");
        assertThatThrownBy(() -> Namespaces.enter("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_loopback_interface_has_an_index_and_a_name_that_is_gone_has_none() {
        assertThat(Interfaces.index("lo")).isEqualTo(1);
        assertThat(Interfaces.index("weir-none")).isZero();
        assertThatThrownBy(() -> Interfaces.index("a-name-of-16-byt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 bytes");
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try (Interfaces loopback = new Interfaces("lo")) {
            assertThat(loopback.flags(socket) & Interfaces.LOOPBACK).isNotZero();
            assertThat(loopback.isUsable(socket)).isEqualTo((loopback.flags(socket) & Interfaces.UP) != 0);
            assertThat(loopback.mtu(socket)).isGreaterThanOrEqualTo(1500);
            assertThat(loopback.linkAddress(socket)).isZero();
        } finally {
            Descriptors.close(socket);
        }
    }

    @Test
    void an_option_is_read_back() {
        int socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_DGRAM, 0);
        try {
            assertThat(Sockets.setOption(socket, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 20_000))
                    .isZero();
            // socket(7): the kernel doubles the value for its own bookkeeping
            assertThat(Sockets.option(socket, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF))
                    .isEqualTo(40_000);
            assertThat(Sockets.option(socket, 9999, 1)).isEqualTo(-Errno.EOPNOTSUPP);
        } finally {
            Descriptors.close(socket);
        }
    }

    @Test
    void hot_calls_allocate_nothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined();
                EventDescriptor event = new EventDescriptor();
                Polling polling = new Polling(1)) {
            MemorySegment buffer = arena.allocate(64);
            polling.add(event.descriptor(), Polling.READABLE);
            long allocated = Long.MAX_VALUE;
            // before they are compiled, downcalls allocate a few dozen bytes each
            for (int round = 0; round < 50 && allocated > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                hotCalls(event, polling, buffer.address(), 20_000);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).isZero();
        }
    }

    private static void hotCalls(EventDescriptor event, Polling polling, long address, int times) {
        for (int i = 0; i < times; i++) {
            event.signal();
            polling.await(0);
            event.drain();
            Sockets.send(event.descriptor(), address, 64, Sockets.MSG_DONTWAIT);
            Sockets.receive(event.descriptor(), address, 64, Sockets.MSG_DONTWAIT);
        }
    }
}
