/**
 * Network interfaces of the kernel through packet sockets (packet(7)): a memory-mapped receive ring, and transmission
 * straight from where a frame stands. Needs CAP_NET_RAW only, so that it also works for an ordinary user inside
 * {@code unshare -Urn}.
 */
@NullMarked
package io.weir.port.afpacket;

import org.jspecify.annotations.NullMarked;
