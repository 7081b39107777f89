package io.weir.switching.filter;

import io.weir.memory.configuration.ConfigurationReader;
import io.weir.memory.connection.ConnectionTable4;
import io.weir.memory.connection.ConnectionTable6;
import io.weir.memory.counters.ProcessorCounters;
import io.weir.memory.packet.BufferPool;
import io.weir.memory.packet.FrameChain;
import io.weir.memory.routing.NeighbourTable;
import io.weir.memory.routing.RouteReader;
import io.weir.port.FrameBatch;
import io.weir.port.FrameOwners;
import io.weir.port.Port;
import io.weir.switching.application.ApplicationSlot;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one switching processor works with: its views of the shared memory and its handles on the interfaces. Built by
 * the composition root, one per processor; used by that processor's thread alone.
 */
public final class ProcessorContext {
    /** The address space in which frame addresses count. */
    public final MemorySegment frames;

    public final BufferPool pool;
    /** The pieces of frames of owner {@link FrameBatch#CHAIN}. */
    public final FrameChain chain;

    public final ProcessorCounters counters;
    public final ConfigurationReader configuration;
    public final RouteReader routes;
    public final NeighbourTable neighbours;
    public final ConnectionTable4 connections4;
    public final ConnectionTable6 connections6;
    /** Shared by all processors of the node. */
    public final Handshakes handshakes;
    /** This processor, from 0. */
    public final int processor;
    /** All switching processors of the node. */
    public final int processors;
    /** The network applications on this processor, by their ids, which follow one another. */
    public final List<ApplicationSlot> applications;
    /** Handles by interface id, null where the node has no such interface; index 0 is unused. */
    public final @Nullable Port[] ports;

    private final FrameOwners owners;

    /**
     * Context of processor {@code processor} of {@code processors}.
     *
     * @param owners who takes this processor's frames back; its storage is where weir's own packets are made
     * @param ports by interface id
     * @param handshakes the same for all processors of the node
     * @param applications in the order of their ids, which follow one another
     */
    public ProcessorContext(
            FrameOwners owners,
            ProcessorCounters counters,
            ConfigurationReader configuration,
            RouteReader routes,
            NeighbourTable neighbours,
            ConnectionTable4 connections4,
            ConnectionTable6 connections6,
            int processor,
            int processors,
            @Nullable Port[] ports,
            Handshakes handshakes,
            List<ApplicationSlot> applications) {
        this.owners = owners;
        this.pool = owners.storage();
        this.frames = pool.frames();
        this.chain = pool.chain();
        this.counters = counters;
        this.configuration = configuration;
        this.routes = routes;
        this.neighbours = neighbours;
        this.connections4 = connections4;
        this.connections6 = connections6;
        this.processor = processor;
        this.processors = processors;
        this.ports = ports;
        this.handshakes = handshakes;
        this.applications = List.copyOf(applications);
    }

    /** Context of a processor without applications that shares no handshakes with others, such as the only one of a node. */
    public ProcessorContext(
            FrameOwners owners,
            ProcessorCounters counters,
            ConfigurationReader configuration,
            RouteReader routes,
            NeighbourTable neighbours,
            ConnectionTable4 connections4,
            ConnectionTable6 connections6,
            int processor,
            int processors,
            @Nullable Port[] ports) {
        this(
                owners,
                counters,
                configuration,
                routes,
                neighbours,
                connections4,
                connections6,
                processor,
                processors,
                ports,
                new Handshakes(),
                List.of());
    }

    /** Gives a frame back to its owner: {@link FrameBatch#STORAGE}, {@link FrameBatch#CHAIN} or the port whose ring it lies in. */
    void release(long address, int owner) {
        if (owner == FrameBatch.STORAGE) {
            pool.release(address);
        } else {
            owners.release(address, owner);
        }
    }

    /** As {@link FrameOwners#room}. */
    int room(long address, int owner) {
        return owners.room(address, owner);
    }

    /** As {@link FrameOwners#moveToStorage}. */
    boolean moveToStorage(FrameBatch batch, int i) {
        return owners.moveToStorage(batch, i);
    }
}
