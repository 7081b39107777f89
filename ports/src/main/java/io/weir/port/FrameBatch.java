package io.weir.port;

/**
 * Columns that name frames: where each starts, how long it is, what is left to the interface and who owns its memory.
 * Fixed capacity, reused for ever; the fields are public arrays because the stages of the packet path run over them.
 */
public final class FrameBatch {
    /** {@link #owner} of a frame in packet storage; any other number but {@link #CHAIN} is a port's {@link Port#id()}. */
    public static final int STORAGE = 0;
    /**
     * {@link #owner} of a frame in several buffers of the packet storage: its address is that of the first piece, its
     * length that of all ({@link io.weir.memory.packet.FrameChain}).
     */
    public static final int CHAIN = 255;

    /** Address of the first byte of the Ethernet header in the node's frame memory. */
    public final long[] address;
    /** Length in bytes from the Ethernet header, without frame check sequence. */
    public final int[] length;
    /** See {@link Offload}. */
    public final long[] offload;
    /** {@link #STORAGE}, {@link #CHAIN}, or the id of the port whose receive ring holds the frame. */
    public final int[] owner;
    /** Id of the interface the frame came in by; 0 for frames made here. */
    public final int[] ingress;

    private int size;

    public FrameBatch(int capacity) {
        address = new long[capacity];
        length = new int[capacity];
        offload = new long[capacity];
        owner = new int[capacity];
        ingress = new int[capacity];
    }

    public int capacity() {
        return address.length;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == address.length;
    }

    public void clear() {
        size = 0;
    }

    /** True when the frame is in packet storage, in one buffer or several: any port may keep it after transmit returned. */
    public boolean isStored(int i) {
        return owner[i] == STORAGE || owner[i] == CHAIN;
    }

    /** Appends a frame; the batch must not be full. */
    public void add(long frameAddress, int frameLength, long frameOffload, int frameOwner, int frameIngress) {
        int i = size++;
        address[i] = frameAddress;
        length[i] = frameLength;
        offload[i] = frameOffload;
        owner[i] = frameOwner;
        ingress[i] = frameIngress;
    }

    /** Removes the first frames, such as those a port accepted; the others move up. */
    public void removeFirst(int count) {
        removeRange(0, count);
    }

    /** Removes frame {@code i}; those behind it move up. */
    public void remove(int i) {
        removeRange(i, 1);
    }

    private void removeRange(int from, int count) {
        int end = from + count;
        int rest = size - end;
        if (count > 0 && rest > 0) {
            System.arraycopy(address, end, address, from, rest);
            System.arraycopy(length, end, length, from, rest);
            System.arraycopy(offload, end, offload, from, rest);
            System.arraycopy(owner, end, owner, from, rest);
            System.arraycopy(ingress, end, ingress, from, rest);
        }
        size -= count;
    }
}
