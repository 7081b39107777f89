package io.weir.switching.engine;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.counters.Counter;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.routing.RouteReader;
import io.weir.port.Port;
import io.weir.switching.filter.PacketBatch;
import io.weir.switching.filter.PacketFilter;
import io.weir.switching.filter.ProcessorContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A switching processor: it does nothing but poll its interfaces and switch packets (the packet engine of Fig. 5).
 * {@link #doWork} is one duty cycle, run by a {@link PollLoop} on a processor of its own, or by any caller one cycle at a
 * time under a manual clock. One thread; allocation-free.
 *
 * <p>In a cycle each of its interfaces is drained before the next is polled, up to {@value #BATCHES_PER_PORT} batches, so
 * that one busy interface cannot starve the others. What a batch decided is transmitted before the next is received.
 *
 * <p>A defect that throws inside a batch costs the packets of that batch that had no fate yet: they are counted as
 * {@link io.weir.memory.counters.DropReason#INTERNAL_ERROR} and released, and the processor goes on.
 */
public final class SwitchingProcessor implements DutyCycle {
    /** Batches taken from one interface before the next is polled: 1024 frames, a common size of a receive ring. */
    private static final int BATCHES_PER_PORT = 16;
    /** Link state and lost interfaces are looked after this often. */
    private static final int MAINTENANCE_INTERVAL_MS = 100;

    private final ConfigurationReader configuration;
    private final RouteReader routes;
    private final ProcessorCounters counters;
    private final Port[] polled;
    private final boolean[] up;
    private final PacketFilter filter;
    private final PacketBatch batch = new PacketBatch();

    private long generation = -1;
    private int maintainedMs;
    private boolean started;
    private @Nullable RuntimeException lastDefect;

    /**
     * A processor that receives from some of the ports in the context and transmits on all of them. The configuration
     * must have been written.
     *
     * @param polled the ports whose receive queues this processor owns
     */
    public SwitchingProcessor(ProcessorContext context, List<? extends Port> polled) {
        this.configuration = context.configuration;
        this.routes = context.routes;
        this.counters = context.counters;
        this.polled = polled.toArray(new Port[0]);
        this.up = new boolean[this.polled.length];
        configuration.refresh();
        this.filter = new PacketFilter(context);
    }

    /** One cycle under a clock of whole milliseconds. */
    public int doWork(int nowMs) {
        return doWork(nowMs, nowMs * 1000);
    }

    @Override
    public int doWork(int nowMs, int nowMicros) {
        filter.beginCycle();
        long seen = configuration.refresh();
        routes.refresh();
        if (seen != generation) {
            generation = seen;
            filter.announce(nowMs);
        }
        maintainPorts(nowMs);
        int work = 0;
        for (Port port : polled) {
            work += drain(port, nowMs, nowMicros);
        }
        work += filter.maintain(nowMs);
        counters.add(Counter.POLLS, 1);
        if (work == 0) {
            counters.add(Counter.IDLE_POLLS, 1);
        }
        return work;
    }

    private int drain(Port port, int nowMs, int nowMicros) {
        int received = 0;
        for (int batches = 0; batches < BATCHES_PER_PORT; batches++) {
            batch.frames().clear();
            int count = port.receive(batch.frames(), PacketBatch.CAPACITY);
            if (count == 0) {
                break;
            }
            received += count;
            countReceived(port.id(), count);
            process(nowMs, nowMicros);
            if (count < PacketBatch.CAPACITY) {
                break;
            }
        }
        return received;
    }

    private void countReceived(int interfaceId, int count) {
        int[] length = batch.frames().length;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += length[i];
        }
        counters.add(Counter.PACKETS_RECEIVED, count);
        counters.add(InterfaceCounter.RECEIVED_PACKETS, interfaceId, count);
        counters.add(InterfaceCounter.RECEIVED_BYTES, interfaceId, bytes);
    }

    private void process(int nowMs, int nowMicros) {
        try {
            filter.process(batch, nowMs, nowMicros);
        } catch (RuntimeException defect) {
            lastDefect = defect;
            filter.abandon(batch);
        }
    }

    private void maintainPorts(int nowMs) {
        if (started && nowMs - maintainedMs < MAINTENANCE_INTERVAL_MS) {
            return;
        }
        maintainedMs = nowMs;
        boolean risen = !started;
        for (int k = 0; k < polled.length; k++) {
            Port port = polled[k];
            port.maintain(nowMs);
            boolean wasUp = up[k];
            up[k] = port.isUp();
            risen |= up[k] && !wasUp;
        }
        started = true;
        if (risen) {
            filter.announce(nowMs);
        }
    }

    @Override
    public boolean hasBacklog() {
        for (Port port : polled) {
            if (port.hasBacklog()) {
                return true;
            }
        }
        return false;
    }

    /** The batch of the last cycle, for tools that tell what happened to each packet. */
    public PacketBatch batch() {
        return batch;
    }

    /** The last exception that cost a batch, or null. */
    public @Nullable RuntimeException lastDefect() {
        return lastDefect;
    }

    /** Releases held frames and stops reading the shared tables: flips no longer wait for this processor. */
    @Override
    public void close() {
        filter.close();
        configuration.retire();
        routes.retire();
    }
}
