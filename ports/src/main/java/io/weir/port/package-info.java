/**
 * The network interfaces as the packet engine sees them. The engine knows {@link io.weir.port.Port} and
 * {@link io.weir.port.FrameBatch}; drivers stand in packages of their own.
 */
@NullMarked
package io.weir.port;

import org.jspecify.annotations.NullMarked;
