package io.weir.linux;

import static io.weir.linux.BpfAssembler.FRAME;
import static io.weir.linux.BpfAssembler.R0;
import static io.weir.linux.BpfAssembler.R1;
import static io.weir.linux.BpfAssembler.R2;
import static io.weir.linux.BpfAssembler.R3;
import static io.weir.linux.BpfAssembler.R5;
import static io.weir.linux.BpfAssembler.R6;
import static io.weir.linux.BpfAssembler.R9;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BpfAssemblerTest {
    /** As the bytes of struct bpf_insn stand in memory: code, dst and src, offset, immediate. */
    private static String bytes(BpfAssembler code) {
        long[] program = code.assemble();
        ByteBuffer buffer = ByteBuffer.allocate(8 * program.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long instruction : program) {
            buffer.putLong(instruction);
        }
        return HexFormat.of().formatHex(buffer.array());
    }

    @Test
    void instructions_have_the_encoding_of_the_kernels_documentation() {
        // Documentation/bpf/standardization/instruction-set.rst
        assertThat(bytes(new BpfAssembler().move(R6, R1))).isEqualTo("bf16000000000000");
        assertThat(bytes(new BpfAssembler().moveConstant(R0, 2))).isEqualTo("b700000002000000");
        assertThat(bytes(new BpfAssembler().addConstant(R2, -24))).isEqualTo("07020000e8ffffff");
        assertThat(bytes(new BpfAssembler().addRegister(R9, R1))).isEqualTo("0f19000000000000");
        assertThat(bytes(new BpfAssembler().and(R1, 0xf))).isEqualTo("570100000f000000");
        assertThat(bytes(new BpfAssembler().shiftLeft(R1, 2))).isEqualTo("6701000002000000");
        assertThat(bytes(new BpfAssembler().load8(R5, R9, 9))).isEqualTo("7195090000000000");
        assertThat(bytes(new BpfAssembler().load16(R5, R9, 12))).isEqualTo("69950c0000000000");
        assertThat(bytes(new BpfAssembler().load32(R2, R6, 16))).isEqualTo("6162100000000000");
        assertThat(bytes(new BpfAssembler().store8(FRAME, -6, R5))).isEqualTo("735afaff00000000");
        assertThat(bytes(new BpfAssembler().store16(FRAME, -8, R1))).isEqualTo("6b1af8ff00000000");
        assertThat(bytes(new BpfAssembler().store32(FRAME, -12, R1))).isEqualTo("631af4ff00000000");
        assertThat(bytes(new BpfAssembler().storeConstant32(FRAME, -4, -65536))).isEqualTo("620afcff0000ffff");
        assertThat(bytes(new BpfAssembler().atomicAdd64(R0, 0, R1))).isEqualTo("db10000000000000");
        assertThat(bytes(new BpfAssembler().loadMap(R1, 7))).isEqualTo("1811000007000000" + "0000000000000000");
        assertThat(bytes(new BpfAssembler().call(51))).isEqualTo("8500000033000000");
        assertThat(bytes(new BpfAssembler().exit())).isEqualTo("9500000000000000");
    }

    @Test
    void jumps_count_from_the_instruction_behind_them() {
        BpfAssembler.Label back = BpfAssembler.label();
        BpfAssembler.Label ahead = BpfAssembler.label();
        BpfAssembler code = new BpfAssembler()
                .place(back)
                .jumpIfGreater(R2, R3, ahead)
                .jumpIfEqual(R0, 4, ahead)
                .jumpIfNotEqual(R0, -1, back)
                .jumpIfLess(R1, 20, back)
                .jump(ahead)
                .place(ahead)
                .exit();
        assertThat(bytes(code))
                .isEqualTo("2d32040000000000" + "1500030004000000" + "5500fdffffffffff" + "a501fcff14000000"
                        + "0500000000000000" + "9500000000000000");
    }

    @Test
    void a_jump_across_a_map_counts_both_of_its_slots() {
        BpfAssembler.Label end = BpfAssembler.label();
        BpfAssembler code =
                new BpfAssembler().jump(end).loadMap(R1, 3).place(end).exit();
        assertThat(bytes(code)).startsWith("0500020000000000");
    }

    @Test
    void mistakes_are_refused() {
        BpfAssembler.Label nowhere = BpfAssembler.label();
        assertThatThrownBy(() -> new BpfAssembler().jump(nowhere).assemble())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("instruction 0 jumps to a label never placed");
        assertThatThrownBy(() -> new BpfAssembler().place(nowhere).place(nowhere))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new BpfAssembler().load8(R0, R1, 40_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("40000");
    }

    @Test
    void constants_to_compare_with_packets_are_in_network_order() {
        assertThat(BpfAssembler.networkOrder(0x0800)).isEqualTo(0x0008);
        assertThat(BpfAssembler.networkOrder(0x86dd)).isEqualTo(0xdd86);
    }

    @Test
    void what_the_verifier_says_is_in_the_exception() {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Privileges.missing("CAP_BPF", "CAP_NET_ADMIN").isEmpty(), "loading programs needs CAP_BPF");
        // R0 is not set before the exit
        assertThatThrownBy(() ->
                        Bpf.loadXdp("weir_wrong", new BpfAssembler().exit().assemble()))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("BPF_PROG_LOAD, \"weir_wrong\"")
                .hasMessageContaining("R0 !read_ok");
    }
}
