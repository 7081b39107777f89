/**
 * The interface between a switching processor and the network applications that run on it (Fig. 10): direct access to the
 * packet buffers, no copies, no system calls, run to completion on the poll loop.
 *
 * <p>An application is a jar with an {@link ApplicationProvider}, found by {@link java.util.ServiceLoader}, whose manifest
 * names the {@linkplain SpiVersion version} it was built for.
 */
@NullMarked
package io.weir.application;

import org.jspecify.annotations.NullMarked;
