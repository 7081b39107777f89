package io.weir.port;

import io.weir.memory.queue.QueueRecord;

/** A port in front of another: everything goes there that a subclass does not do itself. */
public abstract class ForwardingPort implements Port {
    /** The port behind this one. */
    protected final Port port;

    protected ForwardingPort(Port port) {
        this.port = port;
    }

    @Override
    public int id() {
        return port.id();
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public PortCapabilities capabilities() {
        return port.capabilities();
    }

    @Override
    public int receive(FrameBatch batch, int limit) {
        return port.receive(batch, limit);
    }

    @Override
    public int transmit(FrameBatch batch) {
        return port.transmit(batch);
    }

    @Override
    public void maintain(long nowMs) {
        port.maintain(nowMs);
    }

    @Override
    public boolean isUp() {
        return port.isUp();
    }

    @Override
    public int pollDescriptor() {
        return port.pollDescriptor();
    }

    @Override
    public boolean hasBacklog() {
        return port.hasBacklog();
    }

    @Override
    public boolean isCongested() {
        return port.isCongested();
    }

    @Override
    public void report(QueueRecord record) {
        port.report(record);
    }

    @Override
    public void close() {
        port.close();
    }
}
