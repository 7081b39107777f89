package io.weir.memory.application;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What one processor says of one application ({@link ApplicationTable}): written by that processor alone, read by anyone.
 * Counting is allocation-free.
 */
public final class ApplicationBlock {
    private static final VarHandle U64 =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle U32 =
            ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    static final int BYTES = 1024;
    /** Longest reason in bytes of UTF-8. */
    public static final int REASON_BYTES = 254;

    private static final int STATE = 0;
    private static final int ENTERED = 8;
    private static final int COUNTS = 16;
    private static final int COUNTERS = 192;
    private static final int DROPS = COUNTERS + 8 * ApplicationTable.MOST_COUNTERS;
    private static final int REASON = 640;

    private final MemorySegment memory;

    ApplicationBlock(MemorySegment memory) {
        this.memory = memory;
    }

    /** A block in memory of its own, which nobody else sees. */
    public static ApplicationBlock standalone() {
        return new ApplicationBlock(Arena.ofAuto().allocate(BYTES, 64));
    }

    // The processor.

    /** The application runs. */
    public void start() {
        U32.setRelease(memory, (long) STATE, ApplicationState.RUNNING.index());
    }

    /** The application was stopped; the reason is cut to {@value #REASON_BYTES} bytes. */
    public void stop(String reason) {
        byte[] bytes = cut(reason);
        memory.set(U16, REASON, (short) bytes.length);
        MemorySegment.copy(bytes, 0, memory, U8, REASON + 2, bytes.length);
        U32.setRelease(memory, (long) STATE, ApplicationState.STOPPED.index());
    }

    /** As many whole characters as fit. */
    private static byte[] cut(String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= REASON_BYTES) {
            return bytes;
        }
        int length = REASON_BYTES;
        while ((bytes[length] & 0xc0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** The application is called at this time; whoever finds it here much later knows that it does not return. */
    public void enter(int nowMs) {
        U64.setOpaque(memory, (long) ENTERED, (nowMs & 0xffff_ffffL) + 1);
    }

    /** The call has returned. */
    public void leave() {
        U64.setOpaque(memory, (long) ENTERED, 0L);
    }

    public void add(ApplicationCount count, long amount) {
        bump(COUNTS + 8L * count.index(), amount);
    }

    /** Adds to a counter of the application's own. */
    public void addCounter(int counter, long amount) {
        bump(COUNTERS + 8L * Objects.checkIndex(counter, ApplicationTable.MOST_COUNTERS), amount);
    }

    /** Counts a packet dropped for a reason of the application's own. */
    public void addDrop(int reason) {
        bump(DROPS + 8L * Objects.checkIndex(reason, ApplicationTable.MOST_DROP_REASONS), 1);
        add(ApplicationCount.DROPPED, 1);
    }

    private void bump(long offset, long amount) {
        U64.setOpaque(memory, offset, (long) U64.get(memory, offset) + amount);
    }

    // Anyone.

    public ApplicationState state() {
        return ApplicationState.of((int) U32.getAcquire(memory, (long) STATE));
    }

    /** Why it was stopped; empty when it was not. */
    public String reason() {
        if (state() != ApplicationState.STOPPED) {
            return "";
        }
        int length = Math.min(memory.get(U16, REASON) & 0xffff, REASON_BYTES);
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, U8, REASON + 2, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** For how many milliseconds the application has not returned; 0 when it is not being called. */
    public int insideMs(int nowMs) {
        long entered = (long) U64.getOpaque(memory, (long) ENTERED);
        return entered == 0 ? 0 : Math.max(0, nowMs - (int) (entered - 1));
    }

    public long value(ApplicationCount count) {
        return (long) U64.getOpaque(memory, COUNTS + 8L * count.index());
    }

    public long counter(int counter) {
        return (long) U64.getOpaque(memory, COUNTERS + 8L * counter);
    }

    public long dropped(int reason) {
        return (long) U64.getOpaque(memory, DROPS + 8L * reason);
    }
}
