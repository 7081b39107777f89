/**
 * How the control processor reaches servers: through the data path's network, not the host's.
 *
 * <p>Role: the sockets of health checks, of polls and of report listeners come from a {@link
 * io.weir.control.network.ControlNetwork}. Its implementations stand in {@code node}, which may make system calls.
 */
@NullMarked
package io.weir.control.network;

import org.jspecify.annotations.NullMarked;
