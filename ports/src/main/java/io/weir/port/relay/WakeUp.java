package io.weir.port.relay;

import io.weir.linux.EventDescriptor;
import io.weir.memory.ring.Doorbell;

/**
 * Wakes a switching processor that sleeps in poll(2) when another has put frames into one of its rings. Costs no system
 * call while the processor is awake ({@link Doorbell} has the argument why no frame is left behind).
 */
public final class WakeUp implements AutoCloseable {
    private final Doorbell doorbell;
    private final EventDescriptor event = new EventDescriptor();

    public WakeUp(Doorbell doorbell) {
        this.doorbell = doorbell;
    }

    /** By a producer, once for the frames it has just put into a ring. */
    public void ring() {
        if (doorbell.ring()) {
            event.signal();
        }
    }

    /** By any thread, for what stands in no ring, such as an order to stop. */
    public void interrupt() {
        event.signal();
    }

    /** By the processor: before the last look at its rings. */
    public void announceSleep() {
        doorbell.announceSleep();
    }

    /** By the processor: it is awake. */
    public void awake() {
        doorbell.awake();
    }

    /** By the processor: takes the signal, when the descriptor was readable. */
    public void drain() {
        event.drain();
    }

    /** Readable when the processor must wake up. */
    public int descriptor() {
        return event.descriptor();
    }

    @Override
    public void close() {
        event.close();
    }
}
