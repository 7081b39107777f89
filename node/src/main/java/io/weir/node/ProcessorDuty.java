package io.weir.node;

import io.weir.port.relay.RelayOutlet;
import io.weir.switching.engine.DutyCycle;
import io.weir.switching.engine.SwitchingProcessor;

/**
 * The duty cycle of a switching processor in a node: sends what other processors relayed to its queues, switches
 * packets, and tells of its queues a few times per second.
 */
final class ProcessorDuty implements DutyCycle {
    private static final int REPORT_INTERVAL_MS = 100;

    private final SwitchingProcessor processor;
    private final RelayOutlet[] outlets;
    private final ProcessorPorts.Reported[] reported;

    private int reportedMs;
    private boolean started;

    ProcessorDuty(SwitchingProcessor processor, ProcessorPorts ports) {
        this.processor = processor;
        this.outlets = ports.outlets.toArray(new RelayOutlet[0]);
        this.reported = ports.reported.toArray(new ProcessorPorts.Reported[0]);
    }

    @Override
    public int doWork(int nowMs, int nowMicros) {
        int work = 0;
        for (RelayOutlet outlet : outlets) {
            work += outlet.drain();
        }
        work += processor.doWork(nowMs, nowMicros);
        if (!started || nowMs - reportedMs >= REPORT_INTERVAL_MS) {
            started = true;
            reportedMs = nowMs;
            report();
        }
        return work;
    }

    private void report() {
        for (RelayOutlet outlet : outlets) {
            outlet.maintain();
        }
        for (ProcessorPorts.Reported queue : reported) {
            queue.port().report(queue.record());
        }
    }

    @Override
    public boolean hasBacklog() {
        for (RelayOutlet outlet : outlets) {
            if (outlet.hasBacklog()) {
                return true;
            }
        }
        return processor.hasBacklog();
    }

    @Override
    public void close() {
        processor.close();
        report();
    }
}
