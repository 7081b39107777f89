package io.weir.control.health;

import io.weir.wire.IpAddress;

/** Asks one address of a server. Blocks the calling thread, at most for the check's timeout; thread-safe. */
@FunctionalInterface
public interface Prober {
    /**
     * Makes one check.
     *
     * @throws InterruptedException when the calling thread was interrupted; nothing is known then
     */
    ProbeResult probe(CheckedServer server, IpAddress address) throws InterruptedException;
}
