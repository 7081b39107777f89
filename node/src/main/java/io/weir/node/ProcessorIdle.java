package io.weir.node;

import io.weir.linux.Polling;
import io.weir.port.Port;
import io.weir.port.relay.WakeUp;
import io.weir.switching.engine.DutyCycle;
import io.weir.switching.engine.Idle;
import java.util.List;

/**
 * Sleeps in poll(2) until one of a processor's ports has a frame or another processor rings; ports may have new
 * descriptors after an interface came back.
 */
final class ProcessorIdle implements Idle, AutoCloseable {
    private final DutyCycle duty;
    private final Port[] polled;
    private final WakeUp wakeUp;
    private final Polling polling;

    ProcessorIdle(DutyCycle duty, List<Port> polled, WakeUp wakeUp) {
        this.duty = duty;
        this.polled = polled.toArray(new Port[0]);
        this.wakeUp = wakeUp;
        this.polling = new Polling(polled.size() + 1);
    }

    @Override
    public void await(int timeoutMs) {
        wakeUp.announceSleep();
        if (duty.hasBacklog()) {
            wakeUp.awake();
            return;
        }
        polling.clear();
        int bell = polling.add(wakeUp.descriptor(), Polling.READABLE);
        for (Port port : polled) {
            polling.add(port.pollDescriptor(), Polling.READABLE);
        }
        int ready = polling.await(timeoutMs);
        wakeUp.awake();
        if (ready > 0 && (polling.ready(bell) & Polling.READABLE) != 0) {
            wakeUp.drain();
        }
    }

    @Override
    public void close() {
        polling.close();
    }
}
