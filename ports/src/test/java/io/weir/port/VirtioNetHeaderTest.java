package io.weir.port;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VirtioNetHeaderTest {
    private final MemorySegment memory = MemorySegment.ofArray(new byte[16]);

    @BeforeAll
    static void the_header_has_the_order_of_the_machine() {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "bytes below are little-endian");
    }

    /** A 64 KB TCP over IPv4 frame with ECN, as a veth peer sends it: field by field of struct virtio_net_hdr. */
    private static final byte[] TCP_WITH_ECN = {
        1, (byte) 0x81, 66, 0, (byte) 0xa8, 0x05, 34, 0, 16, 0,
    };

    private static final long TCP_WITH_ECN_OFFLOAD =
            Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4 | Offload.ECN, 66, 1448, 34, 16);

    @Test
    void a_header_is_read_field_by_field() {
        MemorySegment.copy(TCP_WITH_ECN, 0, memory, JAVA_BYTE, 3, 10);
        assertThat(VirtioNetHeader.read(memory, 3)).isEqualTo(TCP_WITH_ECN_OFFLOAD);
    }

    @Test
    void a_header_is_written_over_whatever_was_there() {
        memory.fill((byte) 0xa5);
        VirtioNetHeader.write(memory, 3, TCP_WITH_ECN_OFFLOAD);
        assertThat(memory.asSlice(3, 10).toArray(JAVA_BYTE)).isEqualTo(TCP_WITH_ECN);
        assertThat(memory.get(JAVA_BYTE, 2)).isEqualTo((byte) 0xa5);
        assertThat(memory.get(JAVA_BYTE, 13)).isEqualTo((byte) 0xa5);
    }

    @Test
    void no_work_is_a_header_of_zeros() {
        memory.fill((byte) 0xa5);
        VirtioNetHeader.write(memory, 3, Offload.NONE);
        assertThat(memory.asSlice(3, 10).toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(VirtioNetHeader.read(memory, 3)).isEqualTo(Offload.NONE);
    }

    @Test
    void a_verified_checksum_is_told_to_the_engine_and_not_to_the_kernel() {
        memory.set(JAVA_BYTE, 0, (byte) Offload.DATA_VALID);
        long offload = VirtioNetHeader.read(memory, 0);
        assertThat(Offload.isTrusted(offload)).isTrue();
        assertThat(Offload.needsChecksum(offload)).isFalse();

        VirtioNetHeader.write(memory, 0, offload);
        assertThat(memory.get(JAVA_BYTE, 0)).isZero();
    }

    @Test
    void a_tag_moves_the_headers_behind_it() {
        assertThat(VirtioNetHeader.shift(TCP_WITH_ECN_OFFLOAD, 4))
                .isEqualTo(Offload.of(Offload.NEEDS_CHECKSUM, Offload.TCP_V4 | Offload.ECN, 70, 1448, 38, 16));
        assertThat(VirtioNetHeader.shift(Offload.NONE, 4)).isEqualTo(Offload.NONE);
    }
}
