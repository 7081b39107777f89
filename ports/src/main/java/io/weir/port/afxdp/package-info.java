/**
 * Network interfaces through AF_XDP sockets (Documentation/networking/af_xdp.rst): the kernel puts received frames
 * straight into packet storage, and sends them from there. Needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF, and CAP_IPC_LOCK
 * or a locked-memory limit above the packet storage.
 */
@NullMarked
package io.weir.port.afxdp;

import org.jspecify.annotations.NullMarked;
