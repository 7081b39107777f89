package io.weir.control.resource;

import java.io.IOException;

/** Asks one server once. */
interface LoadPoller {
    /** Asks and passes the answer to the resource manager; an exception says why there is none. */
    void poll() throws IOException;
}
