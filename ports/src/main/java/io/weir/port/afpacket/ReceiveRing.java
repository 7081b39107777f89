package io.weir.port.afpacket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.weir.linux.Errno;
import io.weir.linux.LinuxException;
import io.weir.linux.Mappings;
import io.weir.linux.NativeMemory;
import io.weir.linux.Sockets;
import io.weir.memory.packet.FrameOwner;
import io.weir.port.VirtioNetHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The TPACKET_V2 receive ring of a packet socket (Documentation/networking/packet_mmap.rst). A slot:
 *
 * <pre>
 *   0        4     8          12      14      16       20        24         26          32            52
 *  +--------+-----+----------+-------+-------+--------+---------+----------+-----------+-------------+-----
 *  | status | len | captured | mac   | net   | second | nanosec | vlan tci | vlan tpid | sockaddr_ll | room
 *  +--------+-----+----------+-------+-------+--------+---------+----------+-----------+-------------+-----
 *     ... room | virtio_net_hdr (10) | frame, from slot + mac
 * </pre>
 *
 * <p>The kernel fills slots in order and stops at the first that is not free (status 0), so a slot that is held for long
 * stalls the ring once the kernel comes round to it; frames are given back in any order. The status word is read with
 * acquire before the frame, and written with release after it. A slot that is handed out keeps its status, therefore
 * {@link #held} remembers it: otherwise it would look like a new frame after one round.
 *
 * <p>Of a frame that is longer than its slot the kernel writes the beginning there and queues the whole at the socket
 * (PACKET_COPY_THRESH): the ring's order is the order of both. It goes into {@link LongFrames}. Small slots keep a burst of
 * many small frames, and the copies of the long ones stay in the cache.
 *
 * <p>The kernel takes the outer 802.1Q tag out of the frame; {@link #insertTag} puts it back, into the room before the frame.
 */
final class ReceiveRing implements FrameOwner {
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_COPY_THRESH = 7;
    private static final int PACKET_RESERVE = 12;

    private static final int STATUS_USER = 1;
    private static final int STATUS_COPY = 1 << 1;
    private static final int STATUS_VLAN_VALID = 1 << 4;
    private static final int STATUS_VLAN_TPID_VALID = 1 << 6;

    /** 802.1Q. */
    private static final short ETHERTYPE_VLAN = (short) 0x8100;

    private static final int TAG_BYTES = 4;

    /** Room before each frame for a tag and the header of the port that sends it on, in bytes; a multiple of 16. */
    private static final int RESERVE_BYTES = 16;

    /** Blocks of about 1 MiB. */
    private static final int BLOCK_BYTES = 1 << 20;

    /** Errors that may wait at the socket, each told once. */
    private static final int MOST_ERRORS = 2;

    private static final int RECEIVE_FLAGS = Sockets.MSG_DONTWAIT | Sockets.MSG_TRUNC;

    private static final MemorySegment FRAMES = NativeMemory.all();
    private static final VarHandle STATUS = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final long base;
    private final long bytes;
    private final int blockBytes;
    private final int frameBytes;
    private final int framesPerBlock;
    private final long[] slot;
    private final boolean[] held;
    private final LongFrames longFrames = new LongFrames();
    private int next;

    private ReceiveRing(long base, int blockBytes, int blocks, int frameBytes) {
        this.base = base;
        this.blockBytes = blockBytes;
        this.frameBytes = frameBytes;
        framesPerBlock = blockBytes / frameBytes;
        bytes = (long) blockBytes * blocks;
        slot = new long[blocks * framesPerBlock];
        held = new boolean[slot.length];
        for (int i = 0; i < slot.length; i++) {
            slot[i] = base + (long) (i / framesPerBlock) * blockBytes + (long) (i % framesPerBlock) * frameBytes;
        }
    }

    /** Gives a socket, which has its version and virtio header set, a ring of at least so many frames. */
    static ReceiveRing map(int socket, int frames, int frameBytes) {
        int perBlock = Math.clamp(BLOCK_BYTES / frameBytes, 1, frames);
        int blockBytes = Math.ceilDiv(perBlock * frameBytes, Mappings.PAGE_BYTES) * Mappings.PAGE_BYTES;
        perBlock = blockBytes / frameBytes;
        int blocks = Math.ceilDiv(frames, perBlock);
        String call = "setsockopt(PACKET_RX_RING, " + blocks + " blocks of " + blockBytes + " bytes, frames of "
                + frameBytes + ")";
        Sockets.require(
                Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_RESERVE, RESERVE_BYTES),
                "setsockopt(PACKET_RESERVE, " + RESERVE_BYTES + ")");
        Sockets.require(
                Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_COPY_THRESH, 1),
                "setsockopt(PACKET_COPY_THRESH, 1)");
        try (Arena arena = Arena.ofConfined()) {
            // struct tpacket_req: block size, blocks, frame size, frames
            MemorySegment request = arena.allocateFrom(JAVA_INT, blockBytes, blocks, frameBytes, blocks * perBlock);
            int result = Sockets.setOption(socket, Sockets.SOL_PACKET, PACKET_RX_RING, request);
            if (result == -Errno.ENOMEM) {
                throw new LinuxException(
                        call, Errno.ENOMEM, call + ": ENOMEM: use fewer ring frames, or free memory for the kernel");
            }
            Sockets.require(result, call);
        }
        return new ReceiveRing(
                Mappings.mapShared(socket, 0, (long) blockBytes * blocks), blockBytes, blocks, frameBytes);
    }

    int slots() {
        return slot.length;
    }

    /** Slots and other buffers handed out and not yet given back; for tests. */
    int slotsHeld() {
        int count = longFrames.held();
        for (boolean one : held) {
            if (one) {
                count++;
            }
        }
        return count;
    }

    boolean isEmpty() {
        return held[next] || ((int) STATUS.getAcquire(FRAMES, slot[next]) & STATUS_USER) == 0;
    }

    /** Takes the next frame's slot out of the ring; the ring must not be empty. */
    long take() {
        int taken = next;
        held[taken] = true;
        next = taken + 1 == slot.length ? 0 : taken + 1;
        return slot[taken];
    }

    /** The next frame is longer than its slot, and there is nowhere to put it now; the ring must not be empty. */
    boolean isBlocked() {
        return longFrames.isExhausted() && isTruncated(slot[next]);
    }

    /** The frame was longer than its slot. */
    static boolean isTruncated(long header) {
        return FRAMES.get(JAVA_INT, header + 8) < FRAMES.get(JAVA_INT, header + 4);
    }

    /**
     * Receives the frame that is longer than the slot just taken; returns where it stands, or 0 when the kernel had no
     * room for it or it is longer than any we take. The slot stays taken.
     */
    long receiveLong(int socket, long header) {
        if ((FRAMES.get(JAVA_INT, header) & STATUS_COPY) == 0) {
            return 0;
        }
        long message = longFrames.nextMessage();
        long received = Sockets.receive(socket, message, LongFrames.MESSAGE_BYTES, RECEIVE_FLAGS);
        for (int left = MOST_ERRORS; received < 0 && received != -Errno.EAGAIN && left > 0; left--) {
            // An error of the interface stands before the frame.
            received = Sockets.receive(socket, message, LongFrames.MESSAGE_BYTES, RECEIVE_FLAGS);
        }
        boolean isWhole = received == VirtioNetHeader.BYTES + (long) FRAMES.get(JAVA_INT, header + 4)
                && received <= LongFrames.MESSAGE_BYTES;
        return isWhole ? longFrames.take() : 0;
    }

    /** Bytes that the tag adds in front of what the kernel left: 0 or {@value #TAG_BYTES}. */
    static int tagBytes(long header) {
        return (FRAMES.get(JAVA_INT, header) & STATUS_VLAN_VALID) != 0 ? TAG_BYTES : 0;
    }

    /** Bytes of the frame without the tag. */
    static int length(long header) {
        return FRAMES.get(JAVA_INT, header + 4);
    }

    /** Where the kernel put the frame; the virtio header stands before it. */
    static long untaggedAddress(long header) {
        return header + Short.toUnsignedInt(FRAMES.get(JAVA_SHORT, header + 12));
    }

    /** Puts the tag back: moves the two link-layer addresses forward over the virtio header; returns the new start. */
    static long insertTag(long header, long address) {
        int status = FRAMES.get(JAVA_INT, header);
        short tci = FRAMES.get(JAVA_SHORT, header + 24);
        short tpid = (status & STATUS_VLAN_TPID_VALID) != 0 ? FRAMES.get(JAVA_SHORT, header + 26) : ETHERTYPE_VLAN;
        long destinationAndSource = FRAMES.get(JAVA_LONG_UNALIGNED, address);
        int sourceEnd = FRAMES.get(ValueLayout.JAVA_INT_UNALIGNED, address + 8);
        long tagged = address - TAG_BYTES;
        FRAMES.set(JAVA_LONG_UNALIGNED, tagged, destinationAndSource);
        FRAMES.set(ValueLayout.JAVA_INT_UNALIGNED, tagged + 8, sourceEnd);
        FRAMES.set(NETWORK_SHORT, tagged + 12, tpid);
        FRAMES.set(NETWORK_SHORT, tagged + 14, tci);
        return tagged;
    }

    private boolean isInSlot(long address) {
        return address >= base && address < base + bytes;
    }

    @Override
    public int room(long address) {
        if (!isInSlot(address)) {
            return longFrames.room(address);
        }
        return frameBytes - (int) ((address - base) % blockBytes % frameBytes);
    }

    @Override
    public void release(long address) {
        if (!isInSlot(address)) {
            longFrames.release(address);
            return;
        }
        long offset = address - base;
        int index = (int) (offset / blockBytes) * framesPerBlock + (int) (offset % blockBytes) / frameBytes;
        held[index] = false;
        STATUS.setRelease(FRAMES, slot[index], 0);
    }

    /** The mapping keeps the socket alive, so it goes first. */
    void unmap() {
        Mappings.unmap(base, bytes);
        longFrames.unmap();
    }
}
