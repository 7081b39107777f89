/**
 * The pseudo-network driver (Fig. 8): programs on the host reach the network through the switching processors. To the
 * switching processors the host is an interface, {@link io.weir.port.tap.HostPort}; to the host's programs weir is one, a TAP
 * device. Between them the {@link io.weir.port.tap.InterfaceDaemon} moves frames, from packet storage to the device and
 * back; with each switching processor it has two rings, a {@link io.weir.port.tap.HostLane}.
 */
@NullMarked
package io.weir.port.tap;

import org.jspecify.annotations.NullMarked;
