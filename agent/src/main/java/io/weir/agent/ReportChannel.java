package io.weir.agent;

import java.io.IOException;

/** A way to one receiver. One thread at a time. */
interface ReportChannel extends AutoCloseable {
    /**
     * Sends the bytes of a report.
     *
     * @throws IOException when it certainly did not arrive; nothing says that it did
     */
    void send(byte[] bytes, int length) throws IOException;

    @Override
    void close();
}
