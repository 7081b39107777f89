package io.weir.control.network;

import java.io.IOException;
import java.time.Duration;

/** Sends echo requests (RFC 792, RFC 4443) to one target. Used by one thread at a time, which may be a virtual one. */
public interface EchoSocket extends AutoCloseable {
    /**
     * Sends a request and waits for its reply.
     *
     * @return the time from request to reply
     * @throws java.net.SocketTimeoutException when no reply came in time
     * @throws IOException when the network answered with an error, such as no route to the host
     * @throws InterruptedException when the waiting thread was interrupted
     */
    Duration echo(Duration timeout) throws IOException, InterruptedException;

    @Override
    void close();
}
