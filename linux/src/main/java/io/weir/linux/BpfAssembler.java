package io.weir.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes BPF programs instruction by instruction. Jumps name labels, which may be placed later.
 *
 * <pre>
 *  struct bpf_insn (include/uapi/linux/bpf.h), little-endian, one long each:
 *   63                    32 31            16 15   12 11    8 7         0
 *  +------------------------+----------------+-------+-------+-----------+
 *  |       immediate        |     offset     |  src  |  dst  |  opcode   |
 *  +------------------------+----------------+-------+-------+-----------+
 * </pre>
 *
 * Values in packets are loaded as they stand, so constants to compare them with must be in network order ({@link
 * #networkOrder}).
 */
public final class BpfAssembler {
    /** Result of calls and of the program. */
    public static final int R0 = 0;
    /** First argument of calls; the context at the start. R1 to R5 are lost in a call. */
    public static final int R1 = 1;

    public static final int R2 = 2;
    public static final int R3 = 3;
    public static final int R4 = 4;
    public static final int R5 = 5;
    /** R6 to R9 outlive calls. */
    public static final int R6 = 6;

    public static final int R7 = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    /** End of the stack's 512 bytes; offsets from it are negative. Cannot be written. */
    public static final int FRAME = 10;

    private static final int LOAD_8 = 0x71;
    private static final int LOAD_16 = 0x69;
    private static final int LOAD_32 = 0x61;
    private static final int STORE_8 = 0x73;
    private static final int STORE_16 = 0x6b;
    private static final int STORE_32 = 0x63;
    private static final int STORE_CONSTANT_32 = 0x62;
    private static final int ATOMIC_64 = 0xdb;
    private static final int LOAD_CONSTANT_64 = 0x18;
    /** BPF_PSEUDO_MAP_FD: the constant is a descriptor that the kernel replaces with the map's address. */
    private static final int PSEUDO_MAP = 1;

    private static final int MOVE = 0xbf;
    private static final int MOVE_CONSTANT = 0xb7;
    private static final int ADD = 0x0f;
    private static final int ADD_CONSTANT = 0x07;
    private static final int AND_CONSTANT = 0x57;
    private static final int SHIFT_LEFT_CONSTANT = 0x67;
    private static final int JUMP = 0x05;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_NOT_EQUAL = 0x55;
    private static final int JUMP_LESS = 0xa5;
    private static final int JUMP_GREATER_REGISTER = 0x2d;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    /** A place in the program. */
    public static final class Label {
        private int position = -1;

        private Label() {}
    }

    private record Jump(int position, Label target) {}

    private long[] code = new long[64];
    private int size;
    private final List<Jump> jumps = new ArrayList<>();

    /** A label to be placed later. */
    public static Label label() {
        return new Label();
    }

    /** The 16-bit constant as a little-endian load from a packet sees it. */
    public static int networkOrder(int value) {
        return Short.toUnsignedInt(Short.reverseBytes((short) value));
    }

    /** The next instruction is what jumps to this label reach. */
    public BpfAssembler place(Label label) {
        if (label.position >= 0) {
            throw new IllegalStateException("the label is placed already");
        }
        label.position = size;
        return this;
    }

    public BpfAssembler move(int to, int from) {
        return add(MOVE, to, from, 0, 0);
    }

    public BpfAssembler moveConstant(int to, int value) {
        return add(MOVE_CONSTANT, to, 0, 0, value);
    }

    public BpfAssembler addConstant(int to, int value) {
        return add(ADD_CONSTANT, to, 0, 0, value);
    }

    public BpfAssembler addRegister(int to, int from) {
        return add(ADD, to, from, 0, 0);
    }

    public BpfAssembler and(int to, int mask) {
        return add(AND_CONSTANT, to, 0, 0, mask);
    }

    public BpfAssembler shiftLeft(int to, int bits) {
        return add(SHIFT_LEFT_CONSTANT, to, 0, 0, bits);
    }

    public BpfAssembler load8(int to, int base, int offset) {
        return add(LOAD_8, to, base, offset, 0);
    }

    public BpfAssembler load16(int to, int base, int offset) {
        return add(LOAD_16, to, base, offset, 0);
    }

    public BpfAssembler load32(int to, int base, int offset) {
        return add(LOAD_32, to, base, offset, 0);
    }

    public BpfAssembler store8(int base, int offset, int from) {
        return add(STORE_8, base, from, offset, 0);
    }

    public BpfAssembler store16(int base, int offset, int from) {
        return add(STORE_16, base, from, offset, 0);
    }

    public BpfAssembler store32(int base, int offset, int from) {
        return add(STORE_32, base, from, offset, 0);
    }

    public BpfAssembler storeConstant32(int base, int offset, int value) {
        return add(STORE_CONSTANT_32, base, 0, offset, value);
    }

    /** Adds a register to a 64-bit word in memory, whatever other processors do to it. */
    public BpfAssembler atomicAdd64(int base, int offset, int from) {
        return add(ATOMIC_64, base, from, offset, 0);
    }

    /** The address of a map, for calls. */
    public BpfAssembler loadMap(int to, int mapDescriptor) {
        return add(LOAD_CONSTANT_64, to, PSEUDO_MAP, 0, mapDescriptor).add(0, 0, 0, 0, 0);
    }

    public BpfAssembler jump(Label target) {
        return jumping(JUMP, 0, 0, 0, target);
    }

    public BpfAssembler jumpIfEqual(int register, int value, Label target) {
        return jumping(JUMP_EQUAL, register, 0, value, target);
    }

    public BpfAssembler jumpIfNotEqual(int register, int value, Label target) {
        return jumping(JUMP_NOT_EQUAL, register, 0, value, target);
    }

    /** Unsigned. */
    public BpfAssembler jumpIfLess(int register, int value, Label target) {
        return jumping(JUMP_LESS, register, 0, value, target);
    }

    /** Unsigned: jumps when {@code register > other}. */
    public BpfAssembler jumpIfGreater(int register, int other, Label target) {
        return jumping(JUMP_GREATER_REGISTER, register, other, 0, target);
    }

    /** Calls a helper function of the kernel by its number. */
    public BpfAssembler call(int helper) {
        return add(CALL, 0, 0, 0, helper);
    }

    public BpfAssembler exit() {
        return add(EXIT, 0, 0, 0, 0);
    }

    /** The instructions, with the jumps filled in. */
    public long[] assemble() {
        long[] program = Arrays.copyOf(code, size);
        for (Jump jump : jumps) {
            if (jump.target.position < 0) {
                throw new IllegalStateException("instruction " + jump.position + " jumps to a label never placed");
            }
            // counted from the instruction after the jump
            int distance = jump.target.position - jump.position - 1;
            if (distance != (short) distance) {
                throw new IllegalStateException("instruction " + jump.position + " jumps too far: " + distance);
            }
            program[jump.position] |= (distance & 0xffffL) << 16;
        }
        return program;
    }

    private BpfAssembler jumping(int opcode, int register, int other, int value, Label target) {
        jumps.add(new Jump(size, target));
        return add(opcode, register, other, 0, value);
    }

    private BpfAssembler add(int opcode, int destination, int source, int offset, int immediate) {
        if (offset != (short) offset) {
            throw new IllegalArgumentException("offset " + offset + " has more than 16 bits");
        }
        if (size == code.length) {
            code = Arrays.copyOf(code, 2 * size);
        }
        code[size++] = opcode
                | (long) destination << 8
                | (long) source << 12
                | (offset & 0xffffL) << 16
                | (long) immediate << 32;
        return this;
    }
}
